import { randomUUID } from 'node:crypto';
import { aMethodAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { canonicalize, type JsonObject } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import type { Envelope } from '../../src/protocol/envelope.js';
import type { KeyEntry, KeySetFields } from '../../src/protocol/key-set.js';
import { proofOf } from '../../src/protocol/testing.js';
import { algorithmOf, type KeyPair } from '../../src/protocol/keys.js';
import { signObject, typeOf } from '../../src/protocol/signing.js';
import { signRaw } from '../../src/protocol/testing.js';
import { formatTimestamp } from '../../src/protocol/timestamp.js';
import type { TestDatabase } from '../support/database.js';
import { aHandling, type Submitted } from '../support/exchange.js';
import { type Answer, HUB_ID, type Party } from '../support/hub.js';

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

let references = 0;

/** A reference that no other test of this file uses. */
export function aReference(agency: string): string {
  references += 1;
  const letters = Array.from({ length: 6 }, (_, i) =>
    String.fromCharCode(65 + (Math.floor(references / 26 ** i) % 26)),
  );
  return `${agency.slice(0, 2)}-ALR-2026-${letters.join('')}`;
}

/** An alert as this party may truly send it, with these members changed: each hostile object differs from it in one thing. */
export function anAlert(from: Party, to: string[], agreement: string, changes: Partial<Envelope> = {}): Envelope {
  return {
    v: 1,
    kind: 'alert',
    hub: HUB_ID,
    id: randomUUID(),
    from: from.agency,
    unit: from.unit,
    to,
    createdAt: formatTimestamp(new Date()),
    inReplyTo: null,
    supersedes: null,
    operation: null,
    handling: aHandling(agreement) as JsonObject,
    purpose: 'PREVENT_DETECT',
    authoredBy: null,
    releasedBy: null,
    attachments: [],
    parts: [],
    body: aMethodAlertBody({ ref: aReference(from.agency) }) as unknown as JsonObject,
    ...changes,
  };
}

/** The header that fits an alert signed now with this key, with these members changed. */
export function aHeader(pair: KeyPair, changes: object = {}): object {
  return {
    alg: algorithmOf(pair.publicJwk),
    hub: HUB_ID,
    iat: nowSeconds(),
    kid: pair.kid,
    typ: typeOf('alert'),
    ...changes,
  };
}

/** A text whose payload and header are taken as they are and truly signed. */
export function signAs(
  pair: KeyPair,
  payload: object | string | Uint8Array,
  header: object | string = aHeader(pair),
): Promise<string> {
  const bytes = typeof payload === 'string' || payload instanceof Uint8Array ? payload : canonicalize(payload);
  return signRaw(bytes, header, pair);
}

export const SUBMIT_TEXT = `mutation($object: String!, $parts: [PartInput!]) {
  submit(object: $object, parts: $parts) { id receipt repeated object { id digest } }
}`;

export type Submission = Answer<{ submit: Submitted & { object: { id: string; digest: string } } }>;

export function submitText(party: Party, object: string, parts: object[] = []): Promise<Submission> {
  return party.ask(SUBMIT_TEXT, { object, parts });
}

/** Code, sub-code and pointer of a refusal, or `accepted`. */
export function verdictOf(answer: Answer<unknown>): string {
  const [error] = answer.errors ?? [];
  if (!error) return 'accepted';
  const { code, sub, problems } = error.extensions;
  return [code, sub, problems?.map(({ pointer, rule }) => `${pointer} ${rule}`).join()].filter(Boolean).join('/');
}

/** What the hub writes by its clock, whether anybody asks or not: that it runs, whom it tells of what waits, and of what duty it has reminded. */
const WRITTEN_BY_CLOCK = ['digest_day', 'duty_reminder', 'notice', 'notice_cause', 'pulse'];
const COLUMNS_WRITTEN_BY_CLOCK = ['remind_at', 'reminded', 'tell_at', 'told'];

/** A hash of every row of every table, so that not even a changed row goes unnoticed. Sign-in keeps its own records. */
export async function fingerprint(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.sql<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('hub', 'audit', 'agency', 'cmd', 'public') AND c.relname <> ALL ($1)
       OR c.oid = 'auth.connection'::regclass
     ORDER BY 1`,
    [WRITTEN_BY_CLOCK],
  );
  const parts = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || ' ' || COALESCE(md5(string_agg(row, '|' ORDER BY row)), '') AS hash
       FROM (SELECT (to_jsonb(t) - $1::text[])::text AS row FROM ${name} t) rows`,
  );
  const rows = await database.sql<{ name: string; hash: string }>(parts.join(' UNION ALL '), [
    COLUMNS_WRITTEN_BY_CLOCK,
  ]);
  return Object.fromEntries(rows.map((row) => [row.name, row.hash]));
}

