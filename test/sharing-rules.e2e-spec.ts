import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { anAlertBody } from '../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../src/exchange/body/body.example.js';
import type { JsonObject } from '../src/protocol/canonical.js';
import type { Envelope } from '../src/protocol/envelope.js';
import type { KeyPair } from '../src/protocol/keys.js';
import { makePart } from '../src/protocol/part.js';
import { signObject } from '../src/protocol/signing.js';
import { anAlert, aReference, fingerprint, submitText, verdictOf } from './hostile/hostile.js';
import { act, changed, outcomeOf, twoAdministrators } from './support/administration.js';
import type { aSignedIn } from './support/browser.js';
import { aSubmission, asServer } from './support/commands.js';
import { answerConsent, askConsent, SHARE_ONWARD } from './support/consents.js';
import { aWaitingDraft, approve } from './support/drafts.js';
import {
  aHandling,
  aRequestInput,
  COMPOSE_ANSWER,
  COMPOSE_REQUEST,
  type ComposedObject,
  composeAndSubmit,
  recall,
  signAndSubmit,
} from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { anEnrolmentKey, aSigningOfficer, sendAs, type SigningOfficer } from './support/signing-officers.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;
let enrolment: KeyPair;
let ncp: SigningOfficer;
let releaser: SigningOfficer;
let one: Awaited<ReturnType<typeof aSignedIn>>;
let two: Awaited<ReturnType<typeof aSignedIn>>;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-VTE');
  agreement = await t.agree([vn, th, la]);
  enrolment = await anEnrolmentKey(vn);
  ncp = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
  releaser = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
  [one, two] = await twoAdministrators(t, vn);
  // What the personal details of a new partner need, stands in test/signing-by-people.
  await t.database.sql(`INSERT INTO hub.nominal_partner VALUES ('VN-CUS', 'TH-CUS'), ('VN-CUS', 'LA-CUS')`);
});
beforeEach(async () => {
  for (const table of ['approval_rule', 'sharing_ceiling', 'signing_rule'])
    await t.database.sql(`DELETE FROM agency.${table}`);
});
afterAll(() => t.stop());

interface Rule {
  kind?: string;
  partner?: string;
  content?: string;
}
interface Ceiling {
  role: string;
  partner?: string;
  classification: string;
  personalDetails: boolean;
}

const setRules = (approvals: Rule[], ceilings: Ceiling[] = []): Promise<string> =>
  outcomeOf(act(one.browser, 'changeSharingRules', { input: { approvals, ceilings } }));

const RESTRICTED = { classification: 'RESTRICTED' };
const to = (
  addressee: string,
  { handling = {}, ...changes }: Partial<Omit<Envelope, 'handling'>> & { handling?: object } = {},
): Envelope =>
  anAlert(vn, [addressee], agreement, { handling: aHandling(agreement, handling) as Envelope['handling'], ...changes });

async function withNominal(payload: Envelope): Promise<[Envelope, object[]]> {
  const { name, text, sha256 } = await makePart('nominal', someNominalData());
  return [{ ...payload, parts: [{ name, sha256 }] }, [{ name, text }]];
}

/** What becomes of it when the unit's system sends it, and when an officer does alone. */
async function alone(payload: Envelope, nominal = false, officer = ncp): Promise<[string, string]> {
  const named = { ...payload, id: randomUUID(), authoredBy: officer.officer };
  named.body = { ...named.body, ref: aReference('VN') };
  const [system, systemParts] = nominal ? await withNominal(payload) : [payload, []];
  const [person, parts] = nominal ? await withNominal(named) : [named, []];
  const before = await fingerprint(t.database);
  const bySystem = verdictOf(await submitText(vn, await signObject(system, vn.signing), systemParts));
  const byOfficer = verdictOf(await sendAs([officer], officer, person, { parts }));
  if (bySystem !== 'accepted' && byOfficer !== 'accepted') expect(await fingerprint(t.database)).toEqual(before);
  return [bySystem, byOfficer];
}

const ACCEPTED = ['accepted', 'accepted'];
const HELD = ['FORBIDDEN/APPROVAL_NEEDED', 'FORBIDDEN/APPROVAL_NEEDED'];

