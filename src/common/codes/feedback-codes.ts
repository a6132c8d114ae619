import { codeList, type Code } from './code-list.js';

export const FeedbackStage = codeList('FeedbackStage', 'How far the addressee has come.', {
  RECEIVED: 'Received.',
  TASKED: 'Given to a field unit.',
  CONTROLLED: 'A control was carried out.',
  CLOSED: 'Finished: this is the last report.',
});
export type FeedbackStage = Code<typeof FeedbackStage>;

export const FeedbackDisposition = codeList('FeedbackDisposition', 'What came of it.', {
  NOT_ARRIVED: 'It did not arrive here.',
  ROUTE_CHANGED: 'It went another way.',
  CHECKED_NIL: 'Checked, nothing found. As valuable as a find: without it no indicator can be judged.',
  CHECKED_IRREGULARITY: 'Checked, and something was not in order.',
  SEIZED: 'Goods were seized.',
  DETAINED: 'Goods were held.',
  RELEASED_MONITORED: 'Let through under watch.',
  CASE_OPENED: 'A case was opened.',
  PERSON_IDENTIFIED: 'A person was identified.',
  ALREADY_KNOWN: 'It was known here already.',
  NOT_ACTIONABLE: 'Nothing could be done; the reason stands beside it.',
  USED_IN_TARGETING: 'Used to select consignments for control.',
  NO_ACTION: 'Nothing was done.',
});
export type FeedbackDisposition = Code<typeof FeedbackDisposition>;

export const NotActionableReason = codeList('NotActionableReason', 'Why nothing could be done.', {
  TOO_LATE: 'It came too late.',
  TOO_VAGUE: 'It was too vague.',
  NO_LEGAL_POWER: 'There is no power to do it.',
  NO_RESOURCES: 'There were no people or equipment for it.',
  WRONG_PORT: 'It concerned another place.',
});
export type NotActionableReason = Code<typeof NotActionableReason>;

export const Contribution = codeList('Contribution', 'How much the information contributed to the result.', {
  DECISIVE: 'There would be no result without it.',
  SUBSTANTIAL: 'It helped a great deal.',
  SUPPORTING: 'It helped a little.',
  NONE: 'It did not help.',
});
export type Contribution = Code<typeof Contribution>;

export const Timeliness = codeList('Timeliness', 'Whether the information came in time.', {
  EARLY: 'Early.',
  IN_TIME: 'In time.',
  LATE: 'Late.',
});
export type Timeliness = Code<typeof Timeliness>;

export const IndicatorOutcome = codeList('IndicatorOutcome', 'Whether an indicator has proved true.', {
  TRUE: 'It proved true.',
  FALSE: 'It proved untrue.',
  UNKNOWN: 'It could not be checked.',
});
export type IndicatorOutcome = Code<typeof IndicatorOutcome>;

export const PublicUse = codeList('PublicUse', 'Whether the result may be mentioned openly.', {
  YES: 'May be mentioned.',
  NO: 'Must not be mentioned.',
  ASK: 'Ask first.',
});
export type PublicUse = Code<typeof PublicUse>;

export const ControlMethod = codeList('ControlMethod', 'How a control was carried out.', {
  DOCUMENT: 'Documents.',
  SCAN_XRAY: 'X-ray scan.',
  BACKSCATTER: 'Backscatter scan.',
  RAMAN: 'Raman spectrometer.',
  DOG: 'Detector dog.',
  PHYSICAL: 'Physical search.',
  RADIATION: 'Radiation measurement.',
  TEST_KIT: 'Field test kit.',
  LAB: 'Laboratory.',
});
export type ControlMethod = Code<typeof ControlMethod>;
