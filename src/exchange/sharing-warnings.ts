import { type Code, codeList } from '../common/codes/code-list.js';
import type { KeyOf, MessageParams } from '../common/messages/messages.js';
import type { Agreement } from '../directory/agreement.js';
import type { ReadingUnit } from '../directory/readers.js';
import type { Handling } from './body/handling.js';
import { problemsOfInheritance } from './inherited-handling.js';

export const SharingWarnings = codeList(
  'SharingWarning',
  'What a sender should think over before sending. It may be sent all the same.',
  {
    NO_EXPIRY: 'Nothing ends its sight; the rules of retention alone do.',
    MANY_UNITS: 'More than ten units will read it.',
    ADDRESSEES_SEE_EACH_OTHER: 'Its addressees learn of each other.',
    WIDER_THAN_BEFORE: 'Its conditions are freer than those of the version that it replaces.',
    ONWARD_BEYOND_AGREEMENT: 'It may be passed on further than the agreement provides for.',
    NOBODY_READS: 'No officer of an addressed unit will be able to read it.',
    PERSONAL_DETAILS_UNREAD: 'It carries personal details that no officer of an addressed unit will be given.',
    CONDITIONS_BIND_REPLIES: 'Whoever answers or passes it on keeps its conditions of use.',
  },
);
export type SharingWarning = Code<typeof SharingWarnings>;

/** More units than this are many. */
const MANY_UNITS = 10;

/** What warnings are judged by. */
export interface Sending {
  to: readonly string[];
  handling: Handling;
  isNominal: boolean;
  isReply: boolean;
  /** Conditions of the version that it replaces. */
  before: Handling | null;
  agreement: Agreement | undefined;
  units: readonly ReadingUnit[];
}

export interface Warning {
  code: SharingWarning;
  key: KeyOf<'warning'>;
  params?: MessageParams;
}

/** Signs that more is shared than is needed, or with fewer conditions. A reply goes where it must, and its conditions are its source's. */
export function warningsOf(sending: Sending): Warning[] {
  const { to, handling, isNominal, before, agreement, units } = sending;
  const unread = units.filter(({ officers }) => officers === 0);
  const ungiven = units.filter(
    ({ officers, without_nominal }) => isNominal && officers > 0 && officers === without_nominal,
  );
  const warnings: (Warning | false)[] = [
    handling.expiresAt === undefined && { code: 'NO_EXPIRY', key: 'warning.noExpiry' },
    units.length > MANY_UNITS && {
      code: 'MANY_UNITS',
      key: 'warning.manyUnits',
      params: { units: units.length },
    },
    to.length > 1 && { code: 'ADDRESSEES_SEE_EACH_OTHER', key: 'warning.addresseesSeeEachOther' },
    before !== null &&
      problemsOfInheritance(handling, before).length > 0 && {
        code: 'WIDER_THAN_BEFORE',
        key: 'warning.widerThanBefore',
      },
    agreement !== undefined &&
      !isWithin(handling.onwardRule, agreement.onward_rule) && {
        code: 'ONWARD_BEYOND_AGREEMENT',
        key: 'warning.onwardBeyondAgreement',
        params: { agreement: agreement.id },
      },
    unread.length > 0 && { code: 'NOBODY_READS', key: 'warning.nobodyReads', params: { units: idsOf(unread) } },
    ungiven.length > 0 && {
      code: 'PERSONAL_DETAILS_UNREAD',
      key: 'warning.personalDetailsUnread',
      params: { units: idsOf(ungiven) },
    },
    handling.codes.some((code) => code !== 'H0') && {
      code: 'CONDITIONS_BIND_REPLIES',
      key: 'warning.conditionsBindReplies',
      params: { codes: handling.codes.join(', ') },
    },
  ];
  return warnings
    .filter((warning) => warning !== false)
    .filter(({ code }) => !sending.isReply || !SETTLED_BY_SOURCE.includes(code));
}

/** What the source of a reply has decided. */
const SETTLED_BY_SOURCE: readonly SharingWarning[] = [
  'NO_EXPIRY',
  'MANY_UNITS',
  'ADDRESSEES_SEE_EACH_OTHER',
  'CONDITIONS_BIND_REPLIES',
];

/** From the nearest to the furthest. */
const ONWARD: readonly string[] = ['NONE', 'AGENCY', 'NATIONAL_CUSTOMS', 'NAMED'];

function isWithin(own: string, allowed: string): boolean {
  return ONWARD.indexOf(own) <= ONWARD.indexOf(allowed);
}

function idsOf(units: readonly ReadingUnit[]): string {
  return units.map((unit) => unit.unit_id).join(', ');
}
