import { Args, Context, GraphQLISODateTime, ID, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { loaderOf } from '../common/loader.js';
import { checkUuid } from '../common/uuid.js';
import { Task } from '../desk/matter.models.js';
import { Letter } from './letter.models.js';
import { LetterTasksService } from './letter-tasks.service.js';

/** What units of one's own agency are to do for a letter; it is listed, reported and withdrawn as every other task. */
@Resolver(() => Letter)
export class LetterTasksResolver {
  constructor(private readonly service: LetterTasksService) {}

  @Mutation(() => Task, { description: 'Gives a unit of one’s own agency that sees the letter something to do for it' })
  @Allow('objects.submit')
  giveLetterTask(
    @CurrentCaller() caller: Caller,
    @Args('letter', { type: () => ID, description: 'The letter' }) letter: string,
    @Args('unit', { type: () => ID, description: 'A unit of one’s own agency' }) unit: string,
    @Args('text', { type: () => String, description: 'What is to be done; at most 2,000 characters' }) text: string,
    @Args('dueAt', {
      type: () => GraphQLISODateTime,
      description: 'By when: before the agency’s own answer is due, within a year',
    })
    dueAt: Date,
  ): Promise<Task> {
    return this.service.give(caller, checkUuid(letter, '/letter'), { unit, text, dueAt });
  }

  @ResolveField(() => [Task], { description: 'What units are to do for it, the newest first' })
  tasks(@Parent() { id }: Letter, @Context() context: GraphqlContext): Promise<Task[]> {
    const load = (ids: readonly string[]): Promise<Task[][]> => this.service.ofLetters(context.caller!, ids);
    return loaderOf(context, 'letter tasks', load).load(id);
  }
}
