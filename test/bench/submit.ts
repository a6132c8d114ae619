import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { readEnvironment } from '../../config/environment.js';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { startHub } from '../../src/hub.js';
import { generateKey, type KeyPair } from '../../src/protocol/keys.js';
import { percentile, runAll, startBenchServer, table } from './bench-database.js';
import { openConnection } from './bench-sign-in.js';
import { signedAlert } from './signed-alert.js';
import type { SubmitTask } from './submit-client.js';

export interface SubmitOptions {
  /** Objects for each way. */
  objects: number;
  concurrency: number;
}

const HUB_ID = 'demo.bench.localhost';
const SENDER = 'BM-A001';
const UNIT = 'BM-A001-HQ';
const COMMUNITY = '6f1d4e0a-1111-4222-8333-944455556666';

interface Run {
  perSecond: number;
  p95: number;
}

/**
 * Submits alerts, signed beforehand, over HTTP: to one agency and to a community of 200; beside each, a bare pg program that sends
 * the hub's own database command for the same objects without signatures, HTTP or checks. fsync is on.
 */
export async function benchSubmit(options: SubmitOptions, say: (text: string) => void): Promise<string> {
  const server = await startBenchServer();
  try {
    const { url, access, client } = await server.database('submit');
    const signing = await generateKey();
    const auth = await generateKey();
    await fillDirectory(client, signing);
    await openConnection(client, UNIT, auth);
    const hub = await startHub(
      readEnvironment({
        HUB_ID,
        PORT: '0',
        DATABASE_URL: url,
        DATA_FOLDER: server.dataFolder,
        LOG_LEVEL: 'fatal',
        POINTS_PER_MINUTE: '1000000000',
      }),
      url,
    );
    const task = { url: hub.url, unit: UNIT, key: auth.privateJwk, concurrency: options.concurrency };
    const rows: (string | number)[][] = [];
    const rates: number[] = [];
    for (const [name, to] of [
      ['one agency', 'BM-A002'],
      ['a community of 200', `community:${COMMUNITY}`],
    ] as const) {
      say(`signing ${options.objects} alerts to ${name}`);
      const texts = await Promise.all(
        Array.from({ length: options.objects + 50 }, () => signedAlert(HUB_ID, UNIT, to, signing)),
      );
      await submitFrom({ ...task, texts: texts.splice(0, 50) });
      say(`submitting to ${name}`);
      const ours = await submitFrom({ ...task, texts });
      const bare = await bareSubmits(access.appUrl, access.contextKey, texts, to, options.concurrency);
      rates.push(ours.perSecond);
      rows.push([
        name,
        ours.perSecond.toFixed(0),
        ours.p95.toFixed(1),
        bare.perSecond.toFixed(0),
        (ours.perSecond / bare.perSecond).toFixed(2),
        '≥ 200',
      ]);
    }
    await hub.stop();
    const ratio = `One agency ÷ community of 200: ${(rates[0]! / rates[1]!).toFixed(2)} (must lie within 1.5).`;
    return `${table(['to', 'submits/s', 'p95 ms', 'bare pg/s', 'ours ÷ bare', 'must be'], rows)}\n\n${ratio}`;
  } finally {
    await server.stop();
  }
}

