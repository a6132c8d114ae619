import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { contextToken } from '../../src/access/context-token.js';
import {
  aSubmission,
  asServer,
  seqOf,
  type Submission,
  submitUnchecked,
  textWith,
  untilSomebodyWaits,
} from '../support/commands.js';
import { composeAndSubmit, recall } from '../support/exchange.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { aCaller } from '../support/world.js';

/*
 * The commands of the database, called directly: what the hub's own checks refuse, were one of them forgotten or too late, is refused here.
 * Those of requests and of administration are called in test/requests and test/hostile/administration.
 */

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
/** Alerts of Viet Nam to Thailand. */
let plain: { id: string; seq: string; ref: string };
let replaced: string;
let recalled: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  await t.enrol('VN-CUS-HP');
  await t.database.sql("UPDATE hub.unit SET suspended_at = now() WHERE id = 'VN-CUS-HP'");
  const agreement = await t.agree([vn, th, la]);
  const send = async (supersedes?: string): Promise<string> =>
    (await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, ...(supersedes ? { supersedes } : {}) })).id;
  const [first, second, third] = [await send(), await send(), await send()];
  await send(second);
  await recall(vn, third);
  const [row] = await t.database.sql<{ ref: string }>('SELECT ref FROM hub.object WHERE id = $1', [first]);
  plain = { id: first, seq: await seqOf(t.database, first), ref: row!.ref };
  replaced = await seqOf(t.database, second);
  recalled = await seqOf(t.database, third);
});
afterAll(() => t.stop());

describe('cmd.submit', () => {
  const cases: [string, () => [Party, Submission], string | null][] = [
    ['an alert that is in order', () => [vn, {}], null],
    ['what is above the clearance of who sends it', () => [vn, { clearance: 9 }], 'FORBIDDEN'],
    ['what a suspended unit says', () => [vn, { unit: 'VN-CUS-HP' }], 'FORBIDDEN'],
    ['another content under its own id', () => [vn, { id: plain.id }], 'ID_REUSED'],
    ['its own content under an id that it was sent', () => [th, { id: plain.id, to: ['LA-CUS'] }], 'ID_REUSED'],
    ['an id that it never saw', () => [la, { id: plain.id }], null],
    ['what goes to nobody', () => [vn, { to: [] }], 'ADDRESSEE'],
    ['what goes to somebody unknown as well', () => [vn, { to: ['TH-CUS', 'XX-CUS'] }], 'ADDRESSEE'],
    ['a reply to what it sees', () => [th, { to: ['VN-CUS'], replySeq: plain.seq }], null],
    ['a reply to what it does not see', () => [la, { replySeq: plain.seq }], 'LINK'],
    ['a new version', () => [vn, { supersedesSeq: plain.seq }], null],
    ['a new version of another’s', () => [th, { to: ['TH-CUS'], supersedesSeq: plain.seq }], 'LINK'],
    ['a new version of another kind', () => [vn, { kind: 'request', supersedesSeq: plain.seq }], 'LINK'],
    ['a new version of what is recalled', () => [vn, { supersedesSeq: recalled }], 'RECALLED'],
    ['a second new version', () => [vn, { supersedesSeq: replaced }], 'SUPERSEDED'],
    ['a new version for others', () => [vn, { to: ['LA-CUS'], supersedesSeq: plain.seq }], 'SUPERSEDES_ADDRESSEES'],
    ['a reference that it has used', () => [vn, { ref: plain.ref }], 'REF_TAKEN'],
    ['a recall', () => [vn, { kind: 'recall', replySeq: plain.seq }], null],
    ['a recall by who has received it', () => [th, { kind: 'recall', replySeq: plain.seq }], 'LINK'],
    ['a second recall', () => [vn, { kind: 'recall', replySeq: recalled }], 'RECALLED'],
    ['a recall of an older version', () => [vn, { kind: 'recall', replySeq: replaced }], 'SUPERSEDED'],
    ['a recall for others', () => [vn, { kind: 'recall', to: ['LA-CUS'], replySeq: plain.seq }], 'RECALL_ADDRESSEES'],
  ];
  it.each(cases)('judges by itself: %s', async (_, submission, fault) => {
    const [party, changes] = submission();
    const submitted = asServer(t.database, party, () => submitUnchecked(t.database, party, changes));
    if (fault === null) await expect(submitted).resolves.toMatch(/^\d+$/);
    else await expect(submitted).rejects.toThrow(new RegExp(`^${fault}$`));
  });

  it('takes one of two contents under one id that come at the same moment', async () => {
    const rival = new Client({ connectionString: t.database.url });
    await rival.connect();
    const caller = aCaller({ agencyId: vn.agency, unitId: vn.unit });
    const id = randomUUID();
    try {
      await rival.query('BEGIN');
      await rival.query('SET LOCAL ROLE hub_app');
      const token = contextToken(t.database.access.contextKey, caller);
      await rival.query("SELECT set_config('app.ctx', $1, true)", [token]);
      let second: Promise<unknown> | undefined;
      await asServer(t.database, vn, async () => {
        await submitUnchecked(t.database, vn, { id });
        const changed = aSubmission(vn, { id, digest: `sha256:${'1'.repeat(64)}` });
        second = rival.query('SELECT * FROM cmd.submit($1)', [changed]).catch(({ message }: Error) => message);
        await untilSomebodyWaits(t.database);
        await t.database.sql('COMMIT');
      });
      expect(await second).toBe('ID_REUSED');
    } finally {
      await rival.end();
    }
  });
});

