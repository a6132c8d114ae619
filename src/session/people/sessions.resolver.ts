import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.js';
import { Allow } from '../../access/permission.js';
import { checkUuid } from '../../common/uuid.js';
import { ConsoleSessions, type OwnSession } from './console-sessions.js';
import { OwnSessionModel } from './own-session.model.js';

/** An officer's own sessions. A unit's system has none, and may not ask. */
@Resolver()
export class SessionsResolver {
  constructor(private readonly sessions: ConsoleSessions) {}

  @Query(() => [OwnSessionModel], { description: 'The officer’s own sessions, the newest first' })
  @Allow('session.own')
  mySessions(@CurrentCaller() caller: Caller): Promise<OwnSession[]> {
    return this.sessions.own(caller.session!);
  }

  @Mutation(() => Boolean, {
    description: 'Ends one of the officer’s own sessions; its cookie is worthless from then on',
  })
  @Allow('session.own')
  async endSession(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<boolean> {
    await this.sessions.end(caller.session!, checkUuid(id, '/id'));
    return true;
  }
}
