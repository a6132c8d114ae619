import { codeList, type Code } from './code-list.js';

export const AssistanceType = codeList(
  'AssistanceType',
  'The kind of assistance asked for. The agreement says which are possible.',
  {
    INFORMATION_LAW: 'Information about the law and practice of the other side.',
    INFORMATION_VALUE: 'Information to establish the value of goods.',
    INFORMATION_OFFENCE: 'Information about a breach or a suspicion of one.',
    VERIFY_DOCUMENT: 'To verify a document.',
    VERIFY_EXPORT_IMPORT: 'To verify that goods were lawfully exported or imported.',
    SURVEILLANCE_PERSON: 'To watch persons.',
    SURVEILLANCE_PLACE: 'To watch places.',
    SURVEILLANCE_GOODS: 'To watch movements of goods.',
    SURVEILLANCE_CONVEYANCE: 'To watch means of transport.',
    CONTROLLED_DELIVERY: 'To let goods pass under watch.',
    ENQUIRY: 'To make enquiries.',
    NOTIFICATION: 'To serve a document or a decision.',
    EXPERT_WITNESS: 'To send an expert or a witness.',
    PRESENCE_OF_OFFICERS: 'To let officers of the requesting side be present.',
    COMMODITY_IDENTIFICATION: 'To identify goods.',
    RECOVERY: 'To recover customs claims.',
    OTHER: 'Other assistance within the agreement.',
  },
);
export type AssistanceType = Code<typeof AssistanceType>;

export const NatureOfProceedings = codeList('NatureOfProceedings', 'The proceedings the request serves.', {
  ADMINISTRATIVE: 'Administrative proceedings.',
  CRIMINAL: 'Criminal proceedings.',
  RISK_ANALYSIS: 'None yet: analysis of risk.',
});
export type NatureOfProceedings = Code<typeof NatureOfProceedings>;

export const IntendedUse = codeList('IntendedUse', 'What the requesting side wants to use the answer for.', {
  INTELLIGENCE: 'As intelligence.',
  INVESTIGATION: 'In an investigation.',
  ADMIN_PROCEEDING: 'In administrative proceedings.',
  COURT_EVIDENCE: 'As evidence in court.',
});
export type IntendedUse = Code<typeof IntendedUse>;

export const EvidenceFormKind = codeList('EvidenceFormKind', 'The form in which evidence is needed.', {
  CERTIFIED_COPY: 'A certified copy.',
  ORIGINAL: 'The original; it is returned. The reason why a certified copy is not enough must be given.',
  WITNESS: 'A witness statement.',
});
export type EvidenceFormKind = Code<typeof EvidenceFormKind>;

export const Reciprocity = codeList(
  'Reciprocity',
  'Whether the requesting side could give the same assistance if it were asked.',
  {
    CAN: 'Could give the same assistance.',
    CANNOT: 'Could not give the same assistance, and says so as the agreement demands.',
  },
);
export type Reciprocity = Code<typeof Reciprocity>;
