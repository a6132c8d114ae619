import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asServer, seqOf } from './support/commands.js';
import { answerConsent, askConsent, revokeConsent, share } from './support/consents.js';
import { composeAndSubmit, readCondition, type Submitted } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';

let t: TestHub;
let la: Party;
let vn: Party;
let th: Party;
let c04: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  la = await t.enrol('LA-CUS-HQ');
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  c04 = await t.enrol('VN-POL-C04');
  agreement = await t.agree([la, vn, th]);
});
afterAll(() => t.stop());

const CONDITION = 'Tell nobody at the port before the arrival. Fictional example.';
const H3 = { codes: ['H3'], h3Text: CONDITION };
const ACTS = 'query($id: ID!) { object(id: $id) { acts { act outcome because consent } } }';
const LISTED = '{ inbox(first: 100) { nodes { id acts { act outcome because consent } } } }';

interface Act {
  act: string;
  outcome: string;
  because: string;
  consent: string | null;
}
interface Listed {
  id: string;
  acts: Act[];
}
type Asker = Pick<Party, 'ask'>;

const anAlert = (handling: object, input: object = {}): Promise<Submitted> =>
  composeAndSubmit(la, { to: [vn.agency, th.agency], agreement, handling, addresseesSeeEachOther: true, ...input });

async function listed(who: Asker, id: string): Promise<Listed> {
  const answer = await who.ask<{ inbox: { nodes: Listed[] } }>(LISTED);
  return answer.data!.inbox.nodes.find((node) => node.id === id)!;
}
async function actsOf(who: Asker, id: string): Promise<Record<string, string>> {
  const { acts } = await listed(who, id);
  return Object.fromEntries(acts.map(({ act, outcome, because }) => [act, `${outcome} ${because}`]));
}

describe('the acts that an object is open to', () => {
  const COMMON = {
    READ: 'ALLOWED H0',
    TASK: 'ALLOWED H0',
    PASS_NATIONAL: 'CONSENT SENDER_SILENT',
    PASS_ABROAD: 'CONSENT ANY_CONSENT',
    EVIDENCE: 'CONSENT SENDER_SILENT',
    STATISTICS: 'ALLOWED H0',
    MATCHING: 'ALLOWED H0',
    EXPORT: 'OFF OWN_DATA_ONLY',
  };
  const unread = (act: string): object => ({ [act]: 'ACKNOWLEDGE H3' });

  it.each([
    ['H0', { codes: ['H0'] }, {}],
    ['H1', { codes: ['H1'] }, { EVIDENCE: 'CONSENT H1' }],
    ['H2', { codes: ['H2'] }, { PASS_NATIONAL: 'CONSENT H2', EVIDENCE: 'CONSENT H2' }],
    ['H1 and H2', { codes: ['H1', 'H2'] }, { PASS_NATIONAL: 'CONSENT H2', EVIDENCE: 'CONSENT H1' }],
    [
      'H3',
      H3,
      {
        ...unread('READ'),
        ...unread('TASK'),
        ...unread('PASS_NATIONAL'),
        ...unread('PASS_ABROAD'),
        ...unread('EVIDENCE'),
        ...unread('STATISTICS'),
        MATCHING: 'OFF H3',
      },
    ],
  ])('are those of the matrix: %s', async (_, handling, changes) => {
    const { id } = await anAlert(handling);
    expect(await actsOf(vn, id)).toEqual({ ...COMMON, ...changes });
  });

  it('wait for who has a condition before him, and are decided by it when he has read it', async () => {
    const { id } = await anAlert(H3);
    await readCondition(vn, id);
    expect(await actsOf(vn, id)).toMatchObject({ READ: 'ALLOWED H3', TASK: 'ALLOWED H3', EVIDENCE: 'CONSENT H3' });
  });

  it('are bound by the codes under which an object was passed on', async () => {
    const { id } = await anAlert({ codes: ['H0'] });
    const question = await askConsent(vn, id, { agency: c04.agency });
    await answerConsent(la, question.id, { codes: ['H1'], conditions: 'Not in court.' });
    await share(vn, id, c04.agency, question.id);
    expect(await actsOf(c04, id)).toMatchObject({ EVIDENCE: 'CONSENT H1', READ: 'ALLOWED H0' });
  });

  it('are all of them for who sent it, even a report abroad', async () => {
    const { id } = await anAlert({ codes: ['H2'] });
    const answer = await la.ask<{ object: { acts: Act[] } }>(ACTS, { id });
    expect(answer.errors).toBeUndefined();
    expect(answer.data!.object.acts.map(({ outcome, because }) => `${outcome} ${because}`)).toEqual(
      Array.from({ length: 8 }, () => 'ALLOWED OWN_OBJECT'),
    );
  });

  it('are open by a consent to exactly that, for who asked, until it is taken back', async () => {
    const { id } = await anAlert({ codes: ['H2'] });
    const question = await askConsent(vn, id, c04);
    expect((await actsOf(vn, id))['PASS_NATIONAL']).toBe('CONSENT H2');
    const granted = await answerConsent(la, question.id);
    const acts = (await listed(vn, id)).acts;
    expect(acts).toContainEqual({
      act: 'PASS_NATIONAL',
      outcome: 'ALLOWED',
      because: 'CONSENT_GRANTED',
      consent: question.id,
    });
    expect(await actsOf(vn, id)).toMatchObject({ PASS_ABROAD: 'CONSENT ANY_CONSENT', EVIDENCE: 'CONSENT H2' });
    expect((await actsOf(th, id))['PASS_NATIONAL']).toBe('CONSENT H2');
    await revokeConsent(la, granted.id);
    expect((await actsOf(vn, id))['PASS_NATIONAL']).toBe('CONSENT H2');
  });

  it('do not go beyond the unit that the sender meant', async () => {
    const { id } = await anAlert({ codes: ['H0'] }, { to: ['VN-CUS-AS'] });
    expect((await actsOf(vn, id))['TASK']).toBe('CONSENT UNIT_ONLY');
    const open = await anAlert({ codes: ['H0'], onwardRule: 'AGENCY' }, { to: ['VN-CUS-AS'] });
    expect((await actsOf(vn, open.id))['TASK']).toBe('ALLOWED H0');
  });

  it('tell nothing of an object that the caller does not see, asked as the server itself', async () => {
    const { id } = await anAlert({ codes: ['H0'] }, { to: [th.agency] });
    const seq = await seqOf(t.database, id);
    const count = (party: Party): Promise<unknown> =>
      asServer(t.database, party, () => t.database.sql('SELECT count(*)::text AS n FROM cmd.acts_of($1)', [seq]));
    expect(await count(th)).toEqual([{ n: '8' }]);
    expect(await count(vn)).toEqual([{ n: '0' }]);
  });
});
