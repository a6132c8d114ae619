import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import { aPdf } from '../../src/files/files.example.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import type { Envelope } from '../../src/protocol/envelope.js';
import { generateKey, type KeyPair } from '../../src/protocol/keys.js';
import { makePart } from '../../src/protocol/part.js';
import { aHandling, untilFeedIsComplete } from '../support/exchange.js';
import { contentDigest, sha256, tryUpload, upload } from '../support/files.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import {
  addKeys,
  anAlert,
  anEntry,
  aReference,
  fingerprint,
  nowSeconds,
  signAs,
  submitText,
  verdictOf,
} from './hostile.js';

/**
 * Each check of a submission, forced to fail with all others content: nothing may be left of it, not a row, a file, an entry of the log
 * or a word to anybody. And the same when it is the database that fails, at each table in turn.
 */

let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;
let revoked: KeyPair;
let early: KeyPair;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  [revoked, early] = await Promise.all([generateKey(), generateKey()]);
  const now = nowSeconds();
  await addKeys(vn, [
    anEntry(vn, revoked, { revoked: { at: now - 60, invalidFrom: now - 60, reason: 'superseded' } }),
    anEntry(vn, early, { nbf: now + 600, exp: now + 86_400 }),
  ]);
});
afterAll(() => t.stop());

interface Submittable {
  envelope: Envelope;
  parts: { name: string; text: string }[];
}

/** An alert that needs every table there is: with personal details and a file. */
async function complete(changes: Partial<Envelope> = {}): Promise<Submittable> {
  const pdf = aPdf(`% ${randomBytes(8).toString('hex')}\n`);
  await upload(t, vn, pdf, 'application/pdf');
  const part = await makePart('nominal', someNominalData());
  return {
    envelope: anAlert(vn, ['TH-CUS'], agreement, {
      attachments: [{ sha256: sha256(pdf), size: String(pdf.length), mediaType: 'application/pdf' }],
      parts: [{ name: part.name, sha256: part.sha256 }],
      body: aPersonAlertBody({ ref: aReference('VN') }) as unknown as JsonObject,
      ...changes,
    }),
    parts: [{ name: part.name, text: part.text }],
  };
}

/** Everything that could show that something was taken: rows, stored files, and what the addressee is told. */
async function traces(): Promise<unknown> {
  const entries = readdirSync(join(t.database.dataFolder, 'files'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  await untilFeedIsComplete(t.database);
  const { data } = await th.ask<{ changes: { changes: object[] } }>(
    '{ changes(first: 100) { changes { act objectId } } }',
  );
  return [await fingerprint(t.database), files.sort(), data!.changes.changes];
}

describe('threats 44a a check that fails', () => {
  interface Attempt {
    text: string;
    parts: Submittable['parts'];
  }

  const signedBy = async (pair: KeyPair, changes: Partial<Envelope> = {}): Promise<Attempt> => {
    const { envelope, parts } = await complete(changes);
    return { text: await signAs(pair, envelope), parts };
  };
  const signed = (changes: Partial<Envelope>): Promise<Attempt> => signedBy(vn.signing, changes);

  /** The check, its refusal, and a submission that fails there alone. */
  const CHECKS: [check: string, refusal: RegExp, make: () => Promise<Attempt>][] = [
    [
      'of the signature',
      /SIGNATURE$/,
      async () => {
        const { text, parts } = await signed({});
        const outer = JSON.parse(text) as { signatures: { signature: string }[] };
        const bytes = Buffer.from(outer.signatures[0]!.signature, 'base64url');
        bytes[5]! ^= 1;
        outer.signatures[0]!.signature = bytes.toString('base64url');
        return { text: JSON.stringify(outer), parts };
      },
    ],
    ['of a key that was revoked', /KEY_REVOKED$/, () => signedBy(revoked)],
    ['of a key that is not yet valid', /KEY_NOT_YET$/, () => signedBy(early)],
    ['of the hub that it is for', /HUB$/, () => signed({ hub: 'another.example' })],
    [
      'of a part’s digest',
      /PART$/,
      async () => {
        const { text, parts } = await signed({});
        return { text, parts: [{ ...parts[0]!, text: `${parts[0]!.text} ` }] };
      },
    ],
    [
      'of a link’s digest',
      /LINK$/,
      async () => {
        const first = anAlert(vn, ['TH-CUS'], agreement);
        expect(verdictOf(await submitText(vn, await signAs(vn.signing, first)))).toBe('accepted');
        return signed({ supersedes: { id: first.id, digest: digestOf(Buffer.from('another text')) } });
      },
    ],
    ['of the form of the body', /^BAD_USER_INPUT/, () => signed({ body: { title: 1 } })],
    ['of the agreement', /AGREEMENT$/, () => signed({ handling: aHandling('NO-SUCH-ONE') as JsonObject })],
    ['of the addressee', /ADDRESSEE$/, () => signed({ to: ['ZZ-CUS'] })],
    [
      'of a file',
      /ATTACHMENT$/,
      () => signed({ attachments: [{ sha256: 'a'.repeat(64), size: '1', mediaType: 'application/pdf' }] }),
    ],
  ];

  it.each(CHECKS)('%s leaves nothing', async (_, refusal, make) => {
    const { text, parts } = await make();
    const before = await traces();
    const answer = await submitText(vn, text, parts);
    expect([answer.data, verdictOf(answer)]).toEqual([null, expect.stringMatching(refusal)]);
    expect(await traces()).toEqual(before);
  });

  it.each([
    ['of the type', aPdf('% x\n'), 'image/png', {}, 415],
    ['of the digest', aPdf('% y\n'), 'application/pdf', { 'content-digest': contentDigest(aPdf('% z\n')) }, 400],
  ])('%s of a file leaves nothing', async (_, content, type, headers, status) => {
    const before = await traces();
    expect((await tryUpload(t, vn, content, type, headers)).status).toBe(status);
    expect(await traces()).toEqual(before);
  });

  it('nowhere: with all of them content, everything is there', async () => {
    const { text, parts } = await signed({});
    const before = await traces();
    expect(verdictOf(await submitText(vn, text, parts))).toBe('accepted');
    expect(await traces()).not.toEqual(before);
  });
});

describe('threats 44a a table that takes nothing more', () => {
  const TABLES = [
    'hub.object',
    'hub.release',
    'hub.release_term',
    'hub.change',
    'hub.part',
    'hub.part_key',
    'hub.alert',
    'hub.attachment',
    'hub.attachment_key',
    'audit.pending',
  ];

  it.each(TABLES)('%s: nothing is left in any other, and the same object is taken afterwards', async (table) => {
    const { envelope, parts } = await complete({ id: randomUUID() });
    const text = await signAs(vn.signing, envelope);
    await t.database.sql(`ALTER TABLE ${table} ADD CONSTRAINT full_up CHECK (false) NOT VALID`);
    try {
      const before = await traces();
      const answer = await submitText(vn, text, parts);
      expect([answer.data, verdictOf(answer)]).toEqual([null, 'INTERNAL']);
      expect(await traces()).toEqual(before);
    } finally {
      await t.database.sql(`ALTER TABLE ${table} DROP CONSTRAINT full_up`);
    }
    const again = await submitText(vn, text, parts);
    expect([verdictOf(again), again.data?.submit]).toEqual(['accepted', expect.objectContaining({ repeated: false })]);
  });
});
