/**
 * How long each duty has (domain.md 3.3). The tables are data: PostgreSQL reads the same rows (cmd.deadline, filled from here by a
 * migration), so that no clock depends on which program asks. An agreement names the profile under which it runs, and may bring deadlines
 * of its own.
 */
export const DUTY_KINDS = [
  'READ',
  'ACKNOWLEDGE',
  'ANSWER',
  'CLARIFY',
  'FIRST_REPORT',
  'REPORT',
  'CONFIRM',
  'CONSENT',
] as const;
export type DutyKind = (typeof DUTY_KINDS)[number];

/** Why a duty is due when it is. */
export const DUTY_REASONS = [
  'RECEIPT',
  'END_OF_VALIDITY',
  'END_OF_SIGHT',
  'NAMED',
  'RAISED',
  'AUTHORISATION_NOTICE',
  'POSTPONEMENT',
  'RENEWED',
  'CONSENT',
  'STANDSTILL',
] as const;
export type DutyReason = (typeof DUTY_REASONS)[number];

/** What a deadline counts for. Two of the same duty may run differently: what came of an answer takes longer than what came of an alert. */
export const DEADLINE_NAMES = [
  'READ',
  'ACKNOWLEDGE',
  'ANSWER',
  'CLARIFY',
  'REPORT_ON_ANSWER',
  'NEXT_REPORT',
  'REPORT_ON_ALERT',
  'CONFIRM',
] as const;
export type DeadlineName = (typeof DEADLINE_NAMES)[number];

export const URGENCIES = ['FLASH', 'URGENT', 'ROUTINE'] as const;
export type DeadlineUrgency = (typeof URGENCIES)[number];

/** WORKING_DAYS end with the last hour of the last of them, by the calendar and the clock of the administration that owes. */
export const DEADLINE_UNITS = ['HOURS', 'DAYS', 'WORKING_DAYS'] as const;
export type DeadlineUnit = (typeof DEADLINE_UNITS)[number];

/** A length of time, such as 3 working days. */
export interface Span {
  amount: number;
  unit: DeadlineUnit;
}

/** A deadline that an agreement has agreed on for itself; absent members count for all. The most special one counts. */
export interface AgreedDeadline extends Span {
  name: DeadlineName;
  urgency?: DeadlineUrgency;
  /** Of the legal basis that the object names. */
  article?: string;
  assistanceType?: string;
}

export interface Deadline extends Span {
  profile: string;
  name: DeadlineName;
  urgency: DeadlineUrgency;
}

const hours = (amount: number): Span => ({ amount, unit: 'HOURS' });
const days = (amount: number): Span => ({ amount, unit: 'DAYS' });

type Times = readonly [flash: Span, urgent: Span, routine: Span];

const same = (span: Span): Times => [span, span, span];

/** A profile without a time for something has the hub's own (HUB_DEFAULT). */
export const PROFILES: Readonly<Record<string, Partial<Record<DeadlineName, Times>>>> = {
  HUB_DEFAULT: {
    READ: [hours(2), hours(24), hours(24)],
    ACKNOWLEDGE: [hours(1), hours(24), hours(24)],
    ANSWER: [hours(8), days(3), days(30)],
    CLARIFY: [hours(8), days(3), days(30)],
    REPORT_ON_ANSWER: same(days(90)),
    NEXT_REPORT: same(days(180)),
    REPORT_ON_ALERT: same(days(7)),
    CONFIRM: [hours(24), hours(24), days(3)],
  },
  // Directive (EU) 2023/977, Article 5.
  EU_SPOC: { ANSWER: [hours(8), days(3), days(7)] },
  // A year's quarter, as in Article 12 of the Trade Facilitation Agreement; not verified against its text.
  TFA_12: { ANSWER: same(days(90)) },
};

export const DEADLINES: readonly Deadline[] = Object.entries(PROFILES).flatMap(([profile, names]) =>
  DEADLINE_NAMES.flatMap((name) =>
    (names[name] ?? []).map((span, index) => ({ profile, name, urgency: URGENCIES[index]!, ...span })),
  ),
);
