import type { DutyRule } from '../duties/duty-rule.js';

/**
 * How a request made by word of mouth moves (domain.md 3.2): the side that was asked notes it, and a request in writing that names the note
 * confirms it. PostgreSQL knows the same three ways out (cmd.confirm_oral, cmd.withdraw_oral, cmd.lapse_oral_requests).
 */
export const ORAL_STATES = ['ORAL_RECEIVED', 'CONFIRMED', 'LAPSED', 'WITHDRAWN'] as const;
export type OralState = (typeof ORAL_STATES)[number];

export interface OralMove {
  from: OralState;
  by: 'REQUESTER' | 'REQUESTED' | 'CLOCK';
  how: string;
  to: OralState;
}

export const ORAL_MOVES: readonly OralMove[] = [
  { from: 'ORAL_RECEIVED', by: 'REQUESTER', how: 'a request in writing that names the note', to: 'CONFIRMED' },
  { from: 'ORAL_RECEIVED', by: 'REQUESTED', how: 'a recall of the note', to: 'WITHDRAWN' },
  { from: 'ORAL_RECEIVED', by: 'CLOCK', how: 'the time to confirm it is over', to: 'LAPSED' },
];

/** Whoever asked by word of mouth owes the request in writing. Each of the moves ends that. */
export const ORAL_DUTY_RULES: readonly DutyRule[] = [
  {
    about: 'ORAL',
    act: 'NOTE',
    duty: 'CONFIRM',
    effect: 'OPEN',
    deadline: 'CONFIRM',
    from: 'RECEIPT',
    owes: 'ADDRESSEE',
  },
];
