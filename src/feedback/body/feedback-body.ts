import { Int } from '@nestjs/graphql';
import {
  Contribution,
  ControlMethod,
  FeedbackDisposition,
  FeedbackStage,
  IndicatorOutcome,
  NotActionableReason,
  PublicUse,
  Timeliness,
} from '../../common/codes/feedback-codes.js';
import { Evaluation } from '../../exchange/body/evaluation.js';
import { RouteStop } from '../../exchange/body/route.js';
import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { CodeOf, CodesOf } from '../../exchange/body/rules/code.js';
import { Language, UnLocode } from '../../exchange/body/rules/identifier.js';
import { NestedList, NestedRecord, UniqueBy } from '../../exchange/body/rules/nested.js';
import { WholeNumber } from '../../exchange/body/rules/number.js';
import { ExactlyWhen, OnlyWhen, Optional, RequiredWhen, UnexpectedUnless } from '../../exchange/body/rules/presence.js';
import { AnyReference, References } from '../../exchange/body/rules/reference.js';
import { LongText, Pattern, ShortText } from '../../exchange/body/rules/text.js';
import { UtcTime } from '../../exchange/body/rules/time.js';

@BodyClass('ControlDetail', 'How the control was carried out.')
export class ControlDetail {
  @BodyField(() => [ControlMethod], { description: 'Methods.' })
  @CodesOf(ControlMethod)
  methods: ControlMethod[];

  @BodyField(() => String, { description: 'When, UTC.' })
  @UtcTime()
  at: string;

  @BodyField(() => String, { nullable: true, description: 'Customs office in words.' })
  @Optional()
  @ShortText(120)
  office?: string;

  @BodyField(() => String, { nullable: true, description: 'UN/LOCODE of the place.' })
  @Optional()
  @UnLocode()
  locode?: string;
}

@BodyClass('Regrade', 'Another grade than the sender’s, after what was found.')
export class Regrade {
  @BodyField(() => Evaluation, { description: 'The grade now.' })
  @NestedRecord(() => Evaluation)
  evaluation: Evaluation;

  @BodyField(() => String, { description: 'Why.' })
  @LongText(1000)
  reason: string;
}

@BodyClass('IndicatorResult', 'Whether one indicator of an alert proved true.')
export class IndicatorResult {
  @BodyField(() => String, { description: 'Key of the indicator in the alert: I1.' })
  @Pattern(/^I[1-9]\d{0,2}$/, 'form.indicatorKey')
  id: string;

  @BodyField(() => IndicatorOutcome, { description: 'Outcome.' })
  @CodeOf(IndicatorOutcome)
  outcome: IndicatorOutcome;
}

const isClosed = ({ stage }: FeedbackBody): boolean => stage === 'CLOSED';

@BodyClass(
  'FeedbackBody',
  'What came of an alert or an answer: the body of a signed object of the kind "feedback". The envelope says of which. "Checked, nothing found" is a result like any other.',
)
export class FeedbackBody {
  @BodyField(() => String, { description: 'Reference of the alert, or of the request whose answer this is about.' })
  @AnyReference()
  targetRef: string;

  @BodyField(() => String, { description: 'Language of the texts, ISO 639-1.' })
  @Language()
  language: string;

  @BodyField(() => FeedbackStage, { description: 'How far the matter has come. CLOSED ends the duty to report.' })
  @CodeOf(FeedbackStage)
  stage: FeedbackStage;

  @BodyField(() => FeedbackDisposition, {
    nullable: true,
    description: 'What came of it. Required with CLOSED; not with RECEIVED and TASKED.',
  })
  @RequiredWhen<FeedbackBody>(isClosed, 'when.closed')
  @CodeOf(FeedbackDisposition)
  @UnexpectedUnless<FeedbackBody>(({ stage }) => stage !== 'RECEIVED' && stage !== 'TASKED', 'when.controlled')
  disposition?: FeedbackDisposition;

  @BodyField(() => NotActionableReason, {
    nullable: true,
    description: 'Why nothing could be done. With NOT_ACTIONABLE, and only then.',
  })
  @ExactlyWhen<FeedbackBody>(({ disposition }) => disposition === 'NOT_ACTIONABLE', 'when.notActionable')
  @CodeOf(NotActionableReason)
  notActionableReason?: NotActionableReason;

  @BodyField(() => RouteStop, {
    nullable: true,
    description: 'Where it went instead. With ROUTE_CHANGED, and only then.',
  })
  @ExactlyWhen<FeedbackBody>(({ disposition }) => disposition === 'ROUTE_CHANGED', 'when.routeChanged')
  @NestedRecord(() => RouteStop)
  newStop?: RouteStop;

  @BodyField(() => String, { nullable: true, description: 'The result in words. No personal details.' })
  @Optional()
  @LongText(4000)
  text?: string;

  @BodyField(() => ControlDetail, {
    nullable: true,
    description: 'The control. Required when something was checked or seized.',
  })
  @RequiredWhen<FeedbackBody>(
    ({ disposition }) =>
      disposition !== undefined && ['CHECKED_NIL', 'CHECKED_IRREGULARITY', 'SEIZED'].includes(disposition),
    'when.checkedOrSeized',
  )
  @NestedRecord(() => ControlDetail)
  controlDetail?: ControlDetail;

  @BodyField(() => [String], { nullable: true, description: 'References of seizures.' })
  @OnlyWhen<FeedbackBody>(({ disposition }) => disposition === 'SEIZED', 'when.seized')
  @References(50)
  seizureRefs?: string[];

  @BodyField(() => String, { nullable: true, description: 'Token of the case file here; opaque to the other side.' })
  @Optional()
  @ShortText(60)
  localCaseToken?: string;

  @BodyField(() => Contribution, {
    nullable: true,
    description: 'How much the information contributed. Required with CLOSED.',
  })
  @RequiredWhen<FeedbackBody>(isClosed, 'when.closed')
  @CodeOf(Contribution)
  contribution?: Contribution;

  @BodyField(() => Regrade, { nullable: true, description: 'Another grade than the sender’s.' })
  @Optional()
  @NestedRecord(() => Regrade)
  regrade?: Regrade;

  @BodyField(() => Int, { nullable: true, description: 'Usefulness, from 1 (none) to 5 (very high).' })
  @Optional()
  @WholeNumber(1, 5)
  usefulness?: number;

  @BodyField(() => Timeliness, { nullable: true, description: 'Whether it came in time.' })
  @Optional()
  @CodeOf(Timeliness)
  timeliness?: Timeliness;

  @BodyField(() => [IndicatorResult], {
    nullable: true,
    description: 'Indicators of the alert, each true, untrue or unknown.',
  })
  @Optional()
  @NestedList(() => IndicatorResult, 50)
  @UniqueBy('id')
  indicatorOutcomes?: IndicatorResult[];

  @BodyField(() => String, {
    nullable: true,
    description: 'When the next report may be expected, UTC. Not with CLOSED.',
  })
  @OnlyWhen<FeedbackBody>((feedback) => !isClosed(feedback), 'when.notClosed')
  @UtcTime()
  nextExpectedAt?: string;

  @BodyField(() => PublicUse, {
    nullable: true,
    description: 'Whether the result may be mentioned openly. Absent: ask first.',
  })
  @Optional()
  @CodeOf(PublicUse)
  publicUse?: PublicUse;
}
