import { codeList, type Code } from './code-list.js';

export const EvaluationScheme = codeList('EvaluationScheme', 'The scheme of grades in use.', {
  FOUR_BY_FOUR: {
    writtenAs: '4X4',
    means: 'Four grades for the source, four for the information (Europol). The payload writes "4X4".',
  },
});
export type EvaluationScheme = Code<typeof EvaluationScheme>;

export const SourceGrade = codeList(
  'SourceGrade',
  'How far the source can be relied on, whatever it says this time. Source: Europol 4x4.',
  {
    A: 'No doubt about the source, or it has always been reliable so far.',
    B: 'The source has mostly been reliable.',
    C: 'The source has mostly been unreliable.',
    X: 'The reliability of the source cannot be assessed.',
  },
);
export type SourceGrade = Code<typeof SourceGrade>;

/** GraphQL names cannot begin with a digit, hence INFO_1 to INFO_4; payloads and the printed grade ("B2") keep the bare digit. */
export const InformationGrade = codeList(
  'InformationGrade',
  'How sure the information is, whoever gave it. The payload writes "1" to "4". Source: Europol 4x4.',
  {
    INFO_1: { writtenAs: '1', means: 'The accuracy is not in doubt. The payload writes "1".' },
    INFO_2: {
      writtenAs: '2',
      means: 'Known to the source personally, not to the officer who passes it on. The payload writes "2".',
    },
    INFO_3: {
      writtenAs: '3',
      means: 'Not known to the source personally, but backed by other recorded information. The payload writes "3".',
    },
    INFO_4: {
      writtenAs: '4',
      means: 'Not known to the source personally and not backed by anything yet. The payload writes "4".',
    },
  },
);
export type InformationGrade = Code<typeof InformationGrade>;
