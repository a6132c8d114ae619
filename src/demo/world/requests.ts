import type { Handling } from '../../exchange/body/handling.js';
import type { RequestBody } from '../../requests/body/request-body.js';
import { HOUR, hoursBefore, later, type WorldAct } from './acts.js';
import { officersOf } from './directory.js';
import { marked } from './fictional.js';
import type { Chance } from './random.js';
import { References } from './references.js';
import { answerDraft, closingDraft, requestBody, revisedBody } from './request-bodies.js';
import { REQUESTS, type RequestScenario, type RequestStep, WAITING } from './scenarios/requests.js';
import { basisFor, handlingFor } from './sharing.js';

/** Key of the request that waits for an answer. */
export const WAITING_KEY = `request ${WAITING.key}`;

/** How far a thread has come while it is planned. */
interface Thread {
  scenario: RequestScenario;
  /** Key of its newest version. */
  newest: string;
  body: RequestBody;
  handling: Handling;
}

/** Plans every request of the last two days before `now` with all that has followed. */
export function planRequests(chance: Chance, now: Date): WorldAct[] {
  const references = new References(chance);
  return REQUESTS.flatMap((scenario) => planThread(chance, now, references, scenario));
}

function planThread(chance: Chance, now: Date, references: References, scenario: RequestScenario): WorldAct[] {
  const { unit, to, language } = scenario;
  const at = hoursBefore(now, scenario.hoursAgo - chance.next() / 2);
  const basis = basisFor(unit, [to]);
  const body = requestBody(chance, scenario, { ref: references.next(unit, 'REQ', at), at, basis });
  const handling = handlingFor(chance, basis, language, { article: basis.onRequest });
  const thread: Thread = { scenario, newest: `request ${scenario.key}`, body, handling };
  const request: WorldAct = {
    key: thread.newest,
    at,
    unit,
    kind: 'request',
    input: () => ({ to: [to], handling, ...signers(unit), body }),
  };
  return [request, ...scenario.steps.map((step) => planStep(thread, step, later(at, Math.round(step.after * HOUR))))];
}

/** The act of one step; a new version becomes the one that later steps refer to. */
function planStep(thread: Thread, step: RequestStep, at: Date): WorldAct {
  const { scenario, newest, handling } = thread;
  const { unit, to, answers, language } = scenario;
  const key = `${newest}, ${step.act.toLowerCase()}`;
  switch (step.act) {
    case 'REVISION': {
      const body = revisedBody(thread.body, step, language);
      Object.assign(thread, { newest: key, body });
      return {
        key,
        at,
        unit,
        kind: 'request',
        input: (idOf) => ({ to: [to], handling, ...signers(unit), supersedes: idOf(newest), body }),
      };
    }
    case 'WITHDRAWAL': {
      const body = { reason: 'NO_LONGER_NEEDED', text: marked(step.text, language) };
      return { key, at, unit, kind: 'recall', input: (idOf) => ({ object: idOf(newest), body }) };
    }
    case 'CLOSING': {
      const body = closingDraft(step, scenario);
      return { key, at, unit, kind: 'feedback', input: (idOf) => ({ object: idOf(newest), ...signers(unit), body }) };
    }
    default: {
      const body = answerDraft(step, scenario);
      const input: WorldAct['input'] = (idOf) => ({ request: idOf(newest), ...signers(answers), body });
      return { key, at, unit: answers, kind: 'answer', input };
    }
  }
}

function signers(unit: string): { authoredBy: string; releasedBy: string } {
  const { author, releaser } = officersOf(unit);
  return { authoredBy: author, releasedBy: releaser };
}
