import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody } from '../src/alerts/body/alert-body.example.js';
import { ScopedDatabase } from '../src/access/scoped-database.js';
import { aPdf } from '../src/files/files.example.js';
import type { AttachmentLink } from '../src/protocol/envelope.js';
import { makePart } from '../src/protocol/part.js';
import { signObject } from '../src/protocol/signing.js';
import { anAlert, fingerprint, SUBMIT_TEXT, verdictOf } from './hostile/hostile.js';
import { aHandling, COMPOSE_ALERT, type ComposedAnswer, signAndSubmit } from './support/exchange.js';
import { download, sha256, upload, wholeAnswer } from './support/files.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';
import { aCaller } from './support/world.js';

/** Files that are personal details: named in a part, and given to readers cleared for them alone. */

let t: TestHub;
let vn: Party;
let th: Party;
/** Sees the object, and no personal details. */
let kh: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  kh = await t.enrol('KH-CUS-HQ', { maySeeNominal: false });
  agreement = await t.agree([vn, th, kh]);
});
afterAll(() => t.stop());

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const OBJECT = 'query($id: ID!) { object(id: $id) { text attachments { sha256 } parts { name text withheld } } }';

interface OpenedObject {
  object: {
    text: string;
    attachments: object[];
    parts: { name: string; text: string | null; withheld: string | null }[];
  };
}

/** Uploads a file that no other test sends, and describes it as an object names it. */
async function aPassport(party = vn): Promise<{ sha256: string; size: string; mediaType: string }> {
  const content = aPdf(`% ${randomBytes(8).toString('hex')}\n`);
  const digest = await upload(t, party, content, 'application/pdf');
  return { sha256: digest, size: String(content.length), mediaType: 'application/pdf' };
}

async function compose(input: object): Promise<Answer<ComposedAnswer>> {
  const { ref: _, ...body } = anAlertBody();
  return vn.ask<ComposedAnswer>(COMPOSE_ALERT, {
    input: { to: ['TH-CUS', 'KH-CUS'], addresseesSeeEachOther: true, handling: aHandling(agreement), body, ...input },
  });
}

async function sentWith(file: { sha256: string }): Promise<string> {
  const { data, errors } = await compose({ nominalAttachments: [file.sha256] });
  if (!data) throw new Error(JSON.stringify(errors));
  return (await signAndSubmit(vn, data.composeAlert[0]!)).id;
}

