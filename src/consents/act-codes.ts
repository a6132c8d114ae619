import { type Code, codeList } from '../common/codes/code-list.js';
import type { ACT_MATRIX } from './act-matrix.js';

export const ObjectAct = codeList('ObjectAct', 'What a reader may want to do with an object.', {
  READ: 'To read it in the unit that it was released to.',
  TASK: 'To give it to other units of the own agency, with something to do.',
  PASS_NATIONAL: 'To pass it on to another agency of the own country.',
  PASS_ABROAD: 'To pass it on to an agency of another country.',
  EVIDENCE: 'To use it as evidence in a court or an administrative case.',
  STATISTICS: 'To count it in statistics without personal details.',
  MATCHING: 'To compare it blindly with what others hold.',
  EXPORT: 'To report it to an international database.',
} satisfies Record<keyof typeof ACT_MATRIX, string>);
export type ObjectAct = Code<typeof ObjectAct>;

export const ActOutcome = codeList('ActOutcome', 'Whether an act is open to the caller now.', {
  ALLOWED: 'It may be done.',
  ACKNOWLEDGE: 'The condition of the sender must be read and acknowledged first.',
  CONSENT: 'It takes the consent of the sender, which is to be asked for.',
  OFF: 'It may not be done.',
});
export type ActOutcome = Code<typeof ActOutcome>;

export const ActReason = codeList('ActReason', 'Why an act is open or closed.', {
  OWN_OBJECT: 'The own agency sent the object.',
  H0: 'The object carries no restriction on this.',
  H1: 'The object is not to be used as evidence without consent.',
  H2: 'The object is not to be passed on without consent.',
  H3: 'The sender has set a condition in its own words; whoever acts decides by it and gives a reason.',
  SENDER_ALLOWS: 'The sender and the agreement allow it.',
  SENDER_SILENT: 'The sender and the agreement do not allow it without asking.',
  UNIT_ONLY: 'The sender meant the unit addressed and no other.',
  ANY_CONSENT: 'To pass anything on abroad takes consent.',
  CONSENT_GRANTED: 'The sender has consented, and the consent is in force.',
  OWN_DATA_ONLY: 'An agency reports its own data alone.',
});
export type ActReason = Code<typeof ActReason>;
