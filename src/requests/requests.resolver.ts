import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { AssistanceType } from '../common/codes/request-codes.js';
import { loaderOf } from '../common/loader.js';
import { languageOf } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { Composition } from '../exchange/composition.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { ObjectSummary, type ObjectRow } from '../exchange/object-record.js';
import { QuestionAnswer } from './body/answer-body.js';
import { RequestComposer } from './request-composer.service.js';
import { ComposeAnswerInput, ComposeRequestInput } from './request.inputs.js';
import {
  Answer,
  OpenedRequest,
  QuestionToAsk,
  RequestQuestion,
  RequestStep,
  RequestSummary,
} from './request.models.js';
import { questionsToAsk } from './questions-to-ask.js';
import { RequestsService } from './requests.service.js';

@Resolver(() => OpenedRequest)
export class RequestsResolver {
  constructor(
    private readonly service: RequestsService,
    private readonly composer: RequestComposer,
  ) {}

  @Query(() => OpenedRequest, {
    description:
      'Opens a request by the id of any of its versions; the opening of the newest is recorded for its owner',
  })
  @Allow('objects.read')
  request(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<OpenedRequest> {
    return this.service.open(caller, checkUuid(id, '/id'), languageOf(context.request.headers['accept-language']));
  }

  @Query(() => [QuestionToAsk], {
    description: 'The catalogue of standard questions in the reader’s language, or those for one kind of assistance',
  })
  @Allow('directory.read')
  standardQuestions(
    @Context() context: GraphqlContext,
    @Args('assistanceType', {
      type: () => AssistanceType,
      nullable: true,
      description: 'Only those that are offered for this kind of assistance',
    })
    assistanceType?: AssistanceType | null,
  ): QuestionToAsk[] {
    return questionsToAsk(assistanceType ?? null, languageOf(context.request.headers['accept-language']));
  }

  @Query(() => [Composition], {
    description: 'Checks a request, or its next version, and returns for each addressee the text to sign',
  })
  @Allow('objects.submit')
  composeRequest(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeRequestInput,
  ): Promise<Composition[]> {
    return this.composer.request(caller, input, languageOf(context.request.headers['accept-language']));
  }

  @Query(() => Composition, {
    description: 'Checks an answer to a request of another agency and returns the text to sign; opens the request',
  })
  @Allow('objects.submit')
  composeAnswer(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('input') input: ComposeAnswerInput,
  ): Promise<Composition> {
    return this.composer.answer(caller, input, languageOf(context.request.headers['accept-language']));
  }
}

/** Answers are opened only when a query asks for what they say, and once in an operation. */
@Resolver(() => RequestStep)
export class AnswerOfStepResolver {
  constructor(private readonly service: RequestsService) {}

  @ResolveField(() => Answer, {
    nullable: true,
    description: 'When it is an answer: what it says. Asking for it opens it, which is recorded for its owner.',
  })
  answer(@Parent() { object }: RequestStep, @Context() context: GraphqlContext): Promise<Answer | null> | null {
    return object.kind === 'answer' ? openAnswer(this.service, context, object.row) : null;
  }
}

@Resolver(() => RequestQuestion)
export class AnswerToQuestionResolver {
  constructor(private readonly service: RequestsService) {}

  @ResolveField(() => QuestionAnswer, {
    nullable: true,
    description:
      'The newest answer to it. Null when there is none or when the whole request was answered at once (see answeredBy). Asking for it opens the answer.',
  })
  async latest(
    @Parent() { no, answerRow }: RequestQuestion,
    @Context() context: GraphqlContext,
  ): Promise<QuestionAnswer | null> {
    const answer = answerRow && (await openAnswer(this.service, context, answerRow));
    return answer?.body.results?.find(({ questionNo }) => questionNo === no) ?? null;
  }
}

function openAnswer(service: RequestsService, context: GraphqlContext, row: ObjectRow): Promise<Answer | null> {
  return loaderOf<ObjectRow, Answer | null>(context, 'opened-answer', async (rows) => {
    const answers = await service.openAnswers(context.caller!, rows);
    return rows.map(({ seq }) => answers.get(seq) ?? null);
  }).load(row);
}

/** Adds `request` to what lists show of an object. */
@Resolver(() => ObjectSummary)
export class RequestOfObjectResolver {
  constructor(private readonly service: RequestsService) {}

  @ResolveField(() => RequestSummary, {
    nullable: true,
    description: 'When the object belongs to a request: the request itself, an answer, its withdrawal or its closing',
  })
  request(@Parent() object: ObjectSummary, @Context() context: GraphqlContext): Promise<RequestSummary | null> | null {
    if (object.kind === 'alert') return null;
    return loaderOf<ObjectRow, RequestSummary | null>(context, 'request-of-object', async (rows) => {
      const summaries = await this.service.summaries(context.caller!, rows);
      return rows.map((row) => summaries.get(row.seq) ?? null);
    }).load(object.row);
  }
}

/** The same of an object that was opened: a resolver serves its own type, and none that extends it. */
@Resolver(() => SignedObject)
export class RequestOfOpenedResolver extends RequestOfObjectResolver {}
