import { Pattern, PatternList } from './text.js';

const AGENCY = /^[A-Z]{2}-[A-Z0-9]{2,12}$/;
export const PARTY_KEY = /^P[1-9]\d{0,2}$/;
const ANY_REFERENCE = /^[A-Z]{2}-[A-Z]{3}-\d{4}-[A-Z]{6}$/;

/** Code of an agency in the directory: VN-CUS. */
export const AgencyCode = (): PropertyDecorator => Pattern(AGENCY, 'form.agency');

export const AgencyCodes = (items: number): PropertyDecorator => PatternList(AGENCY, 'form.agency', items);

/** Code of a unit in the directory: VN-CUS-AS. */
export const UnitCode = (): PropertyDecorator =>
  Pattern(/^[A-Z]{2}-[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){1,3}$/, 'form.unit');

/** An officer, as the directory calls him or her outside the own agency: no name travels. */
export const OfficerPseudonym = (): PropertyDecorator => Pattern(/^p:[A-Za-z0-9_-]{6,40}$/, 'form.officer');

/** Id of an agreement in the directory. */
export const AgreementId = (): PropertyDecorator => Pattern(/^[A-Z0-9][A-Z0-9-]{2,60}$/, 'form.agreement');

const REFERENCES = {
  ALR: 'form.alertReference',
  REQ: 'form.requestReference',
  ORL: 'form.oralReference',
} as const;

/**
 * Reference that people quote: agency's two letters, kind, year, six random letters (VN-ALR-2026-KXQWPD). Random, because a serial number
 * would tell everyone the volume.
 */
export const Reference = (kind: keyof typeof REFERENCES): PropertyDecorator =>
  Pattern(new RegExp(`^[A-Z]{2}-${kind}-\\d{4}-[A-Z]{6}$`), REFERENCES[kind]);

export const AnyReference = (): PropertyDecorator => Pattern(ANY_REFERENCE, 'form.reference');

export const References = (items: number): PropertyDecorator => PatternList(ANY_REFERENCE, 'form.reference', items);

/** Key of a party inside one object; the nominal part refers to it. */
export const PartyKey = (): PropertyDecorator => Pattern(PARTY_KEY, 'form.partyKey');
