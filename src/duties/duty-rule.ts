import type { DeadlineName, DutyKind } from './deadlines.js';

/**
 * What an act does to a duty.
 *
 * - OPEN begins its clock, if it has not run before; REOPEN begins it anew
 * - SETTLE ends it: what is owed is done. VOID ends it without anything being done
 * - PAUSE stops its clock while the other side owes a clarification, RESUME lets it go on
 * - RAISE makes it due sooner when the act is more urgent
 * - DEFER sets the time that the act names instead of the one that ran; RENEW begins the time until the next one
 */
export type DutyEffect = 'OPEN' | 'REOPEN' | 'SETTLE' | 'VOID' | 'PAUSE' | 'RESUME' | 'RAISE' | 'DEFER' | 'RENEW';

/** One row of what the acts on one sort of object do to the duties that it opens. Data: PostgreSQL reads the same rows. */
export interface DutyRule {
  about: 'REQUEST' | 'ALERT' | 'ORAL';
  act: string;
  duty: DutyKind;
  effect: DutyEffect;
  /** With an effect that begins a time: which. Null where the object names the time. */
  deadline: DeadlineName | null;
  /** From when it counts; with RECEIPT_OR_NAMED, a later time that the act names takes its place. */
  from: 'RECEIPT' | 'RECEIPT_OR_NAMED' | 'END_OF_VALIDITY' | null;
  /** With OPEN and REOPEN: who owes it. */
  owes: 'ADDRESSEE' | 'SENDER' | null;
}

/** A rule that begins no time. */
export function ruleOf(about: DutyRule['about'], act: string, duty: DutyKind, effect: DutyEffect): DutyRule {
  return { about, act, duty, effect, deadline: null, from: null, owes: null };
}