describe('cmd.publish_key_set', () => {
  const publish = (party: Party, agency: string, number: number, keys: object[] = []): Promise<unknown> =>
    asServer(t.database, party, () =>
      t.database.sql('SELECT cmd.publish_key_set($1, $2, $3, $3, $4)', [agency, number, 'x', JSON.stringify(keys)]),
    );

  it('takes the next set of the caller’s own agency, and no other', async () => {
    await expect(publish(th, 'TH-CUS', 2)).resolves.toBeDefined();
    await expect(publish(th, 'TH-CUS', 3)).rejects.toThrow(/^KEYSET_SEQ$/);
    await expect(publish(vn, 'TH-CUS', 2)).rejects.toThrow(/^FORBIDDEN$/);
  });

  it('takes no key of another agency, and none for another use', async () => {
    const entry = { holder: `unit:${th.unit}`, use: 'sig', kinds: ['alert'], jwk: {}, nbf: 0, exp: 1 };
    const publishKey = (kid: string, changes: object = {}): Promise<unknown> =>
      publish(th, 'TH-CUS', 2, [{ ...entry, kid, ...changes }]);
    await expect(publishKey(th.signing.kid)).resolves.toBeDefined();
    await expect(publishKey(vn.signing.kid)).rejects.toThrow(/^KEY_REUSED$/);
    await expect(publishKey(th.signing.kid, { use: 'auth' })).rejects.toThrow(/^KEY_REUSED$/);
  });
});

describe('the commands of files and signatures', () => {
  const inVain: [string, () => [Party, string, unknown[]], string][] = [
    ['personal files of an object that has none', () => [vn, 'cmd.attach($1, $2, $3)', [plain.seq, '{}', '{}']], 'ATTACHMENT'],
    ['files of another agency’s object', () => [th, 'cmd.attach($1, $2)', [plain.seq, '{}']], 'LINK'],
    ['a passkey’s answer beside another agency’s object', () => [th, 'cmd.keep_assertion($1, $2, $3)', [plain.seq, 'x', 'x']], 'FORBIDDEN'],
    ['a debt for what is no flash', () => [vn, 'cmd.owe_signature($1, now())', [plain.seq]], 'FORBIDDEN'],
    ['a signature that nobody owes', () => [vn, 'cmd.give_signature($1, $2)', [plain.seq, '{}']], 'FORBIDDEN'],
    ['the end of a key that is nobody’s', () => [vn, 'cmd.block_key($1, true)', ['x']], 'NOT_FOUND'],
    ['a request to two agencies in one thread', () => [vn, 'cmd.open_request($1)', ['TH-CUS,LA-CUS']], 'ADDRESSEE'],
    ['a request to its own agency', () => [vn, 'cmd.open_request($1)', ['VN-CUS']], 'ADDRESSEE'],
  ]; // prettier-ignore
  it.each(inVain)('refuse by themselves: %s', async (_, call, fault) => {
    const [party, command, values] = call();
    const done = asServer(t.database, party, async () => {
      if (command.startsWith('cmd.open_request')) {
        values[0] = await submitUnchecked(t.database, party, { kind: 'request', to: String(values[0]).split(',') });
      }
      return t.database.sql(`SELECT ${command}`, values);
    });
    await expect(done).rejects.toThrow(new RegExp(`^${fault}$`));
  });

  it('attach every file that the text names, or nothing', async () => {
    const named = { sha256: '0'.repeat(64), size: '1', mediaType: 'application/pdf' };
    const attached = asServer(t.database, vn, async () => {
      const seq = await submitUnchecked(t.database, vn, { text: textWith({ body: {}, attachments: [named] }) });
      return t.database.sql('SELECT cmd.attach($1, $2)', [seq, '{}']);
    });
    await expect(attached).rejects.toThrow(/^ATTACHMENT$/);
  });

  it('keep no part beyond the length of its upload', async () => {
    const file = { id: randomUUID(), sha256: '1'.repeat(64), size: 10, mediaType: 'text/csv' };
    const append = (size: number): Promise<unknown> =>
      asServer(t.database, vn, async () => {
        await t.database.sql('SELECT cmd.begin_upload($1)', [JSON.stringify(file)]);
        return t.database.sql("SELECT cmd.append_upload($1, 0, $2, $3, '')", [file.id, size, randomUUID()]);
      });
    await expect(append(10)).resolves.toBeDefined();
    await expect(append(11)).rejects.toThrow(/^LENGTH$/);
  });

  it('keep no file of nobody, and begin no upload', async () => {
    const file = { id: randomUUID(), sha256: '0'.repeat(64), size: 1, mediaType: 'text/csv' };
    const nobody = new Client({ connectionString: t.database.access.appUrl });
    await nobody.connect();
    try {
      const kept = { ...file, state: 'CLEAN', wrapped: '' };
      const keep = nobody.query('SELECT * FROM cmd.keep_file($1)', [JSON.stringify(kept)]);
      await expect(keep).rejects.toThrow(/^FORBIDDEN$/);
      const begin = nobody.query('SELECT cmd.begin_upload($1)', [JSON.stringify(file)]);
      await expect(begin).rejects.toThrow(/^FORBIDDEN$/);
    } finally {
      await nobody.end();
    }
  });
});
