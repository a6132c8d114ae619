import { codeList, type Code } from './code-list.js';

export const HandlingCode = codeList(
  'HandlingCode',
  'Conditions of use that the provider sets. H1, H2 and H3 combine; H0 stands alone. Source: Europol handling codes.',
  {
    H0: 'To be used only to prevent and fight crime under the law that applies.',
    H1: 'Not to be used as evidence in court without the consent of the provider.',
    H2: 'Not to be passed on without the consent of the provider.',
    H3: 'A condition of the provider in its own words, which every reader sees first.',
  },
);
export type HandlingCode = Code<typeof HandlingCode>;

export const Classification = codeList(
  'Classification',
  'Protective marking. Nothing above RESTRICTED may be sent through the hub.',
  {
    UNCLASSIFIED: 'No protective marking.',
    RESTRICTED: 'Limited distribution. The highest marking the hub accepts; it is not a degree of state secrecy.',
  },
);
export type Classification = Code<typeof Classification>;

export const OnwardRule = codeList(
  'OnwardRule',
  'How far the addressee may pass the content on without asking again.',
  {
    NONE: 'To nobody outside the unit addressed.',
    AGENCY: 'Within the agency addressed.',
    NATIONAL_CUSTOMS: 'To every customs office of the country of the agency addressed.',
    NAMED: 'Also to the agencies named beside this rule.',
  },
);
export type OnwardRule = Code<typeof OnwardRule>;

export const EvidenceUse = codeList('EvidenceUse', 'Whether the content may be used as evidence.', {
  NO: 'Not as evidence.',
  WITH_CONSENT: 'As evidence after the provider has given written consent.',
  YES: 'As evidence, within the agreement.',
});
export type EvidenceUse = Code<typeof EvidenceUse>;

/** `source`: the hub's own proposal; agreements name purposes in their own words. */
export const Purpose = codeList('Purpose', 'What the content may be used for.', {
  PREVENT_DETECT: 'To prevent and detect breaches of customs law.',
  INVESTIGATE: 'To investigate a breach that is suspected.',
  PROSECUTE: 'To prosecute or try a criminal case.',
  ADMINISTRATIVE_PROCEEDING: 'For an administrative decision or penalty, such as duty evaded.',
  RISK_ANALYSIS: 'To analyse risk and to select consignments for control.',
  PUBLIC_SAFETY: 'To avert a danger to life, health or the environment.',
});
export type Purpose = Code<typeof Purpose>;
