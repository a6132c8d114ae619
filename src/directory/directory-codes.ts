import { codeList } from '../common/codes/code-list.js';

export const NotReadingReasons = codeList(
  'NotReadingReason',
  'Why officers of an addressed unit will not read what it gets.',
  {
    NOT_CLEARED: 'Not cleared for the protective marking: they see nothing of it.',
    NO_PERSONAL_DETAILS: 'They read it, but not its personal details, for which they are not cleared.',
  },
);
export type NotReadingReason = keyof typeof NotReadingReasons;