describe('a rule of approval', () => {
  it('holds back what it names, of officers and systems alike, and nothing else', async () => {
    expect(await alone(to('TH-CUS'))).toEqual(ACCEPTED);
    for (const [rule, payload, nominal, expected] of [
      [{}, to('TH-CUS'), false, HELD],
      [{ kind: 'alert' }, to('TH-CUS'), false, HELD],
      [{ kind: 'request' }, to('TH-CUS'), false, ACCEPTED],
      [{ partner: 'TH-CUS' }, to('TH-CUS-LCB'), false, HELD],
      [{ partner: 'TH-CUS' }, to('LA-CUS'), false, ACCEPTED],
      [{ content: 'RESTRICTED' }, to('TH-CUS', { handling: RESTRICTED }), false, HELD],
      [{ content: 'RESTRICTED' }, to('TH-CUS'), false, ACCEPTED],
      [{ content: 'NOMINAL' }, to('TH-CUS'), true, HELD],
      [{ content: 'NOMINAL' }, to('TH-CUS'), false, ACCEPTED],
    ] as const) {
      await t.database.sql('DELETE FROM agency.approval_rule');
      expect(await setRules([rule])).toBe('APPLIED');
      expect([rule, await alone(payload, nominal)]).toEqual([rule, expected]);
    }
  });

  it('is of a community too, through its members', async () => {
    const community = await t.community([vn, th]);
    await setRules([{ partner: 'TH-CUS' }]);
    expect(await alone(to(community))).toEqual(HELD);
    await t.database.sql(`UPDATE agency.approval_rule SET partner = 'LA-CUS'`);
    expect(await alone(to(community))).toEqual(ACCEPTED);
  });

  it('is kept by two officers: by a draft, or by both signatures that a system hands in', async () => {
    await setRules([{ kind: 'alert', partner: 'TH-CUS' }]);
    const drafted = to('TH-CUS', { authoredBy: ncp.officer });
    const id = await aWaitingDraft(ncp, drafted);
    expect(verdictOf(await approve(releaser, id, drafted))).toBe('accepted');
    const handed = to('TH-CUS', { authoredBy: ncp.officer });
    const object = await signObject(handed, ncp.key, releaser.key);
    expect(verdictOf(await submitText(vn, object))).toBe('accepted');
  });

  it('holds back no recall and no silent act', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await setRules([{}]);
    expect((await recall(vn, id)).repeated).toBe(false);
    // What tells no more than that something came, an officer sends alone.
    const asked = await th.ask<{ composeRequest: ComposedObject[] }>(COMPOSE_REQUEST, {
      input: aRequestInput(agreement, th, [vn]),
    });
    const { id: request } = await signAndSubmit(th, asked.data!.composeRequest[0]!);
    const acknowledging = { input: { request, body: { language: 'en', kind: 'ACKNOWLEDGEMENT' } } };
    const answered = await vn.ask<{ composeAnswer: ComposedObject }>(COMPOSE_ANSWER, acknowledging);
    expect((await signAndSubmit(vn, answered.data!.composeAnswer)).repeated).toBe(false);
  });

  it('lets an officer on duty send FLASH alone where the agency does, and the second signature is owed', async () => {
    await setRules([{}]);
    const flash = async (): Promise<[string, string]> => {
      const body = anAlertBody({ ref: aReference('VN'), urgency: 'FLASH' } as never) as unknown as JsonObject;
      return alone(to('TH-CUS', { body }));
    };
    expect(await flash()).toEqual(HELD);
    await t.database.sql(`INSERT INTO agency.signing_rule VALUES ('VN-CUS', true)`);
    expect(await flash()).toEqual(['FORBIDDEN/APPROVAL_NEEDED', 'accepted']);
    const [owed] = await t.database.sql('SELECT officer FROM hub.owed_signature ORDER BY seq DESC LIMIT 1');
    expect(owed).toEqual({ officer: ncp.officer });
    expect(await alone(to('TH-CUS'))).toEqual(HELD);
  });

  it('is told before anything is signed, in the officer’s language', async () => {
    await setRules([{ partner: 'TH-CUS' }]);
    const { ref: _, ...body } = anAlertBody();
    const query = `query($input: ComposeAlertInput!) { composeAlert(input: $input) { tier text preview { approvals { code message } } } }`;
    const preview = async (addressee: string, language: string): Promise<unknown> => {
      const variables = { input: { to: [addressee], handling: aHandling(agreement), body } };
      const answer = await vn.ask<{ composeAlert: { text: string }[] }>(query, variables, {
        'accept-language': language,
      });
      expect(answer.data!.composeAlert[0]!.text).not.toBeNull();
      return { ...answer.data!.composeAlert[0]!, text: undefined };
    };
    expect(await preview('TH-CUS', 'en')).toEqual({
      tier: 'T2',
      preview: {
        approvals: [{ code: 'RULE', message: "A rule of your agency asks for a second officer's approval." }],
      },
    });
    expect(await preview('TH-CUS', 'vi')).toMatchObject({
      preview: { approvals: [{ message: 'Quy định của cơ quan bạn yêu cầu cán bộ thứ hai duyệt.' }] },
    });
    expect(await preview('LA-CUS', 'en')).toEqual({ tier: 'T1', preview: { approvals: [] } });
  });

  it('is enforced in PostgreSQL, whatever the server says of it', async () => {
    await setRules([{ kind: 'alert' }]);
    const submitting = (changes: object, officer: string | null = null): Promise<unknown> =>
      asServer(
        t.database,
        vn,
        () => {
          const submission = { ...(JSON.parse(aSubmission(vn)) as object), ...changes };
          return t.database.sql('SELECT * FROM cmd.submit($1)', [JSON.stringify(submission)]);
        },
        { officer, clearance: 1 },
      );
    await expect(submitting({})).rejects.toThrow('APPROVAL_NEEDED');
    await expect(submitting({ authoredBy: ncp.officer, sentBy: ncp.officer })).rejects.toThrow('APPROVAL_NEEDED');
    const flash = { authoredBy: ncp.officer, sentBy: ncp.officer, urgency: 'FLASH' };
    await t.database.sql(`INSERT INTO agency.signing_rule VALUES ('VN-CUS', false)`);
    await expect(submitting(flash, ncp.officer)).rejects.toThrow('APPROVAL_NEEDED');
    await t.database.sql('UPDATE agency.signing_rule SET flash_alone = true');
    await expect(submitting(flash, releaser.officer)).rejects.toThrow('APPROVAL_NEEDED');
    await expect(submitting({ ...flash, urgency: 'URGENT' }, ncp.officer)).rejects.toThrow('APPROVAL_NEEDED');
    await expect(submitting(flash, ncp.officer)).resolves.toHaveLength(1);
    const two = { authoredBy: ncp.officer, approvedBy: releaser.officer, sentBy: releaser.officer };
    await expect(submitting({ ...two, approvedBy: ncp.officer })).rejects.toThrow('APPROVER');
    await expect(submitting({ ...two, approvedBy: 'p:nobody' })).rejects.toThrow('APPROVER');
    await expect(submitting({ ...two, unit: 'VN-CUS-HP' })).rejects.toThrow('APPROVER');
    await expect(submitting(two)).resolves.toHaveLength(1);
    await expect(submitting({ kind: 'request' })).resolves.toHaveLength(1);
  });
});