/** What requests by GET may write: that a proof was used, that a session was, and a sign-in that a browser begins by a link. */
const WRITTEN_BY_GET = ['used_proof', 'begun_sign_in', 'oidc_record'];

/** The same of everything that sign-in keeps, but for `WRITTEN_BY_GET` and when sessions were last used. */
export async function signInFingerprint(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.sql<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'auth'::regnamespace
     AND c.relname <> ALL ($1) ORDER BY 1`,
    [WRITTEN_BY_GET],
  );
  const parts = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || ' ' || COALESCE(md5(string_agg(row, '|' ORDER BY row)), '') AS hash
       FROM (SELECT (to_jsonb(t) - 'seen_at')::text AS row FROM auth.${name} t) rows`,
  );
  const rows = await database.sql<{ name: string; hash: string }>(parts.join(' UNION ALL '));
  return Object.fromEntries(rows.map((row) => [row.name, row.hash]));
}
/** The newest key set of the party's agency, as fields, and the digest that the next one has to name. */
export async function newestKeySet(party: Party): Promise<{ fields: KeySetFields; digest: `sha256:${string}` }> {
  const answer = await party.ask<{ keySets: string[] }>('query($agency: ID!) { keySets(agency: $agency) }', {
    agency: party.agency,
  });
  const payload = Buffer.from((JSON.parse(answer.data!.keySets.at(-1)!) as { payload: string }).payload, 'base64url');
  return { fields: JSON.parse(payload.toString()) as KeySetFields, digest: digestOf(payload) };
}

/** The next key set of the party's agency with these changes, signed by these roots, unchecked. */
export async function nextKeySet(
  party: Party,
  changes: Partial<KeySetFields> = {},
  signers: readonly KeyPair[] = [party.root],
): Promise<string> {
  const { fields, digest } = await newestKeySet(party);
  const set = { ...fields, kind: 'keyset', seq: fields.seq + 1, prev: digest, ...changes };
  return signObject(set, ...signers);
}

export function publish(party: Party, keySet: string): Promise<Answer<{ publishKeySet: { seq: number } }>> {
  return party.ask('mutation($keySet: String!) { publishKeySet(keySet: $keySet) { agency seq digest keys } }', {
    keySet,
  });
}

/** Adds keys to the party's agency in the regular way. */
export async function addKeys(party: Party, entries: readonly KeyEntry[]): Promise<void> {
  const { fields } = await newestKeySet(party);
  const answer = await publish(party, await nextKeySet(party, { keys: [...fields.keys, ...entries] }));
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
}

/** An entry for a signing key of the party's unit, with these members changed. */
export function anEntry(party: Party, pair: KeyPair, changes: Partial<KeyEntry> = {}): KeyEntry {
  const claim = { hub: HUB_ID, agency: party.agency, use: changes.use ?? 'sig', kid: pair.kid };
  return {
    kid: pair.kid,
    jwk: pair.publicJwk,
    use: 'sig',
    holder: `unit:${party.unit}`,
    kinds: ['alert', 'recall'],
    nbf: nowSeconds() - 86_400,
    exp: nowSeconds() + 86_400,
    revoked: null,
    ...changes,
    proof: changes.proof ?? proofOf(pair, claim),
  };
}
