import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT_FOLDER } from '../../config/environment.js';

/** docs/threat-model.md says of each requirement where it is met. What it names has to be there, and no requirement may be left out. */

/** ASVS 5.0.0: how many requirements of levels 1 and 2 each section begins with; further numbers are those between ones of level 3. */
const REQUIREMENTS: Readonly<Record<string, readonly number[]>> = {
  ...sections(1, [2, 9, 11, 3, 2]),
  ...sections(2, [3, 3, 4, 1]),
  ...sections(3, [0, 2, 4, 6, 5, 0, 2]),
  ...sections(4, [3, 1, 2, 4]),
  ...sections(5, [1, 3, 2, 3]),
  ...sections(6, [3, 12, 4, 4, 5, 3, 0, 4]),
  ...sections(7, [3, 4, 2, 5, 2, 2]),
  ...sections(8, [2, 3, 1, 1]),
  ...sections(9, [3, 4]),
  ...sections(10, [2, 2, 4, 11, 5, 2, 3]),
  ...sections(11, [2, 3, 3, 4, 1, 1]),
  ...sections(12, [3, 2, 4]),
  ...sections(13, [1, 5, 2, 5]),
  ...sections(14, [2, 4, 3]),
  ...sections(15, [3, 3, 7]),
  ...sections(16, [1, 5, 4, 3, 3]),
};
const STATES = new Set(['met', 'partly', 'not yet', 'operator', 'not applicable']);

interface Row {
  requirements: string[];
  state: string;
  evidence: string;
}

const TEXT = readFileSync(join(PROJECT_FOLDER, 'docs/threat-model.md'), 'utf8');
const ROWS: Row[] = [...TEXT.matchAll(/^\| (\d+\.\d+\.\d+[^|]*?) *\| ([^|]+?) *\| (.+?) *\|$/gm)].map(
  ([, numbers, state, evidence]) => ({ requirements: spread(numbers!), state: state!, evidence: evidence! }),
);

describe('the threat model', () => {
  it('has each requirement of ASVS level 2 in one row', () => {
    const named = ROWS.flatMap(({ requirements }) => requirements);
    const expected = Object.entries(REQUIREMENTS).flatMap(([section, numbers]) =>
      numbers.map((n) => `${section}.${n}`),
    );
    expect(named.toSorted()).toEqual(expected.toSorted());
  });

  it('says of each how it stands, and where that can be seen', () => {
    for (const { requirements, state, evidence } of ROWS) {
      expect([requirements, STATES.has(state)]).toEqual([requirements, true]);
      const isShown = /`[^`]+`/.test(evidence);
      expect([requirements, isShown || (state !== 'met' && state !== 'partly')]).toEqual([requirements, true]);
      expect([requirements, evidence.length > 10]).toEqual([requirements, true]);
    }
  });

  it('names files that are there', () => {
    const named = [...TEXT.matchAll(/`([\w./-]+\.(?:ts|js|md|json|env|graphql)|(?:src|test|migrations)\/[\w./-]+)`/g)];
    expect(named.length).toBeGreaterThan(50);
    expect(named.map(([, path]) => path!).filter((path) => !existsSync(join(PROJECT_FOLDER, path)))).toEqual([]);
  });
});

/** The sections of a chapter with the numbers of their requirements. */
function sections(chapter: number, counts: readonly number[]): Record<string, number[]> {
  return Object.fromEntries(
    counts.map((count, i) => [`${chapter}.${i + 1}`, Array.from({ length: count }, (_, n) => n + 1)]),
  );
}

/** `1.2.6–8, 1.3.1` as single requirements. */
function spread(numbers: string): string[] {
  return numbers.split(', ').flatMap((range) => {
    const [, section, first, last] = /^(\d+\.\d+)\.(\d+)(?:–(\d+))?$/.exec(range) ?? [];
    if (section === undefined) throw new Error(`${range} is no requirement`);
    const from = Number(first);
    return Array.from({ length: Number(last ?? first) - from + 1 }, (_, i) => `${section}.${from + i}`);
  });
}
