import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asServer, submitUnchecked } from './support/commands.js';
import { anAlertBody } from '../src/alerts/body/alert-body.example.js';
import { aRequestBody } from '../src/requests/body/request-body.example.js';
import {
  aHandling,
  COMPOSE_ALERT,
  COMPOSE_REQUEST,
  composeAndSubmit,
  type ComposedAnswer,
  type ComposedObject,
  recall,
} from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { anAlert, fingerprint, signAs, submitText, verdictOf } from './hostile/hostile.js';

const READ_AND_ALERT = ['directory.read', 'objects.read', 'objects.submit:alert', 'objects.submit:recall'];

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  vn = await t.enrol('VN-CUS-AS', { connection: { scopes: READ_AND_ALERT, addressees: ['TH-CUS', 'LA-CUS-HQ'] } });
  agreement = await t.agree([vn, th, la]);
});
afterAll(() => t.stop());

async function composeAlert(to: string[], language = 'en') {
  const { ref: _, ...body } = anAlertBody();
  const input = { to, handling: aHandling(agreement), body };
  const answer = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, { input }, { 'accept-language': language });
  return answer.data!.composeAlert;
}

const setLimits = (assignment: string): Promise<unknown> =>
  t.database.sql(`UPDATE auth.connection SET ${assignment} WHERE unit_id = 'VN-CUS-AS'`);

describe("a unit's system with an address list", () => {
  it('writes to an agency on it, to the units of that agency, and to a unit on it', async () => {
    for (const to of ['TH-CUS', 'TH-CUS-LCB', 'LA-CUS-HQ']) {
      expect((await composeAndSubmit(vn, { to: [to], agreement })).repeated).toBe(false);
    }
  });

  it('is told before it signs that another is not on it, the same for one that there is and one that there is not', async () => {
    const [known, unknown, listed] = await composeAlert(['LA-CUS', 'XX-CUS', 'TH-CUS']);
    expect(known).toMatchObject({ text: null, signing: [], preview: { readers: [] } });
    expect(known!.preview.refusals).toEqual([
      {
        to: 'LA-CUS',
        code: 'ADDRESS_LIST',
        message: "LA-CUS is not on the list of those your unit's system may write to. Ask the hub's operator.",
      },
    ]);
    expect(JSON.stringify(unknown!.preview).replaceAll('XX-CUS', 'LA-CUS')).toBe(JSON.stringify(known!.preview));
    expect(listed!.preview.refusals).toEqual([]);
    expect((await composeAlert(['LA-CUS'], 'vi'))[0]!.preview.refusals[0]!.message).toContain('danh sách nơi nhận');
  });

  it('cannot submit what it signed all the same, and leaves nothing behind', async () => {
    const before = await fingerprint(t.database);
    for (const to of [['LA-CUS'], ['LA-CUS', 'TH-CUS']]) {
      const answer = await submitText(vn, await signAs(vn.signing, anAlert(vn, to, agreement)));
      expect(verdictOf(answer)).toBe('BAD_USER_INPUT//to/0 ADDRESS_LIST');
    }
    expect(await fingerprint(t.database)).toEqual(before);
    expect(verdictOf(await submitText(vn, await signAs(vn.signing, anAlert(vn, ['TH-CUS'], agreement))))).toBe(
      'accepted',
    );
  });

  it('can recall what it has sent when the list is shorter now', async () => {
    const sent = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await setLimits(`addressees = '{}'`);
    try {
      expect((await composeAlert(['TH-CUS']))[0]!.preview.refusals).toMatchObject([{ code: 'ADDRESS_LIST' }]);
      expect((await recall(vn, sent.id)).repeated).toBe(false);
    } finally {
      await setLimits(`addressees = '{TH-CUS,LA-CUS-HQ}'`);
    }
  });
});

describe("a unit's system for alerts only", () => {
  it('is told before it signs that it may not send a request', async () => {
    const legalBasis = { agreement, article: 'art10' };
    const { ref: _, ...body } = aRequestBody({ requestedAuthority: 'TH-CUS', legalBasis });
    const input = { to: ['TH-CUS'], handling: aHandling(agreement), body };
    const answer = await vn.ask<{ composeRequest: ComposedObject[] }>(COMPOSE_REQUEST, { input });
    expect(answer.data?.composeRequest[0]).toMatchObject({
      text: null,
      preview: { refusals: [{ to: 'TH-CUS', code: 'KIND' }] },
    });
  });

  it('may submit nothing at all at the next request, once the operator takes that away', async () => {
    await setLimits(`scopes = '{directory.read,objects.read}'`);
    try {
      const text = await signAs(vn.signing, anAlert(vn, ['TH-CUS'], agreement));
      expect(verdictOf(await submitText(vn, text))).toBe('FORBIDDEN');
    } finally {
      await setLimits(`scopes = '{${READ_AND_ALERT.join()}}'`);
    }
  });
});

/** What cmd.submit answers to the server in the name of this unit's system; undone. */
async function stored(kind: string, to: string[], officer: string | null = null): Promise<string> {
  return asServer(t.database, vn, () => submitUnchecked(t.database, vn, { kind, to }), { officer }).then(
    () => 'stored',
    ({ message }: Error) => message,
  );
}

describe('the database', () => {
  it('stores nothing beyond the limits, even where the server forgets to ask', async () => {
    expect(await stored('alert', ['TH-CUS'])).toBe('stored');
    expect(await stored('alert', ['TH-CUS-LCB', 'LA-CUS-HQ'])).toBe('stored');
    expect(await stored('alert', ['LA-CUS'])).toBe('FORBIDDEN');
    expect(await stored('alert', ['TH-CUS', 'LA-CUS'])).toBe('FORBIDDEN');
    expect(await stored('request', ['TH-CUS'])).toBe('FORBIDDEN');
    expect(await stored('alert', ['LA-CUS'], 'p:officer1')).toBe('stored');
  });

  it.each([
    ['suspended', 'suspended_at = now()', 'suspended_at = NULL'],
    ['over', 'valid_until = now()', `valid_until = now() + interval '1 day'`],
  ])('stores nothing of a connection that is %s', async (_name, end, begin) => {
    await setLimits(end);
    try {
      expect(await stored('alert', ['TH-CUS'])).toBe('FORBIDDEN');
    } finally {
      await setLimits(begin);
    }
    expect(await stored('alert', ['TH-CUS'])).toBe('stored');
  });
});

describe('an enrolment', () => {
  it.each<[string, object, string]>([
    ['a right that there is not', { maySubmit: true }, 'there is no maySubmit'],
    ['a scope that there is not', { scopes: ['objects.submit:alerts'] }, 'there is no scope objects.submit:alerts'],
    ['an addressee that cannot be one', { addressees: ['thailand'] }, 'thailand is no addressee'],
    ['an end that is no time', { validUntil: 'next year' }, 'next year is no time'],
  ])('of a connection with %s is refused', async (_name, connection, fault) => {
    await expect(t.enrol('MM-CUS-HQ', { connection })).rejects.toThrow(fault);
    expect(await t.database.sql("SELECT 1 FROM auth.connection WHERE unit_id = 'MM-CUS-HQ'")).toEqual([]);
  });
});
