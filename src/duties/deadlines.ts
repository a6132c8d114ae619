/**
 * What one side of an exchange owes the other by a time, and how long it has (domain.md 3.3). The table is data: PostgreSQL reads the same
 * rows (cmd.deadline, filled from here by a migration), so that no clock depends on which program asks.
 */
export const DUTY_KINDS = ['ACKNOWLEDGE', 'ANSWER', 'REPORT'] as const;
export type DutyKind = (typeof DUTY_KINDS)[number];

export interface Deadline {
  /** What an agreement may name; HUB where it names none. */
  profile: string;
  duty: DutyKind;
  urgency: 'FLASH' | 'URGENT' | 'ROUTINE';
  /** Calendar hours from the receipt of what opens the duty. */
  hours: number;
}

const DAY = 24;

/** The hub's default. The times for an answer are those of Directive (EU) 2023/977, but for the routine one. */
const HUB: Record<DutyKind, Record<Deadline['urgency'], number>> = {
  ACKNOWLEDGE: { FLASH: 1, URGENT: DAY, ROUTINE: DAY },
  ANSWER: { FLASH: 8, URGENT: 3 * DAY, ROUTINE: 30 * DAY },
  REPORT: { FLASH: 90 * DAY, URGENT: 90 * DAY, ROUTINE: 90 * DAY },
};

export const DEADLINES: readonly Deadline[] = DUTY_KINDS.flatMap((duty) =>
  (['FLASH', 'URGENT', 'ROUTINE'] as const).map((urgency) => ({
    profile: 'HUB',
    duty,
    urgency,
    hours: HUB[duty][urgency],
  })),
);
