import type { HandlingCode } from '../common/codes/handling-codes.js';

/**
 * What a handling code demands for an act. IF_AGREED: allowed where sender and agreement say so, else with consent. ACKNOWLEDGE: the
 * sender's own condition is read first, and the act has a reason. OWN_ONLY: with what the agency sent itself and nothing else.
 */
export const DEMANDS = [
  'ALLOWED',
  'ACKNOWLEDGE',
  'IF_AGREED',
  'CONSENT',
  'ACKNOWLEDGE_AND_CONSENT',
  'OWN_ONLY',
  'OFF',
] as const;
export type Demand = (typeof DEMANDS)[number];

/**
 * The act matrix, and the only place where it is written: the migration fills cmd.act_rule with it, which cmd.acts_of reads. Where codes are
 * combined, the demand that stands last in DEMANDS decides.
 */
export const ACT_MATRIX = {
  READ: { H0: 'ALLOWED', H1: 'ALLOWED', H2: 'ALLOWED', H3: 'ACKNOWLEDGE' },
  TASK: { H0: 'ALLOWED', H1: 'ALLOWED', H2: 'ALLOWED', H3: 'ACKNOWLEDGE' },
  PASS_NATIONAL: { H0: 'IF_AGREED', H1: 'IF_AGREED', H2: 'CONSENT', H3: 'ACKNOWLEDGE_AND_CONSENT' },
  PASS_ABROAD: { H0: 'CONSENT', H1: 'CONSENT', H2: 'CONSENT', H3: 'CONSENT' },
  EVIDENCE: { H0: 'IF_AGREED', H1: 'CONSENT', H2: 'CONSENT', H3: 'ACKNOWLEDGE_AND_CONSENT' },
  STATISTICS: { H0: 'ALLOWED', H1: 'ALLOWED', H2: 'ALLOWED', H3: 'ACKNOWLEDGE' },
  MATCHING: { H0: 'ALLOWED', H1: 'ALLOWED', H2: 'ALLOWED', H3: 'OFF' },
  EXPORT: { H0: 'OWN_ONLY', H1: 'OWN_ONLY', H2: 'OWN_ONLY', H3: 'OWN_ONLY' },
} as const satisfies Record<string, Record<HandlingCode, Demand>>;

/** The matrix as rows for the database. */
export function actRules(): { act: string; code: string; demand: Demand; rank: number }[] {
  return Object.entries(ACT_MATRIX).flatMap(([act, cells]) =>
    Object.entries(cells).map(([code, demand]) => ({ act, code, demand, rank: DEMANDS.indexOf(demand) })),
  );
}