describe('F2 a file that is personal details', () => {
  it('is named in a part: whoever is not cleared sees that the part is there, and neither digest nor size nor type', async () => {
    const file = await aPassport();
    const id = await sentWith(file);
    const cleared = (await th.ask<OpenedObject>(OBJECT, { id })).data!.object;
    expect(cleared.attachments).toEqual([]);
    expect(JSON.parse(cleared.parts[0]!.text!)).toMatchObject({
      name: 'nominalAttachments',
      data: { attachments: [file] },
    });

    const answer = await kh.askRaw(OBJECT, { id });
    const { object } = (JSON.parse(answer) as { data: OpenedObject }).data;
    expect(object.parts).toEqual([{ name: 'nominalAttachments', text: null, withheld: 'NOT_CLEARED' }]);
    const payload = (JSON.parse(object.text) as { payload: string }).payload;
    for (const text of [answer, Buffer.from(payload, 'base64url').toString()]) {
      for (const secret of [file.sha256, file.mediaType]) expect(text).not.toContain(secret);
    }
  });

  it('is given to who is cleared, and told to the owner as personal details that were viewed', async () => {
    const file = await aPassport();
    const id = await sentWith(file);
    expect(sha256(Buffer.from(await (await download(t, th, id, file.sha256)).arrayBuffer()))).toBe(file.sha256);
    expect((await download(t, vn, id, file.sha256)).status).toBe(200);
    const acts = 'query($id: ID!) { objectAccess(id: $id) { nodes { act agency } } }';
    expect((await vn.ask(acts, { id })).data).toEqual({
      objectAccess: {
        nodes: [
          { act: 'FILE_DOWNLOADED', agency: 'TH-CUS' },
          { act: 'NOMINAL_VIEWED', agency: 'TH-CUS' },
        ],
      },
    });
  });

  it('is unknown to who is not cleared, byte for byte and without a trace', async () => {
    const file = await aPassport();
    const id = await sentWith(file);
    const before = await fingerprint(t.database);
    const unknown = await wholeAnswer(await download(t, kh, UNKNOWN, file.sha256));
    expect(unknown).toMatch(/^404 .*NOT_FOUND/);
    expect(await wholeAnswer(await download(t, kh, id, file.sha256))).toBe(unknown);
    expect(await wholeAnswer(await download(t, kh, id, 'a'.repeat(64)))).toBe(unknown);
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('is hidden by the database itself from code that forgot to ask', async () => {
    const file = await aPassport();
    await sentWith(file);
    const seenBy = ({ agency, unit }: Party, maySeeNominal: boolean): Promise<unknown> =>
      t.hub.app.get(ScopedDatabase).as(aCaller({ agencyId: agency, unitId: unit, maySeeNominal }), (tx) =>
        tx.query(
          `SELECT (SELECT count(*) FROM hub.attachment WHERE sha256 = $1)::int AS attachments,
             (SELECT count(*) FROM hub.attachment_key WHERE sha256 = $1)::int AS keys`,
          [file.sha256],
        ),
      );
    expect(await seenBy(th, true)).toEqual([{ attachments: 1, keys: 1 }]);
    for (const party of [th, kh, vn]) expect(await seenBy(party, false)).toEqual([{ attachments: 0, keys: 0 }]);
  });

  it('S28 can only be a clean file of the own agency, once, in compose and in submit', async () => {
    const [own, foreign] = [await aPassport(), await aPassport(th)];
    const before = await fingerprint(t.database);
    for (const input of [
      { nominalAttachments: [foreign.sha256] },
      { nominalAttachments: ['a'.repeat(64)] },
      { nominalAttachments: [own.sha256], attachments: [own.sha256] },
    ]) {
      expect(verdictOf(await compose(input))).toBe('BAD_USER_INPUT//nominalAttachments/0 attachment');
    }
    expect(verdictOf(await submitted([foreign]))).toBe('BAD_SIGNED_OBJECT/ATTACHMENT');
    expect(verdictOf(await submitted([{ ...own, size: '1' }]))).toBe('BAD_SIGNED_OBJECT/ATTACHMENT');
    expect(verdictOf(await submitted([own], [own]))).toBe('BAD_SIGNED_OBJECT/ATTACHMENT');
    expect(verdictOf(await submitted([{ ...own, sha256: 'x' }]))).toMatch(/^BAD_USER_INPUT/);
    expect(await fingerprint(t.database)).toEqual(before);
    expect(verdictOf(await submitted([own]))).toBe('accepted');
  });

  it('goes to nobody under an agreement that allows no personal details', async () => {
    const file = await aPassport();
    const without = await t.agree([vn, th, kh], { nominalAllowed: false });
    const { data } = await compose({ nominalAttachments: [file.sha256], handling: aHandling(without) });
    expect(data!.composeAlert[0]!.text).toBeNull();
    expect(data!.composeAlert[0]!.preview.refusals[0]!.code).toBe('NOMINAL');
  });
});

/** Signs and submits an alert with these files in its part, whatever compose would have said. */
async function submitted(
  nominal: object[],
  attachments: AttachmentLink[] = [],
): Promise<Answer<{ submit: { id: string } }>> {
  const part = await makePart('nominalAttachments', { attachments: nominal });
  const payload = anAlert(vn, ['TH-CUS'], agreement, {
    attachments,
    parts: [{ name: part.name, sha256: part.sha256 }],
  });
  const object = await signObject(payload, vn.signing);
  return vn.ask(SUBMIT_TEXT, { object, parts: [{ name: part.name, text: part.text }] });
}
