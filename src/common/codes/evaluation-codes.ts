import { codeListOutsideGraphql, type Code } from './code-list.js';

/** Grades are given and kept in the scheme of whoever gives them; nothing is converted, which would lose or invent certainty. */
export const EvaluationScheme = codeListOutsideGraphql('EvaluationScheme', 'The scheme of grades in use.', {
  '4X4': 'Four grades for the source, four for the information (Europol).',
  ADMIRALTY: 'Six grades for the source, six for the information (the Admiralty code).',
  '3X5X2': 'Three grades for the source, five for the information (United Kingdom).',
});
export type EvaluationScheme = Code<typeof EvaluationScheme>;

export const SourceGrade = codeListOutsideGraphql(
  'SourceGrade',
  'How far the source can be relied on, whatever it says this time. Source: Europol 4x4.',
  {
    A: 'No doubt about the source, or it has always been reliable so far.',
    B: 'The source has mostly been reliable.',
    C: 'The source has mostly been unreliable.',
    X: 'The reliability of the source cannot be assessed.',
  },
);

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

export const AdmiraltySource = codeListOutsideGraphql(
  'AdmiraltySource',
  'How far the source can be relied on. Source: the Admiralty code.',
  {
    A: 'Completely reliable.',
    B: 'Usually reliable.',
    C: 'Fairly reliable.',
    D: 'Not usually reliable.',
    E: 'Unreliable.',
    F: 'The reliability of the source cannot be judged.',
  },
);

export const AdmiraltyInformation = codeListOutsideGraphql(
  'AdmiraltyInformation',
  'How sure the information is. Source: the Admiralty code.',
  {
    '1': 'Confirmed by others.',
    '2': 'Probably true.',
    '3': 'Possibly true.',
    '4': 'Doubtful.',
    '5': 'Improbable.',
    '6': 'The truth cannot be judged.',
  },
);

export const SourceGrade3x5x2 = codeListOutsideGraphql(
  'SourceGrade3x5x2',
  'How far the source can be relied on. Source: the 3x5x2 form of the United Kingdom.',
  {
    '1': 'Reliable.',
    '2': 'Untested.',
    '3': 'Not reliable.',
  },
);

/** Unverified: known from general sources only (domain.md 4.4). */
export const InformationGrade3x5x2 = codeListOutsideGraphql(
  'InformationGrade3x5x2',
  'How sure the information is. Source: the 3x5x2 form of the United Kingdom.',
  {
    A: 'Known to the source directly.',
    B: 'Known to the source indirectly, but backed by other information.',
    C: 'Known to the source indirectly.',
    D: 'Not known.',
    E: 'Suspected to be false.',
  },
);

interface Grades {
  source: Readonly<Record<string, string>>;
  information: Readonly<Record<string, string>>;
}

/** The grades of each scheme. */
export const GRADES: Readonly<Record<EvaluationScheme, Grades>> = {
  '4X4': { source: SourceGrade, information: InformationGrade },
  ADMIRALTY: { source: AdmiraltySource, information: AdmiraltyInformation },
  '3X5X2': { source: SourceGrade3x5x2, information: InformationGrade3x5x2 },
};
