import { describe, expect, it } from '@jest/globals';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Forbidden, HubError, StepUpRequired, Unauthenticated } from '../common/errors.js';
import { AccessGuard } from './access.guard.js';
import type { Caller, CallerSession } from './caller.js';
import { callerOf, type GraphqlContext } from './current-caller.js';
import { Allow, Public, StepUp } from './permission.js';

class Operations {
  @Public(true)
  forEverybody(): void {}

  @Allow('objects.read')
  read(): void {}

  @Allow('agency.administer')
  @StepUp(true)
  administer(): void {}

  undeclared(): void {}
}

const SESSION: CallerSession = {
  id: 's',
  accountId: 'a',
  roles: [],
  acr: 'phr',
  isFresh: true,
  nominalNeedsStepUp: false,
  csrf: 'c',
};
const READER: Caller = {
  agencyId: 'VN-CUS',
  unitId: 'VN-CUS-AS',
  officer: null,
  clearance: 0,
  maySeeNominal: false,
  purpose: 'PREVENT_DETECT',
  permissions: new Set(['objects.read']),
};
const ADMINISTRATOR: Caller = {
  ...READER,
  officer: 'p:7f3c',
  permissions: new Set(['agency.administer']),
  session: SESSION,
};

const guard = new AccessGuard(new Reflector());

/** The call of an operation over HTTP, or over GraphQL. */
function callOf(operation: keyof Operations, caller: Caller | undefined, isGraphql = false): ExecutionContextHost {
  const handler = Operations.prototype[operation];
  if (!isGraphql) return new ExecutionContextHost([{ caller }], Operations, handler);
  const context = new ExecutionContextHost([null, {}, { caller } as GraphqlContext, {}], Operations, handler);
  context.setType('graphql');
  return context;
}

/** Whether the call is let through; otherwise the class of what is thrown. */
function answerTo(...call: Parameters<typeof callOf>): unknown {
  try {
    return guard.canActivate(callOf(...call));
  } catch (error) {
    if (error instanceof HubError) return error.constructor;
    throw error;
  }
}

describe.each([
  ['GraphQL', true],
  ['HTTP', false],
])('over %s', (_, isGraphql) => {
  it.each<[string, keyof Operations, Caller | undefined, unknown]>([
    ['what is public is open to nobody in particular', 'forEverybody', undefined, true],
    ['what is public is open to whoever is signed in', 'forEverybody', READER, true],
    ['nobody in particular is asked to sign in', 'read', undefined, Unauthenticated],
    ['whoever has the permission is let through', 'read', READER, true],
    ['whoever has another permission is refused', 'read', ADMINISTRATOR, Forbidden],
    ['what declares nothing is refused to everybody', 'undeclared', READER, Forbidden],
    ['what declares nothing asks nobody in particular to sign in', 'undeclared', undefined, Unauthenticated],
    ['a passkey just used is fresh enough', 'administer', ADMINISTRATOR, true],
    [
      'a passkey used earlier is asked for again',
      'administer',
      { ...ADMINISTRATOR, session: { ...SESSION, isFresh: false } },
      StepUpRequired,
    ],
    [
      'a passkey used earlier is enough for what asks no more',
      'read',
      { ...READER, session: { ...SESSION, isFresh: false } },
      true,
    ],
    ['no passkey makes up for a permission', 'administer', { ...READER, session: SESSION }, Forbidden],
    ['a unit’s system has no passkey and is not asked', 'administer', { ...ADMINISTRATOR, session: undefined }, true],
  ])('%s', (_, operation, caller, answer) => {
    expect(answerTo(operation, caller, isGraphql)).toBe(answer);
  });

  it('the caller is whoever the request was signed in as', () => {
    expect(callerOf(callOf('read', READER, isGraphql))).toBe(READER);
    expect(callerOf(callOf('read', undefined, isGraphql))).toBeUndefined();
  });
});
