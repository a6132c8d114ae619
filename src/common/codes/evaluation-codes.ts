import { codeList, codeListOutsideGraphql, type Code } from './code-list.js';

export const EvaluationScheme = codeListOutsideGraphql('EvaluationScheme', 'The scheme of grades in use.', {
  '4X4': 'Four grades for the source, four for the information (Europol).',
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

export const InformationGrade = codeListOutsideGraphql(
  'InformationGrade',
  'How sure the information is, whoever gave it. Source: Europol 4x4.',
  {
    '1': 'The accuracy is not in doubt.',
    '2': 'Known to the source personally, not to the officer who passes it on.',
    '3': 'Not known to the source personally, but backed by other recorded information.',
    '4': 'Not known to the source personally and not backed by anything yet.',
  },
);
export type InformationGrade = Code<typeof InformationGrade>;
