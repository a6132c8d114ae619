import { type DutyRule, ruleOf } from '../duties/duty-rule.js';

/**
 * What is done with an alert, as its clocks see it: sent or replaced by a new version, asking for a result or for information only;
 * opened by an addressee; reported on, stage by stage; recalled.
 */
export const ALERT_ACTS = [
  'ALERT',
  'ALERT_FOR_INFORMATION',
  'UPDATE',
  'UPDATE_FOR_INFORMATION',
  'READING',
  'RECEIVED',
  'TASKED',
  'CONTROLLED',
  'CLOSED',
  'RECALL',
] as const;
export type AlertAct = (typeof ALERT_ACTS)[number];

const rule = (act: AlertAct, duty: DutyRule['duty'], effect: DutyRule['effect']): DutyRule =>
  ruleOf('ALERT', act, duty, effect);

const begins = (
  act: AlertAct,
  duty: DutyRule['duty'],
  deadline: DutyRule['deadline'],
  from: DutyRule['from'],
): DutyRule => ({ ...rule(act, duty, 'OPEN'), owes: 'ADDRESSEE', deadline, from });

/**
 * What each addressee of an alert owes (domain.md 3.3): to read each version; a first result by the time that the sender names, which is
 * soon after the goods are expected; and the final one, a week after the alert's validity has ended, or by that time if it is later.
 */
export const ALERT_DUTY_RULES: readonly DutyRule[] = [
  ...(['ALERT', 'ALERT_FOR_INFORMATION'] as const).map((act) => begins(act, 'READ', 'READ', 'RECEIPT')),
  ...(['UPDATE', 'UPDATE_FOR_INFORMATION'] as const).map((act): DutyRule => ({
    ...begins(act, 'READ', 'READ', 'RECEIPT'),
    effect: 'REOPEN',
  })),
  ...(['ALERT', 'UPDATE'] as const).flatMap((act) => [
    begins(act, 'FIRST_REPORT', null, 'RECEIPT'),
    begins(act, 'REPORT', 'REPORT_ON_ALERT', 'END_OF_VALIDITY'),
  ]),
  ...(['READING', 'RECEIVED', 'TASKED', 'CONTROLLED', 'CLOSED'] as const).map((act) => rule(act, 'READ', 'SETTLE')),
  ...(['CONTROLLED', 'CLOSED'] as const).map((act) => rule(act, 'FIRST_REPORT', 'SETTLE')),
  rule('CLOSED', 'REPORT', 'SETTLE'),
  ...(['FIRST_REPORT', 'REPORT'] as const).map((duty) => rule('UPDATE_FOR_INFORMATION', duty, 'VOID')),
  ...(['READ', 'FIRST_REPORT', 'REPORT'] as const).map((duty) => rule('RECALL', duty, 'VOID')),
];
