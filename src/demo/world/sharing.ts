import type { Handling } from '../../exchange/body/handling.js';
import { BILATERAL, MULTILATERAL, OPERATION } from './agreements.js';
import { agencyOfUnit, TO_MEKONG_GROUP } from './directory.js';
import type { Words, WorldLanguage } from './fictional.js';
import type { Chance } from './random.js';

/** Under which example agreement two sides exchange, and by which of its articles. */
export interface Basis {
  agreement: string;
  /** Of information that nobody asked for. */
  spontaneous: string;
  /** Of requests. */
  onRequest: string;
}

const BASES = {
  multilateral: { agreement: MULTILATERAL, spontaneous: 'art10', onRequest: 'art4' },
  bilateral: { agreement: BILATERAL, spontaneous: 'art6', onRequest: 'art5' },
  operation: { agreement: OPERATION, spontaneous: 'par3', onRequest: 'par3' },
} as const;

const PARTNERS = ['KR-RILOAP', 'AT-UNODC'];

export function basisFor(unit: string, to: readonly string[]): Basis {
  const sides = [unit, ...to].map((side) => (side === TO_MEKONG_GROUP ? side : agencyOfUnit(side)));
  if (sides.some((side) => side === TO_MEKONG_GROUP || PARTNERS.includes(side))) return BASES.operation;
  if (sides.every((side) => side === 'VN-CUS' || side === 'PH-CUS')) return BASES.bilateral;
  return BASES.multilateral;
}

const WITH_VIETNAMESE = ['CN-CUS', 'LA-CUS', 'KH-CUS', 'TH-CUS'];

/**
 * Chooses the language of each matter: Vietnamese for four of every five between Viet Nam and a country of the subregion that, so the
 * example has it, also works in Vietnamese; English for all others.
 */
export class Languages {
  private count = 0;

  next(unit: string, to: string): WorldLanguage {
    const sides = [agencyOfUnit(unit), agencyOfUnit(to)];
    const mayBeVietnamese = sides.includes('VN-CUS') && sides.some((side) => WITH_VIETNAMESE.includes(side));
    if (!mayBeVietnamese) return 'en';
    this.count += 1;
    return this.count % 5 === 0 ? 'en' : 'vi';
  }
}

const OWN_CONDITION: Words = {
  en: 'Telephone the sender before anybody outside the unit learns of it. Fictional example.',
  vi: 'Gọi điện cho bên gửi trước khi cho bất kỳ ai ngoài đơn vị biết. Ví dụ hư cấu.',
};

/** Conditions of use, varied as an agreement allows; `isRestricted` marks it for limited distribution. */
export function handlingFor(
  chance: Chance,
  basis: Basis,
  language: WorldLanguage,
  {
    article = basis.spontaneous,
    isRestricted = false,
    expiresAt,
  }: { article?: string; isRestricted?: boolean; expiresAt?: string } = {},
): Handling {
  const codes = chance.pick<Handling['codes']>([['H0'], ['H0'], ['H1'], ['H2'], ['H1', 'H2'], ['H2', 'H3']]);
  const isForOperation = basis.agreement === OPERATION;
  return {
    codes,
    ...(codes.includes('H3') && { h3Text: OWN_CONDITION[language] }),
    classification: isRestricted ? 'RESTRICTED' : 'UNCLASSIFIED',
    onwardRule: isForOperation || codes.includes('H2') ? 'NONE' : 'AGENCY',
    evidenceUse: isForOperation || codes.includes('H1') ? 'NO' : 'WITH_CONSENT',
    ...(expiresAt !== undefined && { expiresAt }),
    legalBasis: { agreement: basis.agreement, article },
  };
}