/** Submits texts from a process of its own. */
async function submitFrom(task: SubmitTask): Promise<Run> {
  const file = join(mkdtempSync(join(tmpdir(), 'liaison-hub-texts-')), 'task.json');
  writeFileSync(file, JSON.stringify(task), { mode: 0o600 });
  const program = fileURLToPath(new URL('./submit-client.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, file]);
  return JSON.parse(stdout) as Run;
}

/** The same database work by hand: context, cmd.submit and the alert's row, in the same two flights. */
async function bareSubmits(
  appUrl: string,
  key: Parameters<typeof import('../../src/access/context-token.js').contextToken>[0],
  texts: string[],
  to: string,
  concurrency: number,
): Promise<Run> {
  const { contextToken } = await import('../../src/access/context-token.js');
  const clients = await Promise.all(
    Array.from({ length: concurrency }, async () => {
      const client = new Client({ connectionString: appUrl, pipeline: true });
      await client.connect();
      return client;
    }),
  );
  const caller = {
    agencyId: SENDER,
    unitId: UNIT,
    officer: null,
    clearance: 1,
    maySeeNominal: false,
    purpose: 'PREVENT_DETECT',
    permissions: new Set<never>(),
  };
  const body = anAlertBody();
  const free = [...clients];
  const result = await runAll(texts, concurrency, async (text) => {
    const client = free.pop()!;
    const submission = JSON.stringify({
      id: randomUUID(),
      kind: 'alert',
      from: SENDER,
      unit: UNIT,
      to: [to],
      digest: `sha256:${randomUUID()}`,
      text,
      receipt: text.slice(0, 600),
      ref: null,
      title: body.title,
      urgency: body.urgency,
      clearance: 0,
      until: null,
      createdAt: new Date().toISOString(),
      receivedAt: new Date().toISOString(),
      replySeq: null,
      supersedesSeq: null,
      hides: false,
      termsReceived: ['kind:alert', 'container:CSQU3054383', 'bl:ABCD1234567', 'imo:9074729', `partner:${SENDER}`],
      termsSent: ['kind:alert', 'container:CSQU3054383', 'bl:ABCD1234567', 'imo:9074729', 'partner:BM-A002'],
      parts: [],
    });
    const [, , stored] = await Promise.all([
      client.query('BEGIN'),
      client.query({
        name: 'context',
        text: "SELECT set_config('app.ctx', $1, true)",
        values: [contextToken(key, caller)],
      }),
      client.query<{ object_seq: string }>({
        name: 'submit',
        text: 'SELECT * FROM cmd.submit($1)',
        values: [submission],
      }),
    ]);
    await Promise.all([
      client.query({
        name: 'alert',
        text: 'INSERT INTO hub.alert (seq, kind, severity, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5)',
        values: [stored.rows[0]!.object_seq, body.kind, body.severity, body.validFrom, body.validTo],
      }),
      client.query('COMMIT'),
    ]);
    free.push(client);
  });
  await Promise.all(clients.map((client) => client.end()));
  return { perSecond: result.perSecond, p95: percentile(result.samples, 0.95) };
}

async function fillDirectory(client: Client, signing: KeyPair): Promise<void> {
  await client.query(`
    INSERT INTO hub.agency (id, kind, country, name_en, name_vi, valid_from)
      SELECT 'BM-A' || lpad(i::text, 3, '0'), 'CUSTOMS', 'BM', 'Agency ' || i, 'Cơ quan ' || i, '2020-01-01' FROM generate_series(1, 200) i;
    INSERT INTO hub.unit (id, agency_id, kind, name_en, name_vi, valid_from)
      SELECT id || '-HQ', id, 'ANTI_SMUGGLING', name_en, name_vi, valid_from FROM hub.agency;
    INSERT INTO hub.audience (kind, owner) SELECT k, id FROM hub.agency, unnest(ARRAY['AGENCY', 'SENT']) k;
    INSERT INTO hub.audience (kind, owner) VALUES ('COMMUNITY', '${COMMUNITY}');
    INSERT INTO hub.community (id, audience_id, name_en, name_vi)
      SELECT '${COMMUNITY}', id, 'All', 'Tất cả' FROM hub.audience WHERE kind = 'COMMUNITY';
    INSERT INTO hub.membership (audience_id, agency_id, outbox)
      SELECT a.id, a.owner, a.kind = 'SENT' FROM hub.audience a WHERE a.kind IN ('AGENCY', 'SENT');
    INSERT INTO hub.membership (audience_id, agency_id) SELECT a.id, g.id FROM hub.audience a, hub.agency g WHERE a.kind = 'COMMUNITY';
    INSERT INTO hub.agreement (id, kind, title_en, title_vi, is_example, valid_from, languages, deadline_profile, nominal_allowed,
      evidence_rule, onward_rule) VALUES ('EX-ALL', 'MULTILATERAL', 'Example', 'Ví dụ', true, '2020-01-01', '{en,vi}', 'HUB_DEFAULT', true, 'YES', 'NONE');
    INSERT INTO hub.agreement_party (agreement_id, agency_id) SELECT 'EX-ALL', id FROM hub.agency;`);
  await client.query(
    `INSERT INTO hub.agency_key (kid, agency_id, holder, use, kinds, jwk, nbf, exp, revoked, in_set)
     VALUES ($1, $2, $3, 'sig', '{alert}', $4, 0, 4000000000, NULL, true)`,
    [signing.kid, SENDER, `unit:${UNIT}`, JSON.stringify(signing.publicJwk)],
  );
  await client.query('ANALYZE');
}
