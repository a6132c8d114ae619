/**
 * How a draft moves (domain.md 3.1): its author signs it and hands it in, another officer who may send signs the same bytes and
 * sends it, or gives it back. The table is data: docs/state-machines.md and PostgreSQL, which decides under a lock, are made from it.
 */
export const DRAFT_STATES = ['DRAFT', 'REVIEW', 'RETURNED', 'SENT', 'WITHDRAWN', 'LAPSED'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

/** What is done with a draft. */
export type DraftAct = 'KEEP' | 'HAND_IN' | 'RETURN' | 'SEND' | 'WITHDRAW' | 'LAPSE';

export interface DraftMove {
  from: DraftState;
  act: DraftAct;
  by: 'AUTHOR' | 'APPROVER' | 'SENDER' | 'CLOCK';
  to: DraftState;
}

/** What was sent, withdrawn or has lapsed stays so. */
export const DRAFT_MOVES: readonly DraftMove[] = [
  { from: 'DRAFT', act: 'KEEP', by: 'AUTHOR', to: 'DRAFT' },
  { from: 'DRAFT', act: 'HAND_IN', by: 'AUTHOR', to: 'REVIEW' },
  { from: 'DRAFT', act: 'SEND', by: 'SENDER', to: 'SENT' },
  { from: 'DRAFT', act: 'WITHDRAW', by: 'AUTHOR', to: 'WITHDRAWN' },
  { from: 'DRAFT', act: 'LAPSE', by: 'CLOCK', to: 'LAPSED' },
  { from: 'REVIEW', act: 'SEND', by: 'APPROVER', to: 'SENT' },
  { from: 'REVIEW', act: 'RETURN', by: 'APPROVER', to: 'RETURNED' },
  { from: 'REVIEW', act: 'WITHDRAW', by: 'AUTHOR', to: 'WITHDRAWN' },
  { from: 'REVIEW', act: 'LAPSE', by: 'CLOCK', to: 'LAPSED' },
  { from: 'RETURNED', act: 'KEEP', by: 'AUTHOR', to: 'DRAFT' },
  { from: 'RETURNED', act: 'SEND', by: 'SENDER', to: 'SENT' },
  { from: 'RETURNED', act: 'WITHDRAW', by: 'AUTHOR', to: 'WITHDRAWN' },
  { from: 'RETURNED', act: 'LAPSE', by: 'CLOCK', to: 'LAPSED' },
];

/** The states from which an act leads on. */
export function statesBefore(act: DraftAct): DraftState[] {
  return DRAFT_MOVES.filter((move) => move.act === act).map(({ from }) => from);
}

/** After this time an author's signature no longer counts at submission (security.md 2.2), so a draft lapses with it. */
export const DAYS_TO_LAPSE = 30;
