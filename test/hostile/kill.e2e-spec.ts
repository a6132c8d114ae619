import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPersonAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { UnitSession } from '../../src/cli/unit-session.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import type { JsonObject } from '../../src/protocol/canonical.js';
import { makePart } from '../../src/protocol/part.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { anAlert, aReference, SUBMIT_TEXT, signAs } from './hostile.js';
import { freePort, WaitingHub } from './hub-process.js';

/** LIAISON_KILLS=200 npx jest test/hostile/kill for more. Three blows in ten hit the server (kill -9), the others its database connections. */
const KILLS = Number(process.env['LIAISON_KILLS'] ?? 50);
const SERVER_KILLS = Math.ceil(KILLS * 0.3);
const CLIENTS = 4;
const SLOW = 5 * 60_000;

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
});
afterAll(() => t.stop());

interface Item {
  id: string;
  text: string;
  parts: object[];
  /** What the client was given before anything was sent twice; null when it never had an answer. */
  receipt: string | null;
  attempts: number;
}

describe('a server that is killed while it takes objects in', () => {
  it(
    `keeps all of an object or nothing of it, through ${KILLS} kills`,
    async () => {
      const port = await freePort();
      const started = Date.now();
      const options = { database: t.database, port };
      let hub = await new WaitingHub(options).start();
      let next = new WaitingHub(options);
      const startMs = Date.now() - started;
      const session = new UnitSession(hub.url, vn.unit, vn.client.privateJwk);
      await session.signIn();
      const items: Item[] = [];
      const done = { kills: 0, connections: 0, answered: 0, unanswered: 0 };

      for (let round = 0; round < KILLS; round += 1) {
        const batch = await Promise.all(Array.from({ length: CLIENTS * 2 }, (_, i) => anItem(round * 100 + i)));
        items.push(...batch);
        const sending = sendAll(session, batch);
        // Round by round a little later into the stream, so that the blow falls at every stage of a submission.
        await sleep(Math.random() * 90);
        if ([0, 3, 6].includes(round % 10)) {
          await hub.kill();
          done.kills += 1;
          await sending;
          hub = await next.start();
          next = new WaitingHub(options);
        } else {
          done.connections += await breakConnections(t);
          await sending;
        }
        for (const item of batch) {
          if (item.receipt === null) done.unanswered += 1;
          else done.answered += 1;
        }
      }
      expect(done.kills).toBeGreaterThanOrEqual(SERVER_KILLS);
      await checkWhole(items, 'before');

      // The clients now send everything again, answered or not.
      const first = new Map(items.map((item) => [item.id, item.receipt]));
      for (const item of items) item.receipt = null;
      await sendAll(session, items, 20);
      await Promise.all([hub.kill(), next.kill()]);
      expect(items.filter((item) => item.receipt === null)).toEqual([]);
      const changed = items.filter((item) => first.get(item.id) !== null && first.get(item.id) !== item.receipt);
      expect(changed.map((item) => item.id)).toEqual([]);
      await checkWhole(items, 'after');
      console.log(
        `kill: ${JSON.stringify({ ...done, startMs, objects: items.length, seconds: Math.round((Date.now() - started) / 1000) })}`,
      );
      expect(done.answered).toBeGreaterThan(0);
      expect(done.unanswered).toBeGreaterThan(0);
    },
    SLOW,
  );
});

/** A signed alert to two addressees; every third carries personal details. */
async function anItem(number: number): Promise<Item> {
  const parts = number % 3 === 0 ? [await makePart('nominal', someNominalData())] : [];
  const envelope = anAlert(vn, ['LA-CUS', 'TH-CUS'], agreement, {
    parts: parts.map(({ name, sha256 }) => ({ name, sha256 })),
    ...(parts.length > 0 ? { body: aPersonAlertBody({ ref: aReference('VN') }) as unknown as JsonObject } : {}),
  });
  const text = await signAs(vn.signing, envelope);
  return {
    id: envelope.id,
    text,
    parts: parts.map(({ name, text: body }) => ({ name, text: body })),
    receipt: null,
    attempts: 0,
  };
}

/** Sends from several clients at once, each item up to `tries` times until it is answered. */
async function sendAll(session: UnitSession, items: readonly Item[], tries = 1): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++]!;
      for (let i = 0; i < tries && item.receipt === null; i += 1) await send(session, item);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function send(session: UnitSession, item: Item): Promise<void> {
  item.attempts += 1;
  try {
    const response = await session.send('/graphql', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: SUBMIT_TEXT, variables: { object: item.text, parts: item.parts } }),
    });
    const answer = (await response.json()) as { data?: { submit: { receipt: string } } | null };
    item.receipt = answer.data?.submit.receipt ?? null;
  } catch {
    // Killed before it could answer.
  }
}

/** Ends the database connections of the hub's own process, as a failing network or database would. */
async function breakConnections(hub: TestHub): Promise<number> {
  const rows = await hub.database.sql<{ ended: boolean }>(
    `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
     WHERE datname = current_database() AND usename = 'hub_app' AND application_name = 'liaison-hub'`,
  );
  return rows.length;
}

/** Every object is there with all its rows or not at all; what was answered is there. */
async function checkWhole(items: readonly Item[], when: string): Promise<void> {
  const rows = await t.database.sql<Record<string, string | number>>(
    `SELECT o.id, o.receipt,
       (SELECT count(*)::integer FROM hub.release r WHERE r.seq = o.seq) AS releases,
       (SELECT count(*)::integer FROM hub.change c WHERE c.seq = o.seq AND c.act = 'RELEASED') AS changes,
       (SELECT count(DISTINCT (r.audience_id))::integer FROM hub.release_term r WHERE r.seq = o.seq) AS terms,
       (SELECT count(*)::integer FROM hub.alert a WHERE a.seq = o.seq) AS alerts,
       (SELECT count(*)::integer FROM hub.part p WHERE p.seq = o.seq) AS parts,
       (SELECT count(*)::integer FROM hub.part_key k WHERE k.seq = o.seq) AS keys,
       (SELECT count(*)::integer FROM audit.pending e WHERE e.object_seq = o.seq AND e.event = 'object.accepted') AS events
     FROM hub.object o`,
  );
  const known = new Map(items.map((item) => [item.id, item]));
  const stored = new Map(rows.map((row) => [row['id'] as string, row]));
  expect(stored.size).toBe(rows.length);
  for (const row of rows) {
    const item = known.get(row['id'] as string)!;
    const parts = item.parts.length;
    expect({ when, ...row }).toEqual({
      when,
      id: item.id,
      receipt: item.receipt ?? row['receipt'],
      releases: 3,
      changes: 3,
      terms: 3,
      alerts: 1,
      parts,
      keys: parts * 3,
      events: 1,
    });
  }
  const lost = items.filter((item) => item.receipt !== null && !stored.has(item.id));
  expect(lost).toEqual([]);
  for (const table of ['hub.release', 'hub.change', 'hub.release_term', 'hub.alert', 'hub.part', 'hub.part_key']) {
    const orphans = await t.database.sql(
      `SELECT x.seq FROM ${table} x WHERE NOT EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = x.seq)`,
    );
    expect([table, orphans]).toEqual([table, []]);
  }
  const events = await t.database.sql(
    `SELECT 1 FROM audit.pending e WHERE e.event = 'object.accepted' AND NOT EXISTS (SELECT 1 FROM hub.object o WHERE o.seq = e.object_seq)`,
  );
  expect(events).toEqual([]);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
