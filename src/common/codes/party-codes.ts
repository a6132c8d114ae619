import { codeList, type Code } from './code-list.js';

export const PartyRole = codeList('PartyRole', 'The part somebody plays.', {
  SHIPPER: 'Sends the goods.',
  CONSIGNEE: 'Is to receive the goods.',
  NOTIFY_PARTY: 'Is to be told when the goods arrive.',
  DECLARANT: 'Makes the customs declaration, for itself or as a broker.',
  CARRIER: 'Carries the goods.',
  DRIVER: 'Drives or steers the conveyance.',
  PASSENGER: 'Travels as a passenger.',
  OWNER: 'Owns the goods or the conveyance.',
  BENEFICIAL_OWNER: 'Stands behind a business.',
  COURIER: 'Carries goods or money for somebody else.',
  SUSPECT: 'Is suspected of a breach.',
  VICTIM: 'Has suffered harm.',
  WITNESS: 'Can tell what happened.',
});
export type PartyRole = Code<typeof PartyRole>;

export const PartyKind = codeList('PartyKind', 'What kind of party it is.', {
  PERSON: 'A natural person.',
  BUSINESS: 'A company or another organisation.',
  UNKNOWN: 'Not known which.',
});
export type PartyKind = Code<typeof PartyKind>;

export const Sex = codeList('Sex', 'Sex as written in the travel document (ICAO 9303).', {
  F: 'Female.',
  M: 'Male.',
  X: 'Unspecified.',
});
export type Sex = Code<typeof Sex>;

export const InvolvementLevel = codeList('InvolvementLevel', 'How a party stands in the matter.', {
  SUSPECTED: 'Suspected.',
  CHARGED: 'Charged.',
  CONVICTED: 'Convicted by a final judgment.',
  INNOCENT_PARTY: 'Not involved in any breach.',
  UNKNOWN: 'Not known.',
});
export type InvolvementLevel = Code<typeof InvolvementLevel>;

export const SuggestedAction = codeList(
  'SuggestedAction',
  'What is suggested with regard to a party. Source: customs information system (Regulation (EC) No 515/97).',
  {
    SIGHTING_REPORT: 'Report where the party was seen.',
    DISCREET_SURVEILLANCE: 'Watch without being noticed.',
    SPECIFIC_CHECK: 'Check person, baggage or goods.',
    OPERATIONAL_ANALYSIS: 'Use in operational analysis.',
  },
);
export type SuggestedAction = Code<typeof SuggestedAction>;

export const WarningCode = codeList('WarningCode', 'A danger to officers who meet the party.', {
  ARMED: 'May carry a weapon.',
  VIOLENT: 'May become violent.',
  ESCAPES: 'May try to escape.',
  INFECTIOUS: 'May carry an infectious disease.',
  DRUG_SWALLOWER: 'May carry drugs inside the body: danger to the life of the person.',
  COUNTER_SURVEILLANCE: 'Watches officers.',
});
export type WarningCode = Code<typeof WarningCode>;

export const DocumentType = codeList('DocumentType', 'A document that shows who somebody is.', {
  PASSPORT: 'Passport.',
  IDENTITY_CARD: 'National identity card.',
  DRIVING_LICENCE: 'Driving licence.',
  SEAFARER_BOOK: 'Seafarer’s identity document or record book.',
  RESIDENCE_PERMIT: 'Residence permit.',
  OTHER: 'Another document.',
});
export type DocumentType = Code<typeof DocumentType>;

export const BusinessIdScheme = codeList('BusinessIdScheme', 'The register that gave a business its number.', {
  LEI: 'Legal Entity Identifier, ISO 17442.',
  TAX: 'National tax number.',
  EORI: 'Economic operator number of the European Union.',
  COMPANY_REGISTER: 'Number in the national register of companies.',
  IMO_COMPANY: 'IMO company or registered owner number.',
  OTHER: 'Another register.',
});
export type BusinessIdScheme = Code<typeof BusinessIdScheme>;