describe('a ceiling', () => {
  const CEILING = { role: 'NCP_OFFICER', classification: 'UNCLASSIFIED', personalDetails: false };

  it('keeps officers of a role from sending more, and no other', async () => {
    expect(await setRules([], [CEILING])).toBe('APPLIED');
    const restricted = to('TH-CUS', { handling: RESTRICTED });
    expect(await alone(restricted)).toEqual(['accepted', 'FORBIDDEN/CEILING']);
    expect(await alone(to('TH-CUS'), true)).toEqual(['accepted', 'FORBIDDEN/CEILING']);
    expect(await alone(to('TH-CUS'))).toEqual(ACCEPTED);
    expect(await alone(to('TH-CUS', { handling: RESTRICTED }), true, releaser)).toEqual(ACCEPTED);
  });

  it('is of one partner where it names one, and of several roles the furthest counts', async () => {
    await setRules([], [{ ...CEILING, partner: 'TH-CUS' }]);
    expect(await alone(to('LA-CUS', { handling: RESTRICTED }))).toEqual(ACCEPTED);
    expect((await alone(to('TH-CUS-LCB', { handling: RESTRICTED })))[1]).toBe('FORBIDDEN/CEILING');
    const both = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER', 'RELEASER', 'ANALYST']);
    expect(await alone(to('TH-CUS', { handling: RESTRICTED }), false, both)).toEqual(ACCEPTED);
    await t.database.sql(`INSERT INTO agency.sharing_ceiling VALUES ('VN-CUS', 'RELEASER', '*', 0, true)`);
    expect((await alone(to('TH-CUS', { handling: RESTRICTED }), false, both))[1]).toBe('FORBIDDEN/CEILING');
    expect(await alone(to('TH-CUS'), true, both)).toEqual(ACCEPTED);
  });

  it('is one of passing on too', async () => {
    const { id } = await composeAndSubmit(th, { to: ['VN-CUS'], agreement, handling: RESTRICTED });
    const question = await askConsent(vn, id, { agency: 'LA-CUS' });
    await answerConsent(th, question.id);
    await setRules([], [{ ...CEILING, partner: 'LA-CUS' }]);
    const passOn = async ({ browser }: SigningOfficer): Promise<string> =>
      verdictOf(await browser.ask(SHARE_ONWARD, { object: id, to: 'LA-CUS', consent: question.id }));
    expect(await passOn(ncp)).toBe('FORBIDDEN/CEILING');
    expect(await passOn(releaser)).toBe('accepted');
  });

  it('is told before, and an officer whose role goes further can approve the draft', async () => {
    await setRules([], [CEILING]);
    const { ref: _, ...body } = anAlertBody();
    const query = `query($input: ComposeAlertInput!) { composeAlert(input: $input) { tier preview { approvals { code } } } }`;
    const input = { to: ['TH-CUS'], handling: aHandling(agreement, RESTRICTED), body };
    const composed = async (officer: SigningOfficer): Promise<unknown> =>
      (await officer.browser.ask<{ composeAlert: unknown[] }>(query, { input })).data!.composeAlert[0];
    expect(await composed(ncp)).toEqual({ tier: 'T2', preview: { approvals: [{ code: 'CLASSIFICATION' }] } });
    expect(await composed(releaser)).toEqual({ tier: 'T1', preview: { approvals: [] } });

    const payload = to('TH-CUS', { handling: RESTRICTED, authoredBy: ncp.officer });
    const id = await aWaitingDraft(ncp, payload);
    const other = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
    const refused = await approve(other, id, payload);
    expect(verdictOf(refused as never)).toBe('FORBIDDEN/CEILING');
    expect(refused.errors![0]!.message).toContain('nothing marked RESTRICTED');
    expect(verdictOf((await approve(releaser, id, payload)) as never)).toBe('accepted');
  });

  it('is enforced in PostgreSQL, whatever the server says of it', async () => {
    await setRules([], [CEILING]);
    const submitting = (changes: object): Promise<unknown> =>
      asServer(
        t.database,
        vn,
        () => {
          const submission = { ...(JSON.parse(aSubmission(vn)) as object), sentBy: ncp.officer, ...changes };
          return t.database.sql('SELECT * FROM cmd.submit($1)', [JSON.stringify(submission)]);
        },
        { officer: ncp.officer, clearance: 1 },
      );
    await expect(submitting({})).resolves.toHaveLength(1);
    await expect(submitting({ clearance: 1 })).rejects.toThrow('CEILING');
    await expect(submitting({ parts: [{ name: 'x', keys: {} }] })).rejects.toThrow('CEILING');
    await expect(submitting({ clearance: 1, sentBy: releaser.officer })).resolves.toHaveLength(1);
  });
});

