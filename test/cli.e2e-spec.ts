import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody, aPersonAlertBody } from '../src/alerts/body/alert-body.example.js';
import { takeLock } from '../src/embedded-database/lock.js';
import { aRecallBody, someNominalData } from '../src/exchange/body/body.example.js';
import { aCameraJpeg, aCsv, aJpeg } from '../src/files/files.example.js';
import { aFeedbackBody } from '../src/feedback/body/feedback-body.example.js';
import { aRequestBody } from '../src/requests/body/request-body.example.js';
import { aHandling } from './support/exchange.js';
import { HUB_ID, startTestHub, type TestHub } from './support/hub.js';
import writeXlsxFile from 'write-excel-file/node';

const CLI = resolve('dist/src/cli/liaison.js');
const AGREEMENT = 'EX-CLI';
const VN = '--home VN-CUS/home';
const TH = '--home TH-CUS/home';
const COMMANDS =
  'upload compose sign submit partner import inbox changes restriction show request opened download export verify directory keygen prove keyset profile pin init enrol issuer help'.split(
    ' ',
  );

let t: TestHub;
let folder: string;

/** What a run of the program came to. */
interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
  /** stdout as JSON. */
  json<T = Record<string, unknown>>(): T;
}

interface RunOptions {
  /** Further arguments, which may hold spaces. */
  more?: string[];
  env?: NodeJS.ProcessEnv;
  node?: string[];
  /** A program in front, such as `unshare -n`. */
  inside?: string[];
}

