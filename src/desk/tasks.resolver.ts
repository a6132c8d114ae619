import {
  Args,
  Context,
  GraphQLISODateTime,
  ID,
  Mutation,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { checkUuid } from '../common/uuid.js';
import { AFTER, FIRST } from '../exchange/exchange.models.js';
import { TaskSide } from './desk-codes.js';
import { Matter, Task, TaskConnection } from './matter.models.js';
import { MattersService } from './matters.service.js';
import { TasksService } from './tasks.service.js';

const TASK = { type: () => ID, description: 'The task' };

/** What units of one's own agency are to do for its answers. */
@Resolver(() => Task)
export class TasksResolver {
  constructor(
    private readonly service: TasksService,
    private readonly matters: MattersService,
  ) {}

  @Query(() => TaskConnection, { description: 'Open tasks of one’s own unit; what is due first stands first' })
  @Allow('objects.read')
  tasks(
    @CurrentCaller() caller: Caller,
    @Args('of', { type: () => TaskSide, defaultValue: TaskSide.GIVEN_TO_US, description: 'Whose tasks' }) of: TaskSide,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<TaskConnection> {
    return this.service.open(caller, { side: of, first, after: after ?? null });
  }

  @Mutation(() => Task, {
    description:
      'Gives a unit of one’s own agency something to do for an alert or a request, and with it the alert or the request itself',
  })
  @Allow('objects.submit')
  giveTask(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID, description: 'Any version of the alert or the request' }) id: string,
    @Args('unit', { type: () => ID, description: 'A unit of one’s own agency' }) unit: string,
    @Args('text', { type: () => String, description: 'What is to be done; at most 2,000 characters' }) text: string,
    @Args('dueAt', {
      type: () => GraphQLISODateTime,
      description: 'By when: before the agency’s own answer or report is due, within a year',
    })
    dueAt: Date,
  ): Promise<Task> {
    return this.service.give(caller, checkUuid(id, '/id'), { unit, text, dueAt });
  }

  @Mutation(() => Task, { description: 'The unit that has a task says that it is done, and what came of it' })
  @Allow('desk.work')
  reportTaskResult(
    @CurrentCaller() caller: Caller,
    @Args('task', TASK) task: string,
    @Args('result', { type: () => String, description: 'What came of it; at most 2,000 characters' }) result: string,
  ): Promise<Task> {
    return this.service.end(caller, checkUuid(task, '/task'), { outcome: 'DONE', result });
  }

  @Mutation(() => Task, { description: 'The unit that gave a task does without it' })
  @Allow('objects.submit')
  withdrawTask(
    @CurrentCaller() caller: Caller,
    @Args('task', TASK) task: string,
    @Args('result', { type: () => String, description: 'Why; at most 2,000 characters' }) result: string,
  ): Promise<Task> {
    return this.service.end(caller, checkUuid(task, '/task'), { outcome: 'WITHDRAWN', result });
  }

  @ResolveField(() => Matter, { nullable: true, description: 'What it is for; null where that is a letter' })
  matter(@Parent() { threadSeq }: Task, @Context() context: GraphqlContext): Promise<Matter | null> | null {
    return threadSeq === null ? null : this.matters.ofThread(context, threadSeq);
  }
}