describe('the rules of an agency', () => {
  const OWN =
    '{ sharingRules { approvals { kind partner content } ceilings { role partner classification personalDetails } } }';
  const ceiling = { role: 'NCP_OFFICER', classification: 'UNCLASSIFIED', personalDetails: true };

  it('are added to by one administrator and loosened by two', async () => {
    const rule = { kind: 'alert', content: 'ANY' };
    const more = await changed(one.browser, 'changeSharingRules', {
      input: { approvals: [rule], ceilings: [ceiling] },
    });
    expect(more).toMatchObject({
      kind: 'SHARING',
      subject: 'VN-CUS',
      state: 'APPLIED',
      changes: [
        { field: 'approvals', was: '', becomes: 'alert * ANY' },
        { field: 'ceilings', was: '', becomes: 'NCP_OFFICER * UNCLASSIFIED NOMINAL' },
      ],
    });
    expect((await one.browser.ask(OWN)).data).toEqual({
      sharingRules: {
        approvals: [{ kind: 'alert', partner: null, content: 'ANY' }],
        ceilings: [{ ...ceiling, partner: null }],
      },
    });
    const less = await changed(one.browser, 'changeSharingRules', { input: { approvals: [], ceilings: [ceiling] } });
    expect(less).toMatchObject({ state: 'WAITING' });
    expect(await alone(to('TH-CUS'))).toEqual(HELD);
    expect(await outcomeOf(act(one.browser, 'approveChange', { id: less.id }))).toBe('FORBIDDEN/NEEDS_ANOTHER');
    expect(await outcomeOf(act(two.browser, 'approveChange', { id: less.id }))).toBe('APPLIED');
    expect(await alone(to('TH-CUS'))).toEqual(ACCEPTED);
    const other = { approvals: [], ceilings: [{ ...ceiling, classification: 'RESTRICTED' }] };
    expect(await outcomeOf(act(one.browser, 'changeSharingRules', { input: other }))).toBe('WAITING');
    expect(
      await outcomeOf(act(one.browser, 'changeSharingRules', { input: { approvals: [], ceilings: [ceiling] } })),
    ).toBe('CONFLICT/UNCHANGED');
    expect(await t.database.sql('SELECT event FROM audit.pending WHERE change_id = $1 ORDER BY id', [less.id])).toEqual(
      [{ event: 'sharing.proposed' }, { event: 'sharing.approved' }],
    );
  });

  it('are of known kinds, agencies and roles, and no more than 100', async () => {
    const verdict = (approvals: object[], ceilings: object[] = []): Promise<string> =>
      act(one.browser, 'changeSharingRules', { input: { approvals, ceilings } }).then((answer) =>
        verdictOf(answer as never),
      );
    expect(await verdict([{ kind: 'recall' }])).toBe('BAD_USER_INPUT//input/approvals/0/kind code');
    expect(await verdict([{}, { partner: 'x y' }])).toBe('BAD_USER_INPUT//input/approvals/1/partner pattern');
    expect(await verdict([], [{ ...ceiling, role: 'ANALYST' }])).toBe('BAD_USER_INPUT//input/ceilings/0/role code');
    expect(await verdict(Array.from({ length: 101 }, () => ({})))).toBe('BAD_USER_INPUT//input/approvals rules');
  });

  it('are their agency’s own: administrators see and change no others', async () => {
    await setRules([{}]);
    const [foreign] = await twoAdministrators(t, th);
    expect((await foreign.browser.ask(OWN)).data).toEqual({ sharingRules: { approvals: [], ceilings: [] } });
    for (const browser of [ncp.browser, releaser.browser]) {
      expect((await browser.ask(OWN)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
      expect(await outcomeOf(act(browser, 'changeSharingRules', { input: { approvals: [], ceilings: [] } }))).toBe(
        'FORBIDDEN',
      );
    }
    const theirs = await sendTheirs();
    expect(theirs).toBe('accepted');
  });

  const sendTheirs = async (): Promise<string> => {
    const payload = anAlert(th, ['VN-CUS'], agreement);
    return verdictOf(await submitText(th, await signObject(payload, th.signing)));
  };
});
