/**
 * How a consent moves (domain.md 3.4): one question, and what its provider says to it. The table is data. Checks before signing, the acts
 * that are offered, docs/state-machines.md, and PostgreSQL (cmd.consent_transition, filled from here by a migration) all read the same rows.
 * A change of the table needs a migration that fills it anew; a test compares the two.
 */
export const CONSENT_STATES = ['ASKED', 'GRANTED', 'GRANTED_WITH_CONDITIONS', 'DENIED', 'REVOKED', 'EXPIRED'] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

/** What one object of a consent does (`actOf`). ASK opens it. */
export const CONSENT_ACTS = ['ASK', 'GRANT', 'GRANT_WITH_CONDITIONS', 'DENY', 'REVOKE'] as const;
export type ConsentAct = (typeof CONSENT_ACTS)[number];

/** The agency that asks, or the one that sent what is asked about. */
export type ConsentSide = 'ASKER' | 'PROVIDER';

export interface ConsentMove {
  from: ConsentState;
  act: ConsentAct;
  by: ConsentSide;
  to: ConsentState;
}

/** EXPIRED is no act: the time to answer has passed, or the time for which consent was given. Nothing leads out of it. */
export const CONSENT_MOVES: readonly ConsentMove[] = [
  { from: 'ASKED', act: 'GRANT', by: 'PROVIDER', to: 'GRANTED' },
  { from: 'ASKED', act: 'GRANT_WITH_CONDITIONS', by: 'PROVIDER', to: 'GRANTED_WITH_CONDITIONS' },
  { from: 'ASKED', act: 'DENY', by: 'PROVIDER', to: 'DENIED' },
  { from: 'GRANTED', act: 'REVOKE', by: 'PROVIDER', to: 'REVOKED' },
  { from: 'GRANTED_WITH_CONDITIONS', act: 'REVOKE', by: 'PROVIDER', to: 'REVOKED' },
];

/** Calendar hours from the receipt of the question to its end: who is silent until then has refused (domain.md 3.3). */
export const CONSENT_HOURS = { FLASH: 24, URGENT: 24, ROUTINE: 240 } as const;

/** As much of a body as says what it does. */
export interface ActingConsent {
  act: 'ASK' | 'GRANT' | 'DENY' | 'REVOKE';
  codes?: readonly string[];
  conditions?: string;
}

/** What an object does; a grant with any condition is a grant with conditions. The same in SQL: cmd.consent_act. */
export function actOf({ act, codes, conditions }: ActingConsent): ConsentAct {
  return act === 'GRANT' && (codes !== undefined || conditions !== undefined) ? 'GRANT_WITH_CONDITIONS' : act;
}

/** Everything that this side may do while the consent stands so. */
export function permittedActs(state: ConsentState, side: ConsentSide): ConsentAct[] {
  return CONSENT_MOVES.filter((move) => move.from === state && move.by === side).map(({ act }) => act);
}
