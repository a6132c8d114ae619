import { codeList, type Code } from './code-list.js';

export const AlertKind = codeList('AlertKind', 'What an alert is about. Later versions add kinds.', {
  CONSIGNMENT: 'A consignment that should be looked at.',
  CONVEYANCE: 'A ship, aircraft, vehicle or wagon that should be looked at.',
  PERSON: 'One or more persons. Their names travel in the nominal part, never in the alert itself.',
  BUSINESS: 'One or more businesses.',
  MODUS_OPERANDI: 'A method: how goods are hidden, how documents are forged, which device is used.',
  DANGEROUS_GOODS: 'Goods that endanger whoever handles them. Says what to do about it.',
  TREND: 'A development over time: routes, goods or methods that become more or less frequent.',
});
export type AlertKind = Code<typeof AlertKind>;

export const Urgency = codeList('Urgency', 'How fast the addressee has to look at it.', {
  FLASH: 'At once, day or night. Needs a telephone that is answered.',
  URGENT: 'On the same working day.',
  ROUTINE: 'In the ordinary course of work.',
});
export type Urgency = Code<typeof Urgency>;

export const Severity = codeList('Severity', 'How much harm is to be expected.', {
  LOW: 'Little harm.',
  MEDIUM: 'Considerable harm to revenue, trade or the public.',
  HIGH: 'Serious crime or serious harm.',
  CRITICAL: 'Danger to life or to the security of a state.',
});
export type Severity = Code<typeof Severity>;

export const IndicatorType = codeList('IndicatorType', 'The kind of circumstance that makes something suspicious.', {
  WEIGHT_MISMATCH: 'The weight does not fit the declaration or the goods.',
  DESCRIPTION_VAGUE: 'The goods are described vaguely or in general terms.',
  TARIFF_MISMATCH: 'The tariff code does not fit the description.',
  VALUE_IMPLAUSIBLE: 'The value does not fit the goods, or freight costs more than they are worth.',
  ROUTE_UNUSUAL: 'The route makes no commercial sense.',
  ROUTE_CHANGED: 'The destination or the route was changed on the way.',
  TRADER_NEW: 'A shipper or consignee without any history in this trade.',
  TRADER_UNFIT: 'The business does not fit these goods or this quantity.',
  PARTY_KNOWN: 'A party, address or telephone appears in an earlier case.',
  DOCUMENT_IRREGULAR: 'A document is missing, altered or false.',
  SEAL_IRREGULAR: 'A seal is missing, broken or does not match the documents.',
  CONTAINER_ALTERED: 'The container or conveyance was altered or repaired.',
  SCAN_ANOMALY: 'The scan image shows something that does not belong there.',
  RADIATION: 'Radiation was measured.',
  PAYMENT_UNUSUAL: 'Freight or goods were paid in an unusual way.',
  LATE_AMENDMENT: 'The manifest or declaration was changed at the last moment.',
  CONTROLLED_GOODS: 'The goods need a permit or licence, or stand on a watch list.',
  END_USE_DOUBTFUL: 'The stated end use or end user is doubtful.',
  BEHAVIOUR: 'Somebody behaved in a conspicuous way.',
  CONCEALMENT_KNOWN: 'The packing resembles a known way of hiding goods.',
  OTHER: 'Another circumstance; the text says which.',
});
export type IndicatorType = Code<typeof IndicatorType>;

export const IndicatorWeight = codeList('IndicatorWeight', 'How much an indicator counts towards the suspicion.', {
  LOW: 'Means something only together with others.',
  MEDIUM: 'Makes the suspicion noticeably stronger.',
  HIGH: 'Would justify a control alone.',
});
export type IndicatorWeight = Code<typeof IndicatorWeight>;

export const RequestedAction = codeList('RequestedAction', 'What the sender asks the addressee to do.', {
  CHECK_DOCUMENTS: 'Check the documents.',
  SCAN: 'Scan without opening.',
  OPEN: 'Open and search.',
  SAMPLE: 'Open and take a sample.',
  MONITOR_ONLY: 'Watch and do not intervene.',
  LET_PASS_AND_REPORT: 'Let it pass and report when and where it went.',
  CONTROLLED_DELIVERY_CONTACT: 'Telephone at once: a controlled delivery is being considered.',
  INFORM_ONLY: 'Nothing; for information.',
});
export type RequestedAction = Code<typeof RequestedAction>;

export const DoNot = codeList('DoNot', 'What the addressee is asked not to do.', {
  OPEN: 'Do not open.',
  CONTACT_CONSIGNEE: 'Do not contact the consignee.',
  CONTACT_CARRIER: 'Do not contact the carrier or forwarder.',
  DELAY: 'Do not hold it up longer than usual.',
  REVEAL_INTEREST: 'Do not let anybody notice the interest of customs.',
  HANDLE_WITHOUT_PROTECTION: 'Do not touch without protective equipment.',
});
export type DoNot = Code<typeof DoNot>;

export const RecallReason = codeList('RecallReason', 'Why an item is withdrawn.', {
  MISTAKEN_IDENTITY: 'It names the wrong person, business or consignment.',
  WRONG_FACTS: 'What it says has turned out to be wrong.',
  WRONG_ADDRESSEE: 'It was sent to somebody who should not have it.',
  NO_LONGER_NEEDED: 'The matter is settled.',
  LEGAL_GROUND: 'A law, a court or a data-protection duty requires it.',
  OTHER: 'Another reason; the text says which.',
});
export type RecallReason = Code<typeof RecallReason>;
