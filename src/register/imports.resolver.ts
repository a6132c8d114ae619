import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { languageOf, message } from '../common/messages/messages.js';
import { LetterRowInput } from './letter.inputs.js';
import { ImportedRow } from './letter.models.js';
import { ImportsService } from './imports.service.js';

/** Takes over the register that an agency kept before. */
@Resolver()
export class ImportsResolver {
  constructor(private readonly service: ImportsService) {}

  @Mutation(() => [ImportedRow], {
    description:
      'Registers rows of an old register, 1 to 100, and tells of each in its order what became of it. A row is registered whole or not at all; others stay. The same rows again register nothing twice',
  })
  @Allow('objects.submit')
  async importLetters(
    @CurrentCaller() caller: Caller,
    @Context() context: GraphqlContext,
    @Args('rows', { type: () => [LetterRowInput], description: 'In the order of the old register' })
    rows: LetterRowInput[],
    @Args('dryRun', { type: () => Boolean, description: 'Whether everything is tried and nothing is kept' })
    dryRun: boolean,
  ): Promise<ImportedRow[]> {
    const language = languageOf(context.request.headers['accept-language']);
    const outcomes = await this.service.take(caller, rows, dryRun);
    return outcomes.map(({ state, problems }) => ({
      state,
      problems: problems.map(({ pointer, rule, key, params }) => ({
        field: pointer.slice(1),
        rule,
        message: message(key, language, params),
      })),
    }));
  }
}
