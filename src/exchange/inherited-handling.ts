import type { Problem } from '../common/errors.js';
import type { KeyOf } from '../common/messages/messages.js';
import type { Handling } from './body/handling.js';
import { clearanceOf, EVIDENCE } from './sharing-policy.js';

/**
 * What keeps a derived record from being at least as strict as what it derives from (domain.md 4.1): it has every condition of its source
 * and may add some, is not marked lower, goes no further, is no better evidence, serves no other purpose and is not in sight for longer.
 * What purposes and evidence mean is said by the agreement, so that stays the same too.
 */
export function problemsOfInheritance(own: Handling, source: Handling): Problem[] {
  return RULES.filter(({ holds }) => !holds(own, source)).map(({ member, key }) => ({
    pointer: `/handling/${member}`,
    rule: 'inherited',
    key,
  }));
}

interface InheritanceRule {
  member: string;
  key: KeyOf<'problem'>;
  holds: (own: Handling, source: Handling) => boolean;
}

const RULES: readonly InheritanceRule[] = [
  {
    member: 'codes',
    key: 'problem.inheritedCodes',
    holds: (own, source) => source.codes.every((code) => code === 'H0' || own.codes.includes(code)),
  },
  {
    member: 'h3Text',
    key: 'problem.inheritedH3Text',
    holds: (own, source) => source.h3Text === undefined || (own.h3Text ?? '').startsWith(source.h3Text),
  },
  {
    member: 'classification',
    key: 'problem.inheritedClassification',
    holds: (own, source) => clearanceOf(own) >= clearanceOf(source),
  },
  { member: 'onwardRule', key: 'problem.inheritedOnwardRule', holds: goesNoFurther },
  {
    member: 'evidenceUse',
    key: 'problem.inheritedEvidenceUse',
    holds: (own, source) => EVIDENCE.indexOf(own.evidenceUse) <= EVIDENCE.indexOf(source.evidenceUse),
  },
  {
    member: 'purposeLimit',
    key: 'problem.inheritedPurposeLimit',
    holds: (own, source) => source.purposeLimit === undefined || isPartOf(own.purposeLimit, source.purposeLimit),
  },
  {
    member: 'expiresAt',
    key: 'problem.inheritedExpiresAt',
    holds: (own, source) =>
      source.expiresAt === undefined ||
      (own.expiresAt !== undefined && Date.parse(own.expiresAt) <= Date.parse(source.expiresAt)),
  },
  {
    member: 'legalBasis/agreement',
    key: 'problem.inheritedAgreement',
    holds: (own, source) => own.legalBasis.agreement === source.legalBasis.agreement,
  },
];

/** NONE is within every rule, and AGENCY within NATIONAL_CUSTOMS. Named agencies are within no rule but one that names them. */
function goesNoFurther(own: Handling, source: Handling): boolean {
  if (own.onwardRule === 'NONE') return true;
  if (own.onwardRule === 'AGENCY') return source.onwardRule === 'AGENCY' || source.onwardRule === 'NATIONAL_CUSTOMS';
  if (own.onwardRule !== source.onwardRule) return false;
  return own.onwardRule !== 'NAMED' || isPartOf(own.onwardNamed, source.onwardNamed ?? []);
}

function isPartOf<T>(own: readonly T[] | undefined, all: readonly T[]): boolean {
  return own !== undefined && own.every((each) => all.includes(each));
}
