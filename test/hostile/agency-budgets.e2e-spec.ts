import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedIn } from '../support/browser.js';
import { type Answer, type Party, startTestHub, type TestHub } from '../support/hub.js';
import { submitText, verdictOf } from './hostile.js';

const OBJECT = 'query($id: ID!) { object(id: $id) { id } }';
/** 4111 points of a caller's 4300. */
const PAGE = `{ inbox(first: 100) { nodes { ${Array.from({ length: 40 }, () => 'id').join(' ')} } } }`;
const ME = '{ me { agency } }';

let t: TestHub;
/** Eleven units of one agency each: one more than have a budget of their own. */
let ofVn: Party[];
let ofTh: Party[];
let stranger: Party;

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '4300', NOT_FOUND_PER_MINUTE: '2', BAD_SIGNATURES_PER_MINUTE: '1' });
  [ofVn, ofTh] = [await unitsOf('VN-CUS'), await unitsOf('TH-CUS')];
  stranger = await t.enrol('LA-CUS-HQ');
  // Whoever sends a document first pays for its being read.
  const first = await t.enrol('SG-CUS-HQ');
  for (const read of [submitText(first, '{}'), first.ask(PAGE)]) await read;
});
afterAll(() => t.stop());

async function unitsOf(agency: string): Promise<Party[]> {
  const units: Party[] = [];
  for (let i = 0; i < 11; i += 1) units.push(await t.enrol(`${agency}-U${i}`));
  return units;
}

const codeOf = ({ errors }: Answer<unknown>): string => errors?.[0]?.extensions.code ?? 'answered';

describe('an agency with many units and officers', () => {
  it('tries no more bad signatures than ten of its callers may', async () => {
    for (const unit of ofVn.slice(0, 10)) expect(verdictOf(await submitText(unit, '{}'))).toMatch(/^BAD_SIGNED_OBJECT/);
    expect(codeOf(await submitText(ofVn[10]!, '{}'))).toBe('RATE_LIMITED');
    expect(verdictOf(await submitText(stranger, '{}'))).toMatch(/^BAD_SIGNED_OBJECT/);
  });

  it('D20 tries no more random ids than ten of its callers may, whoever comes next: a unit or an officer', async () => {
    const { browser } = await aSignedIn(t, ofVn[0]!, ['ANALYST']);
    for (const unit of ofVn.slice(0, 10)) {
      for (const id of [randomUUID(), randomUUID()]) expect(codeOf(await unit.ask(OBJECT, { id }))).toBe('NOT_FOUND');
    }
    expect(codeOf(await ofVn[10]!.ask(ME))).toBe('RATE_LIMITED');
    expect(codeOf(await browser.ask(ME))).toBe('RATE_LIMITED');
    expect(codeOf(await stranger.ask(ME))).toBe('answered');
  });

  it('has no more points than ten of its callers', async () => {
    for (const unit of ofTh.slice(0, 10)) expect(codeOf(await unit.ask(PAGE))).toBe('answered');
    expect(codeOf(await ofTh[10]!.ask(PAGE))).toBe('RATE_LIMITED');
    expect(codeOf(await stranger.ask(PAGE))).toBe('answered');
  });
});