/** Runs the built program as another process, in the tests' folder. */
function run(line: string, { more = [], env = {}, node = [], inside = [] }: RunOptions = {}): Promise<Run> {
  const words = line.split(' ').filter((word) => word !== '');
  const [program, ...rest] = [...inside, process.execPath, ...node, CLI, ...words, ...more];
  const child = spawn(program!, rest, {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((done) => {
    child.on('close', (code) => done({ code, stdout, stderr, json: <T>() => JSON.parse(stdout) as T }));
  });
}

/** Runs the program and demands that it succeeds; its JSON. */
async function must<T = Record<string, unknown>>(line: string, more: string[] = []): Promise<T> {
  const result = await run(`${line} --json`, { more, env: operator() });
  if (result.code !== 0) throw new Error(`liaison ${line}: ${result.code} ${result.stderr}${result.stdout}`);
  return result.json<T>();
}

/** The environment of the hub's machine. */
function operator(): NodeJS.ProcessEnv {
  return { HUB_ID, DATABASE_URL: t.database.url, DATA_FOLDER: t.database.dataFolder };
}

function write(name: string, value: unknown): string {
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return name;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

function exists(name: string): boolean {
  return existsSync(join(folder, name));
}

/** A party as people make it: keys, a key set that the root signs, enrolment by the operator, a folder of its own. */
async function makeParty(agency: string, unit: string): Promise<void> {
  mkdirSync(join(folder, agency));
  const place = `--agency ${agency} --hub-id ${HUB_ID}`;
  await Promise.all(
    ['root', 'unit', 'client'].map((role) => must(`keygen ${role} --out ${agency}/${role}.key.json ${place}`)),
  );
  const kinds = 'alert,request,answer,feedback,note,recall,consent,oral';
  await must(
    `keyset build --agency ${agency} --hub-id ${HUB_ID} --seq 1 --root ${agency}/root.pub.json
      --key unit:${unit}:sig:${kinds}=${agency}/unit.pub.json --key unit:${unit}:auth=${agency}/client.pub.json
      --out ${agency}/keyset-1.payload.json`.replaceAll(/\s+/g, ' '),
  );
  await must(
    `keyset sign ${agency}/keyset-1.payload.json --root ${agency}/root.key.json --out ${agency}/keyset-1.json`,
  );
  // The guide's own example, for this agency.
  const example = exampleOf<{ agency: object; units: [object]; officers: object[] }>('enrolment');
  write(`${agency}/enrolment.json`, {
    ...example,
    agency: { ...example.agency, id: agency, country: agency.slice(0, 2) },
    units: [{ ...example.units[0], id: unit, nameEn: `Unit ${unit}`, nameVi: `Đơn vị ${unit}` }],
    officers: example.officers.map((officer) => ({ ...officer, unit })),
  });
  await must(`enrol --file ${agency}/enrolment.json`);
  await must(`profile --home ${agency}/home ${partyOptions(agency, unit)}`);
}

function exampleOf<T>(name: string): T {
  return JSON.parse(readFileSync(resolve('docs/examples', `${name}.json`), 'utf8')) as T;
}

function partyOptions(agency: string, unit: string): string {
  return `--hub ${t.url} --agency ${agency} --unit ${unit} --client ${agency}/client.key.json --signing ${agency}/unit.key.json`;
}

/** Writes the input of an alert from VN-CUS. */
function anInput(name: string, changes: object = {}): string {
  const { ref: _, ...body } = anAlertBody();
  return write(`${name}.json`, { to: ['TH-CUS'], handling: aHandling(AGREEMENT), body, ...changes });
}

/** Composes, signs and submits; the ids, one for each addressee. */
async function send(name: string, kind = 'alert', input = anInput(name), home = VN): Promise<string[]> {
  await must(`compose ${kind} ${input} ${home}`);
  await must(`sign ${name}.composition.json ${home}`);
  const { submitted } = await must<{ submitted: { id: string }[] }>(`submit ${name}.signed.json ${home}`);
  return submitted.map(({ id }) => id);
}

async function idsOf(line: string): Promise<string[]> {
  return (await must<{ nodes: { id: string }[] }>(line)).nodes.map(({ id }) => id);
}

beforeAll(async () => {
  t = await startTestHub();
  folder = mkdtempSync(join(tmpdir(), 'liaison cli '));
  await Promise.all([
    makeParty('VN-CUS', 'VN-CUS-AS'),
    makeParty('TH-CUS', 'TH-CUS-LCB'),
    must('keygen root --out other.key.json'),
  ]);
  const [example] = exampleOf<{ agreements: [object] }>('agreement').agreements;
  const agreement = { ...example, id: AGREEMENT, evidenceRule: 'YES' };
  await must(`enrol --file ${write('agreement.json', { agreements: [agreement] })}`);
  for (const agency of ['VN-CUS', 'TH-CUS']) {
    await Promise.all([VN, TH].map((home) => must(`pin --agency ${agency} --root ${agency}/root.pub.json ${home}`)));
  }
}, 120_000);

afterAll(async () => {
  await t.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Whatever tries to open a connection ends the process at once. */
const CUT = `
  import dgram from 'node:dgram'; import dns from 'node:dns'; import net from 'node:net';
  import { syncBuiltinESMExports } from 'node:module';
  const cut = () => { process.stderr.write('tried the network'); process.exit(99); };
  net.Socket.prototype.connect = cut; net.Server.prototype.listen = cut; dgram.createSocket = cut;
  dns.lookup = cut; dns.promises.lookup = cut; globalThis.fetch = cut; syncBuiltinESMExports();`;

function withoutNetwork(): RunOptions {
  write('cut.mjs', CUT);
  const canUnshare = spawnSync('unshare', ['-n', 'true']).status === 0;
  return { node: ['--import', join(folder, 'cut.mjs')], inside: canUnshare ? ['unshare', '-n'] : [] };
}

/** Follows the feed of TH-CUS until this object comes, then stops it as Ctrl-C does. */
async function follow(id: string): Promise<string> {
  const child = spawn(process.execPath, [CLI, 'changes', '--follow', '--json', ...TH.split(' ')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise((done) => child.on('close', done));
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  while (!(stdout.includes(id) && stdout.endsWith('\n'))) await sleep(20);
  // The mark is written right after the change was printed.
  await sleep(300);
  child.kill('SIGINT');
  expect(await closed).toBe(0);
  return stdout;
}

describe('two parties with nothing but the command line', () => {
  it('exchange an alert and prove it offline', async () => {
    const preview = await run(`compose alert ${anInput('first')} ${VN}`);
    expect(preview.stdout).toContain('To TH-CUS:');
    expect(preview.stdout).toContain('TH-CUS-LCB Unit TH-CUS-LCB');
    expect(preview.stdout).toContain('WARNING (NO_EXPIRY)');
    expect(preview.stdout).toContain('The hub added: ref');

    // Without a terminal nobody can be asked.
    const unasked = await run(`sign first.composition.json ${VN}`);
    expect(unasked.stderr).toContain('Add --yes');
    expect(unasked.code).toBe(2);
    expect(exists('first.signed.json')).toBe(false);
    const signed = await run(`sign first.composition.json --yes ${VN}`);
    expect(signed.stdout).toContain('contact24h.phone: ');
    expect(signed.stdout).toMatch(/from +VN-CUS-AS \(VN-CUS\)/);
    expect(signed.stdout).toContain(anAlertBody().title);
    expect(signed.stdout).toContain('H0 (only to prevent and fight crime)');

    const { submitted } = await must<{ submitted: [{ id: string; file: string }] }>(`submit first.signed.json ${VN}`);
    const [{ id, file }] = submitted;
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(['text', 'parts', 'receipt']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await run(`submit first.signed.json ${VN}`)).stdout).toContain('had been accepted before');

    expect((await run(`inbox ${TH}`)).stdout).toContain(id);
    expect(await idsOf(`inbox --find container=csqu305438-3 ${TH}`)).toContain(id);
    expect(await idsOf(`inbox --outbox --kind alert ${VN}`)).toContain(id);

    const shown = await run(`show ${id} ${TH}`);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(new RegExp(`^VALID +alert ${id} of VN-CUS`));

    await must(`export ${id} --out first.bundle.json ${TH}`);
    const verified = await run('verify first.bundle.json --roots TH-CUS/home/roots.json', withoutNetwork());
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toContain('All 1 objects');
  });

  it('see who opened what they sent', async () => {
    const [id] = await send('watched');
    expect((await run(`opened ${id} ${VN}`)).stdout).toBe('Nobody, as far as you may know.\n');
    await must(`show ${id} --purpose INVESTIGATE ${TH}`);
    await must(`export ${id} --out watched.bundle.json ${TH}`);
    const { nodes } = await must<{ nodes: { act: string; unit: string }[] }>(`opened ${id} ${VN}`);
    expect(nodes.map(({ act, unit }) => `${act} ${unit}`)).toEqual(['EXPORTED TH-CUS-LCB', 'OPENED TH-CUS-LCB']);
    const [head, newest, oldest] = (await run(`opened ${id} ${VN}`)).stdout.split('\n');
    expect(head).toMatch(/^TIME \(UTC\) +ACT +UNIT +OFFICER +PURPOSE$/);
    expect(newest).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}exported {2}TH-CUS-LCB \(TH-CUS\) {2}system {3}PREVENT_DETECT$/,
    );
    expect(oldest).toMatch(/ {2}opened {4}TH-CUS-LCB \(TH-CUS\) {2}system {3}INVESTIGATE$/);
    expect((await run(`opened ${id} ${TH}`)).stdout).toBe('Nobody, as far as you may know.\n');
    expect((await run(`opened ${id} --own --first 1 ${TH}`)).stdout).toContain('There is more: --after ');
  });

  it('ask, answer and close, and prove the whole thread offline', async () => {
    const { ref: _, requestedAuthority: __, ...request } = aRequestBody();
    const body = { ...request, legalBasis: { agreement: AGREEMENT, article: 'art10' } };
    const [asked] = await send('ask', 'request', anInput('ask', { body }));
    const results = [1, 2].map((questionNo) => ({ questionNo, result: 'NEGATIVE', text: 'Nothing is known.' }));
    const answer = { request: asked, body: { language: 'en', kind: 'FINAL', results } };
    const [answered] = await send('answer', 'answer', write('answer.json', answer), TH);
    const owed = await run(`duties --to-us ${TH}`);
    expect(owed.stdout).toMatch(
      /^report the result: VN-REQ-\S+ {2}VN-CUS-AS to TH-CUS {2}\S{36}\n {2}Due .* within 90 days of its receipt\.$/m,
    );
    expect((await run(`duties --partner TH-CUS ${VN}`)).stdout).toContain('report the result');
    const { targetRef: ___, indicatorOutcomes: ____, ...closing } = aFeedbackBody();
    const [closed] = await send('closing', 'feedback', write('closing.json', { object: asked, body: closing }));

    const { objects } = await must<{ objects: { id: string }[] }>(`export ${closed} --out thread.bundle.json ${VN}`);
    expect(objects.map(({ id }) => id).toSorted()).toEqual([closed!, answered!, asked!].toSorted());
    const verified = await run(`verify thread.bundle.json ${VN}`, withoutNetwork());
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toContain('All 3 objects');
  });

  it('take over an old register: tried first, then for good, and what was mended once more', async () => {
    const elbonia = { nameEn: 'Customs of Elbonia', nameVi: 'Hải quan Elbonia', country: 'BN', language: 'en' };
    const { id } = await must<{ id: string }>(`partner ${write('elbonia.json', elbonia)} ${VN}`);
    expect((await run(`partner ${VN}`)).stdout).toBe(`${id}  BN  Customs of Elbonia  Hải quan Elbonia\n`);
    expect((await run(`partner ${TH}`)).stdout).toBe('There is none yet.\n');
    const row = (number: string, day: string, kind: string): string[] => [
      number,
      day,
      'hải quan elbonia',
      'Xác minh',
      kind,
    ];
    const titles = ['Số', 'Ngày', 'Cơ quan', 'Trích yếu', 'Loại'];
    const save = async (day: string): Promise<void> => {
      const rows = [row('1/CLI', '4/3/2025', 'Yêu cầu'), row('2/CLI', day, 'Yêu cầu')];
      await writeXlsxFile([titles, ...rows].map((cells) => cells.map((value) => ({ value })))).toFile(
        join(folder, 'register.xlsx'),
      );
    };
    write('mapping.json', {
      columns: { nationalRef: 'Số', dated: 'Ngày', partner: 'Cơ quan', subject: 'Trích yếu', kind: 'Loại' },
      values: { kind: { 'Yêu cầu': 'REQUEST' } },
      fixed: { direction: 'IN', medium: 'POST' },
    });
    await save('31/2/2025');
    const line = `import register.xlsx --map mapping.json ${VN}`;
    const tried = await run(`${line} --dry-run`);
    expect([tried.code, tried.stdout]).toEqual([
      3,
      'Row 3, Ngày: must be a day: a date of the spreadsheet, or 22/11/2026, or 2026-11-22.\n' +
        'Nothing was kept. To be registered: 1. In the register before: 0. Refused: 1.\n',
    ]);
    expect((await run(`${line} --lang vi`)).stdout).toContain('Đã đăng ký: 1. Đã có trong sổ: 0. Không nhận: 1.');
    await save('28/2/2025');
    const again = await must(line);
    expect(again).toEqual({ dryRun: false, new: 1, known: 1, refused: 0, rows: [] });
    const owed = await run(`duties --first 100 ${VN}`);
    expect(owed.stdout).toMatch(/OVERDUE {2}answer: VN-LTR-\d{4}-[A-Z]{6} {2}/);
  });

  it('ask for consent, give it and take it back', async () => {
    const [sent] = await send('for-consent');
    const about = { object: sent, body: { for: 'EVIDENCE', reason: 'The court asks for it.', urgency: 'ROUTINE' } };
    const [asked] = await send('consent-request', 'consent-request', write('consent-request.json', about), TH);
    const granting = { consent: asked, body: { act: 'GRANT' } };
    const [granted] = await send('consent-answer', 'consent-answer', write('consent-answer.json', granting));
    const ending = { consent: granted, body: { reason: 'The source has asked for it.' } };
    const [ended] = await send('consent-revocation', 'consent-revocation', write('consent-revocation.json', ending));
    expect((await run(`show ${ended} ${TH}`)).stdout).toContain('The source has asked for it.');
  });

  it('note what was asked by telephone', async () => {
    const handling = aHandling(AGREEMENT);
    const words = { language: 'en', at: '2026-01-02T03:04:05Z', text: 'Please hold the container.', urgency: 'URGENT' };
    const [noted] = await send('oral', 'oral', write('oral.json', { to: 'VN-CUS', handling, body: words }), TH);
    const owed = await run(`duties --first 100 ${VN}`);
    expect(owed.stdout).toMatch(new RegExp(`^confirm in writing: .* TH-CUS-LCB {2}${noted}$`, 'm'));
  });

  it('count what is owed, by partner and unit', async () => {
    const [sent] = await send('counted');
    const counted = await must<{ open: number; totals: { partner: string; open: number }[] }>(`duties --totals ${TH}`);
    const toVietNam = counted.totals.filter(({ partner }) => partner === 'VN-CUS');
    expect(toVietNam.reduce((sum, { open }) => sum + open, 0)).toBeGreaterThan(0);
    const { stdout } = await run(`duties --totals --to-us ${VN}`);
    expect(stdout).toMatch(/^TH-CUS .*open: \d+, overdue: \d+, the first due on \d{4}-\d\d-\d\d$/m);
    expect(stdout).toMatch(/^In all \d+ open, \d+ of them overdue\.$/m);
    expect((await run(`duties --totals --partner TH-CUS ${VN}`)).code).toBe(2);
    expect(sent).toBeDefined();
  });

  it('see where a request stands, by its reference too', async () => {
    const { ref: _, requestedAuthority: __, ...request } = aRequestBody();
    const body = { ...request, legalBasis: { agreement: AGREEMENT, article: 'art10' } };
    const [asked] = await send('standing', 'request', anInput('standing', { body }));
    const { ref } = await must<{ ref: string }>(`show ${asked} ${TH}`);
    const before = await run(`request ${ref.toLowerCase()} ${TH}`);
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).toContain(`${ref}  RECEIVED (Received)\n  VN-CUS asks your agency\n`);
    expect(before.stdout).toMatch(/your turn +ACKNOWLEDGEMENT \(Acknowledgement\), .*FINAL \(Final answer\)/);
    expect(before.stdout).toContain('Questions (2 of 2 open):\n  1. ');

    const results = [1, 2].map((questionNo) => ({ questionNo, result: 'NEGATIVE', text: 'Nothing is known.' }));
    const answer = { request: asked, body: { language: 'en', kind: 'FINAL', results } };
    const [answered] = await send('standing-answer', 'answer', write('standing-answer.json', answer), TH);
    const after = await run(`request ${ref} --lang vi ${VN}`);
    expect(after.stdout).toContain('cơ quan của bạn yêu cầu TH-CUS');
    expect(after.stdout).toContain(`trả lời trong ${answered}`);
    const { thread } = await must<{ thread: { act: string }[] }>(`request ${asked} ${VN}`);
    expect(thread.map(({ act }) => act)).toEqual(['REQUEST', 'FINAL']);
    expect((await must<{ id: string }>(`show ${ref} ${VN}`)).id).toBe(asked);
    expect((await run(`request VN-REQ-2020-AAAAAA ${VN}`)).stderr).toContain('Nothing with the reference');
    expect((await run(`request ${randomUUID()} ${VN}`)).code).toBe(3);
  });

  it('read standard questions in their own language, before they sign and afterwards', async () => {
    const standard = { code: 'Q-EXPORT-DECLARED', slots: [{ name: 'CONTAINER' as const, value: 'MWCU6059784' }] };
    const { ref: _, requestedAuthority: __, ...request } = aRequestBody({ questions: [{ no: 1, standard }] });
    const body = { ...request, legalBasis: { agreement: AGREEMENT, article: 'art10' } };
    const [asked] = await send('standard', 'request', anInput('standard', { body }));
    const english = 'Were the goods in container MWCU6059784 declared for export in your country?';
    const vietnamese = 'Hàng hóa trong container MWCU6059784 có được khai báo xuất khẩu';
    expect((await run(`request ${asked} ${TH}`)).stdout).toContain(`  1. ${english}`);
    expect((await run(`request ${asked} --lang vi ${TH}`)).stdout).toContain(`  1. ${vietnamese}`);
    const shown = await run(`show ${asked} --lang vi ${TH}`);
    expect(shown.stdout).toContain(`questions[0]: ${vietnamese}`);
    expect(shown.stdout).toContain('questions[0].standard.code: Q-EXPORT-DECLARED');
    expect(shown.stdout).toContain('questions[0].standard.slots[0].value: MWCU6059784');
  });

  it('find the codes to write to', async () => {
    const { stdout, code } = await run(`directory ${VN}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^CODE +NAME\n/);
    expect(stdout).toMatch(/\n {2}TH-CUS-LCB +Unit TH-CUS-LCB\n/);
    expect(stdout).toContain(`Your agreements (article after a slash):\n  ${AGREEMENT}/art10`);
    expect((await run(`directory th-cus ${VN}`)).stdout).toMatch(/^CODE +NAME +PLACE +DUTY TELEPHONE\nTH-CUS /);
    expect((await run(`directory XX-CUS ${VN}`)).stderr).toContain('no agency XX-CUS');
  });

  it('are told of a kind that there is not', async () => {
    const { code, stderr } = await run(`inbox --kind allert ${VN}`);
    expect(code).toBe(3);
    expect(stderr).toContain('must be one of alert, answer, consent, feedback, note, oral, recall, request');
  });

  it('follow the feed, each change once, and go on where they stopped', async () => {
    const [first] = await send('feed-1');
    expect(await follow(first!)).toContain(first);
    const [second] = await send('feed-2');
    const next = await follow(second!);
    expect(next).toContain(second);
    expect(next).not.toContain(first);
    const { changes } = await must<{ changes: { objectId: string }[] }>(`changes ${TH}`);
    expect(changes.map((change) => change.objectId)).toEqual(expect.arrayContaining([first, second]));
  });

  it('recall what was sent, and bundle it with what it answers', async () => {
    const [alert] = await send('recalled');
    const [recall] = await send('recall', 'recall', write('recall.json', { object: alert, body: aRecallBody() }));
    const { objects } = await must<{ objects: { id: string }[] }>(`export ${recall} --out recall.bundle.json ${VN}`);
    expect(objects.map(({ id }) => id)).toEqual([recall, alert]);
    const verified = await must(`verify recall.bundle.json ${VN}`);
    expect(verified).toMatchObject({ valid: true, objects: [{ notes: [] }, { notes: [] }] });
    expect(await idsOf(`inbox ${TH}`)).not.toContain(alert);
  });

  it('sign several compositions at once, each for one addressee', async () => {
    const ids = await send('several', 'alert', anInput('several', { to: ['TH-CUS', 'TH-CUS-LCB'] }));
    expect(ids).toHaveLength(2);
    const { objects } = read<{ objects: { to: string[] }[] }>('several.signed.json');
    expect(objects.map(({ to }) => to)).toEqual([['TH-CUS'], ['TH-CUS-LCB']]);
  });

  it('publish a further key set, which others see verified', async () => {
    await must(`keygen unit --out TH-CUS/spare.key.json --agency TH-CUS --hub-id ${HUB_ID}`);
    const key = 'unit:TH-CUS-LCB:sig:alert=TH-CUS/spare.pub.json';
    await must(
      `keyset build --agency TH-CUS --previous TH-CUS/keyset-1.json --key ${key} --out TH-CUS/2.payload.json ${TH}`,
    );
    await must('keyset sign TH-CUS/2.payload.json --root TH-CUS/root.key.json --out TH-CUS/2.json');
    const published = await must(`keyset publish TH-CUS/2.json ${TH}`);
    expect(published).toMatchObject({ agency: 'TH-CUS', seq: 2, keys: 3 });
    const shown = await run(`keyset show --agency TH-CUS ${VN}`);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('Verified: 2 sets');
    expect((await run(`keyset publish TH-CUS/2.json ${VN}`)).code).toBe(3);
  });
});

describe('verification', () => {
  it('refuses an altered bundle with exit 6', async () => {
    const [id] = await send('altered');
    await must(`export ${id} --out altered.bundle.json ${TH}`);
    const bundle = read<{ objects: { text: string }[] }>('altered.bundle.json');
    const outer = JSON.parse(bundle.objects[0]!.text) as { payload: string };
    const payload = Buffer.from(outer.payload, 'base64url').toString('utf8').replace('steel parts', 'scrap parts');
    outer.payload = Buffer.from(payload).toString('base64url');
    bundle.objects[0]!.text = JSON.stringify(outer);
    const result = await run(`verify ${write('altered.json', bundle)} --json ${TH}`, withoutNetwork());
    expect(result.code).toBe(6);
    expect(result.json()).toMatchObject({ valid: false, objects: [{ verdict: 'INVALID', error: 'RECEIPT' }] });
  });

  it('refuses a bundle under other roots, other hub keys, or of another hub', async () => {
    const [id] = await send('roots');
    await must(`export ${id} --out roots.bundle.json ${TH}`);
    const trust = read<{ roots: Record<string, unknown[]> }>('TH-CUS/home/roots.json');
    const other = read<object>('other.pub.json');
    const cases: [object, string][] = [
      [{ ...trust, roots: { ...trust.roots, 'VN-CUS': [other] } }, 'KEYSET_ROOT'],
      [{ ...trust, roots: {} }, 'KEYSET_ROOT'],
      [{ ...trust, hubKeys: [other] }, 'KEY_UNKNOWN'],
    ];
    for (const [roots, error] of cases) {
      const result = await run(`verify roots.bundle.json --roots ${write('wrong.json', roots)} --json`);
      expect(result.code).toBe(6);
      expect(result.json()).toMatchObject({ valid: false, objects: [{ verdict: 'INVALID', error }] });
    }
    const elsewhere = write('wrong.json', { ...trust, hub: 'hub.other.example' });
    expect((await run(`verify roots.bundle.json --roots ${elsewhere}`)).code).toBe(6);
  });

  it('finds nothing good in an empty bundle, nor in something else', async () => {
    const empty = { v: 1, kind: 'bundle', hub: HUB_ID, objects: [], keySets: {}, hubKeys: [] };
    expect((await run(`verify ${write('empty.json', empty)} ${TH}`)).code).toBe(6);
    expect((await run(`verify ${write('no-bundle.json', { ...empty, kind: 'other' })} ${TH}`)).code).toBe(6);
    expect((await run(`verify ${write('no-json.json', 'x')} ${TH}`)).code).toBe(2);
  });

  it('opens no connection: what cuts the network off here does cut', async () => {
    expect((await run(`inbox ${TH}`, withoutNetwork())).stderr).toContain('tried the network');
  });

  it('says so when the sender of an object was never pinned', async () => {
    const [id] = await send('unpinned');
    const kept = readFileSync(join(folder, 'TH-CUS/home/roots.json'), 'utf8');
    write('TH-CUS/home/roots.json', { ...(JSON.parse(kept) as object), roots: {} });
    const shown = await run(`show ${id} ${TH}`);
    write('TH-CUS/home/roots.json', kept);
    expect(shown.code).toBe(6);
    expect(shown.stdout).toMatch(/^NOT VERIFIED/);
  });

  it('keeps no receipt that the pinned key of the hub did not sign', async () => {
    await must(`compose alert ${anInput('receipt')} ${VN}`);
    await must(`sign receipt.composition.json ${VN}`);
    const kept = readFileSync(join(folder, 'VN-CUS/home/roots.json'), 'utf8');
    write('VN-CUS/home/roots.json', { ...(JSON.parse(kept) as object), hubKeys: [read('other.pub.json')] });
    const result = await run(`submit receipt.signed.json ${VN}`);
    write('VN-CUS/home/roots.json', kept);
    expect(result.code).toBe(6);
    const [object] = read<{ objects: { id: string }[] }>('receipt.signed.json').objects;
    expect(exists(`VN-CUS/home/objects/${object!.id}.object.json`)).toBe(false);
  });
});

describe('keys', () => {
  it('are private files, are never replaced, and are refused once others can read them', async () => {
    const key = join(folder, 'VN-CUS/unit.key.json');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect((await run(`keygen unit --out VN-CUS/unit.key.json --agency VN-CUS --hub-id ${HUB_ID}`)).code).toBe(2);
    await must(`compose alert ${anInput('open')} ${VN}`);
    chmodSync(key, 0o640);
    const refused = await run(`sign open.composition.json --yes ${VN}`);
    chmodSync(key, 0o600);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('chmod 600');
    expect(exists('open.signed.json')).toBe(false);
  });

  it('serve one use each, and only their public half travels', async () => {
    await must(`compose alert ${anInput('roles')} ${VN}`);
    expect((await run(`sign roles.composition.json --yes --key VN-CUS/client.key.json ${VN}`)).code).toBe(2);
    const build = `keyset build --agency VN-CUS --hub-id ${HUB_ID} --root`;
    expect((await run(`${build} VN-CUS/root.key.json`)).stderr).toContain('must not travel');
    expect((await run(`${build} VN-CUS/client.pub.json`)).code).toBe(2);
    const printed = await run(
      `keygen client --out printed.key.json --agency VN-CUS --hub-id ${HUB_ID} --alg ES256 --json`,
    );
    expect(printed.json()).toMatchObject({ alg: 'ES256', role: 'client' });
    expect(printed.json()['fingerprint']).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    expect(printed.stdout).not.toContain(read<{ d: string }>('printed.key.json').d);
  });

  it('stay in a security module that signs by a command', async () => {
    write(
      'signer.mjs',
      `import { createPrivateKey, sign } from 'node:crypto'; import { readFileSync } from 'node:fs';
       const key = createPrivateKey({ key: JSON.parse(readFileSync(process.argv[2] ?? 'VN-CUS/unit.key.json', 'utf8')), format: 'jwk' });
       process.stdout.write(sign(null, readFileSync(0), key));`,
    );
    await must(`compose alert ${anInput('module')} ${VN}`);
    const line = `sign module.composition.json --yes --key VN-CUS/unit.pub.json ${VN}`;
    const signWith = (command: string): Promise<Run> =>
      run(`${line} --out no.json`, { more: ['--signer', `exec:${command}`] });
    expect((await signWith('echo nothing')).code).toBe(1);
    expect((await signWith('head -c 64 /dev/zero')).code).toBe(6);
    expect(exists('no.json')).toBe(false);
    await must(line, ['--signer', `exec:"${process.execPath}" signer.mjs`]);
    await must(`submit module.signed.json ${VN}`);
  });

  it('are registered with the proof that their holder means them for this agency and hub', async () => {
    const build = (place: string): Promise<Run> =>
      run(`keyset build ${place} --seq 1 --root VN-CUS/root.pub.json --key unit:VN-CUS-AS:sig:alert=moved.pub.json`);
    expect((await run('keygen unit --out moved.key.json --home nobody')).code).toBe(2);
    await must('keygen unit --out moved.key.json --agency VN-CUS --hub-id old.example');
    expect((await build('--agency VN-CUS --hub-id old.example')).code).toBe(0);

    const here = await build(`--agency VN-CUS --hub-id ${HUB_ID}`);
    expect(here.stderr).toContain('carries no proof');
    expect(here.code).toBe(2);
    await must(`prove moved.pub.json --agency VN-CUS --hub-id ${HUB_ID}`, [
      '--signer',
      `exec:"${process.execPath}" signer.mjs moved.key.json`,
    ]);
    expect((await build(`--agency VN-CUS --hub-id ${HUB_ID}`)).code).toBe(0);
  });

  it('are pinned by a fingerprint that was read out, or not at all', async () => {
    const enrolled = await must<{ roots: [{ roots: [string] }] }>('enrol --file VN-CUS/enrolment.json');
    const spoken = enrolled.roots[0].roots[0].toUpperCase().replaceAll(' ', ':');
    const misheard = spoken.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await must(`profile --home pinning ${partyOptions('TH-CUS', 'TH-CUS-LCB')}`);
    const pin = 'pin --home pinning --agency';
    expect((await run(`${pin} VN-CUS --fingerprint ${misheard}`)).code).toBe(6);
    expect((await run(`${pin} TH-CUS --fingerprint ${spoken}`)).code).toBe(6);
    expect((await run(`${pin} VN-CUS --fingerprint ${spoken}`)).code).toBe(0);
    expect((await run(`${pin} VN-CUS --root other.pub.json`)).code).toBe(3);
  });
});

interface Composed {
  text: string;
  signing: { signingInput: string }[];
}

/** Composes, changes the composition as a false hub could have made it, and tries to sign it. */
async function signForged(name: string, change: (composition: Composed) => void): Promise<Run> {
  await must(`compose alert ${anInput(name)} ${VN}`);
  const file = read<{ compositions: [Composed] }>(`${name}.composition.json`);
  change(file.compositions[0]);
  return run(`sign ${write(`${name}.composition.json`, file)} --yes ${VN}`);
}

describe('a hub that is not to be trusted', () => {
  it('gets no signature over other words than those shown', async () => {
    const text = await signForged('forged-text', (composition) => {
      composition.text = composition.text.replace('TH-CUS', 'LA-CUS');
    });
    expect(text.code).toBe(6);
    const input = await signForged('forged-input', ({ signing: [request] }) => {
      request!.signingInput = request!.signingInput.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    });
    expect(input.code).toBe(6);
  });

  it('gets no signature for another unit', async () => {
    await must(`compose alert ${anInput('other-unit')} ${VN}`);
    expect((await run(`sign other-unit.composition.json --yes --key VN-CUS/unit.key.json ${TH}`)).code).toBe(6);
  });
});

describe('personal details', () => {
  it('are shown on demand and never otherwise', async () => {
    const { ref: _, ...body } = aPersonAlertBody();
    const nominal = someNominalData();
    const name = nominal.parties[0]!.names[0]!.text;
    const composed = await run(`compose alert ${anInput('nominal', { body, nominal })} --json ${VN}`);
    const signed = await run(`sign nominal.composition.json --text --yes ${VN}`);
    const submitted = await run(`submit nominal.signed.json --json ${VN}`);
    const [{ id }] = submitted.json<{ submitted: [{ id: string }] }>().submitted;
    const shown = await run(`show ${id} ${TH}`);
    const forCase = '--purpose INVESTIGATE --case 12/2026';
    const exported = await run(`export ${id} --out nominal.bundle.json ${forCase} ${TH}`);
    for (const { code, stdout, stderr } of [composed, signed, submitted, shown, exported]) {
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(name);
    }
    expect((await run(`show ${id} --nominal ${TH}`)).stdout).toContain('say for which purpose and case');
    expect((await run(`show ${id} --nominal ${forCase} ${TH}`)).stdout).toContain(name);
    expect(exported.stdout).toContain('personal details');
    expect(await must(`verify nominal.bundle.json ${TH}`)).toMatchObject({ objects: [{ notes: [] }] });
    await must(`export ${id} --without-parts --out bare.bundle.json ${TH}`);
    expect(await must(`verify bare.bundle.json ${TH}`)).toMatchObject({ objects: [{ notes: ['PART_WITHHELD'] }] });
  });
});

describe('how it ends', () => {
  it('3 when the policy or the hub refuses, with the reasons', async () => {
    const refused = await run(`compose alert ${anInput('refused', { to: ['TH-CUS', 'XX-CUS'] })} ${VN}`);
    expect(refused.code).toBe(3);
    expect(refused.stdout).toContain('REFUSED (ADDRESSEE)');
    expect(exists('refused.composition.json')).toBe(false);

    const wrong = await run(`compose alert ${anInput('wrong', { body: { nothing: 1 } })} --json ${VN}`);
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    expect(JSON.parse(wrong.stderr)).toMatchObject({ error: { exitCode: 3, code: 'BAD_REQUEST' } });

    const late = anInput('late', { body: { ...anAlertBody(), validTo: '2020-01-01T00:00:00Z' } });
    const { stderr } = await run(`compose alert ${late} --json ${VN}`);
    expect(JSON.parse(stderr)).toMatchObject({ error: { problems: [{ pointer: '/body/validTo' }] } });
    const told = await run(`compose alert ${late} ${VN} --lang vi`);
    expect(told.stderr).toMatch(/^Hub từ chối \(BAD_USER_INPUT\): .*\n {2}\/body\/validTo: phải sau validFrom\n$/);
    expect((await run(`show ${crypto.randomUUID()} ${TH}`)).code).toBe(3);
  });

  it('4 when the hub does not know the key', async () => {
    await must(`keygen client --out stranger.key.json --agency VN-CUS --hub-id ${HUB_ID}`);
    const options = partyOptions('VN-CUS', 'VN-CUS-AS').replace('VN-CUS/client', 'stranger');
    expect((await run(`profile --home stranger ${options}`)).code).toBe(4);
    expect(exists('stranger/profile.json')).toBe(false);
  });

  it('5 when no hub answers', async () => {
    for (const [i, hub] of ['http://localhost:1', 'https://hub.invalid', `${t.url}/elsewhere`].entries()) {
      const home = `nowhere-${i}`;
      mkdirSync(join(folder, home));
      const profile = read<object>('VN-CUS/home/profile.json');
      write(`${home}/profile.json`, { ...profile, hub, clientKey: '../VN-CUS/client.key.json' });
      const result = await run(`inbox --home ${home}`);
      expect(result.code).toBe(5);
      expect(result.stderr).toContain('cannot be reached');
    }
  });

  it('2 when the command line or a file is not right', async () => {
    const clear = `profile --home clear ${partyOptions('VN-CUS', 'VN-CUS-AS')}`.replace(t.url, 'http://hub.example');
    const lines = [
      '',
      'nothing',
      'show',
      'show x',
      'inbox --first 0',
      'sign nowhere.json',
      'inbox --home empty',
      clear,
    ];
    const runs = await Promise.all(lines.map((line) => run(line)));
    expect(runs.map(({ code }) => code)).toEqual(lines.map(() => 2));
  });

  it('speaks Vietnamese when asked', async () => {
    expect((await run('inbox --home empty --lang vi')).stderr).toContain('Không có hồ sơ');
    expect((await run('--help', { env: { LANG: 'vi_VN.UTF-8' } })).stdout).toContain('Cách dùng:');
  });

  it('explains itself: every command has help with an example', async () => {
    const nested = ['build', 'sign', 'publish', 'show'].map((name) => `keyset ${name}`);
    const issuers = ['add', 'list', 'suspend', 'resume'].map((name) => `issuer ${name}`);
    for (const words of ['', ...COMMANDS, ...nested, ...issuers]) {
      const { code, stdout } = await run(`${words} --help`);
      expect({ words, code }).toEqual({ words, code: 0 });
      expect(stdout).toMatch(/Example:\n +(\S+=\S+ )*liaison /);
    }
    const listed = (await run('--help')).stdout;
    for (const name of COMMANDS) expect(listed).toContain(`  ${name} `);
    expect((await run('help exit-codes')).stdout).toContain('6  verification failed');
    expect((await run('help verify')).stdout).toContain('liaison verify bundle.json');
  }, 60_000);
});

describe('files', () => {
  it('are attached without metadata, downloaded and compared with what was signed', async () => {
    writeFileSync(join(folder, 'photo.jpg'), aCameraJpeg());
    writeFileSync(join(folder, 'list.csv'), aCsv());
    const { compositions } = await must<{ compositions: { id: string }[] }>(
      `compose alert ${anInput('with-files')} --attach photo.jpg --attach list.csv ${VN}`,
    );
    const { id } = compositions[0]!;
    await must(`sign with-files.composition.json ${VN}`);
    await must(`submit with-files.signed.json ${VN}`);

    const photo = createHash('sha256').update(aJpeg()).digest('hex');
    const shown = await run(`show ${id} ${TH}`);
    expect(shown.stdout).toContain(`file       ${photo}  image/jpeg  ${aJpeg().length}`);
    expect(await must(`download ${id} ${photo} --out got.jpg ${TH}`)).toMatchObject({ isOriginal: true });
    expect(readFileSync(join(folder, 'got.jpg'))).toEqual(aJpeg());
    expect((await run(`download ${id} ${photo} --out got.jpg ${TH}`)).code).toBe(2);
    expect((await run(`download ${id} ${'0'.repeat(64)} ${TH}`)).code).toBe(3);

    await must(`export ${id} --out with-files.bundle.json ${TH}`);
    const verified = await must<{ objects: { attachments: { sha256: string }[] }[] }>(
      `verify with-files.bundle.json ${TH}`,
    );
    expect(verified.objects[0]!.attachments.map(({ sha256 }) => sha256)).toEqual([
      photo,
      createHash('sha256').update(aCsv()).digest('hex'),
    ]);
  }, 60_000);

  it('of an image in the original are marked as a copy when they arrive', async () => {
    const camera = aCameraJpeg('another place');
    writeFileSync(join(folder, 'original.jpg'), camera);
    const { files } = await must<{ files: { attachment: { sha256: string } }[] }>(
      `upload original.jpg --original ${VN}`,
    );
    const { sha256 } = files[0]!.attachment;
    expect(sha256).toBe(createHash('sha256').update(camera).digest('hex'));
    const [id] = await send('with-original', 'alert', anInput('with-original', { attachments: [sha256] }));
    expect(await must(`download ${id} ${sha256} --out copy.jpg ${TH}`)).toMatchObject({ isOriginal: false });
    expect(readFileSync(join(folder, 'copy.jpg'))).toEqual(aJpeg());
    expect(await must(`download ${id} ${sha256} --out own.jpg ${VN}`)).toMatchObject({ isOriginal: true });
  }, 60_000);

  it('that the hub would refuse are not sent', async () => {
    writeFileSync(join(folder, 'program.jpg'), 'MZ');
    const refused = await run(`upload program.jpg ${VN}`);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('It was not uploaded') });
    expect((await run(`upload missing.jpg ${VN}`)).code).toBe(2);
  });
});

describe("the operator's commands", () => {
  it('make a database ready, again and again', async () => {
    const made = await must<{ migrations: number; hubKeys: string[] }>('init --hub-key-out hub.pub.json');
    expect(made).toMatchObject({ hub: HUB_ID, isEmbedded: false });
    expect(made.migrations).toBeGreaterThan(5);
    const byHand = `--hub-id ${HUB_ID} --hub-key hub.pub.json --home by-hand`;
    const profile = await must(`profile ${partyOptions('VN-CUS', 'VN-CUS-AS')} ${byHand}`);
    expect(profile['hubKeys']).toEqual(made.hubKeys);
  });

  it('enrol systems that may send no text of their own, with which all commands of these tests worked', async () => {
    const rows = await t.database.sql('SELECT DISTINCT adhoc FROM auth.connection');
    expect(rows).toEqual([{ adhoc: false }]);
  });

  it('enrol no keys that the roots did not sign, and name what is missing', async () => {
    const { agency, ...rest } = read<{ agency: object }>('VN-CUS/enrolment.json');
    const foreign = write('VN-CUS/foreign.json', { agency, ...rest, roots: ['../other.pub.json'] });
    expect((await run(`enrol --file ${foreign} --yes`, { env: operator() })).code).toBe(6);
    const empty = write('VN-CUS/empty.json', { agencies: [{ units: [] }] });
    const result = await run(`enrol --file ${empty} --yes`, { env: operator() });
    expect(result).toMatchObject({ code: 2 });
    expect(result.stderr).toContain('/agencies/0/agency/id');
    const half = write('VN-CUS/half.json', { agency, ...rest, ceiling: { clearance: 1 } });
    const refused = await run(`enrol --file ${half} --yes`, { env: operator() });
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('/agencies/0/ceiling/maySeeNominal');
    const nobody = write('VN-CUS/nobody.json', { agency, ...rest, officers: [{ pseudonym: 'p:admin-1' }] });
    const unnamed = await run(`enrol --file ${nobody} --yes`, { env: operator() });
    expect(unnamed).toMatchObject({ code: 2 });
    expect(unnamed.stderr).toContain('/agencies/0/officers/0/unit');
  });

  it('wait for a hub that is starting', async () => {
    const held = mkdtempSync(join(tmpdir(), 'liaison-held-'));
    // Root runs PostgreSQL as another user, who must get there.
    chmodSync(held, 0o755);
    await takeLock(join(held, 'hub.lock'));
    const result = await run('init', { env: { DATA_FOLDER: held } });
    rmSync(held, { recursive: true });
    expect(result.stderr).toContain('Try again in a moment');
    expect(result.code).toBe(3);
  });

  it('work beside a running hub on its embedded database', async () => {
    const data = mkdtempSync(join(tmpdir(), 'liaison-running-'));
    chmodSync(data, 0o755);
    const env = { PATH: process.env['PATH'], HUB_ID: 'hub.example', DATA_FOLDER: data, PORT: '0' };
    const hub = spawn(process.execPath, [resolve('dist/src/main.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let told = '';
      while (!/ serves \S+\n/.test(told)) told += ((await once(hub.stdout, 'data')) as [Buffer])[0].toString();
      const url = / serves (\S+)\n/.exec(told)![1]!;
      const group = { id: randomUUID(), nameEn: 'Task force', nameVi: 'Lực lượng đặc nhiệm', members: [] };
      const file = write('community.json', { communities: [group] });
      expect(await run(`enrol --file ${file} --yes`, { env })).toMatchObject({ code: 0 });
      const ready = await run('init --json', { env });
      expect(ready.json()).toMatchObject({ isEmbedded: true, database: data });
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    } finally {
      hub.kill('SIGTERM');
      await once(hub, 'exit');
      rmSync(data, { recursive: true });
    }
  }, 60_000);
});
