import { StepUpRequired } from '../common/errors.js';
import type { Caller } from './caller.js';

/** Throws StepUpRequired for an officer who has used no passkey within five minutes. A unit's system has no session, and its own rules. */
export function checkFresh({ session }: Caller): void {
  if (session?.isFresh === false) throw new StepUpRequired();
}
