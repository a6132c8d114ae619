import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody, aPersonAlertBody } from '../src/alerts/body/alert-body.example.js';
import { aRecallBody, someNominalData } from '../src/exchange/body/body.example.js';
import { takeLock } from '../src/embedded-database/lock.js';
import { aHandling } from './support/exchange.js';
import { HUB_ID, startTestHub, type TestHub } from './support/hub.js';

const CLI = resolve('dist/src/cli/liaison.js');
const AGREEMENT = 'EX-CLI';

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
  env?: NodeJS.ProcessEnv;
  node?: string[];
  /** A program in front, such as `unshare -n`. */
  inside?: string[];
}

function run(args: string[], { env = {}, node = [], inside = [] }: RunOptions = {}): Promise<Run> {
  const [program, ...rest] = [...inside, process.execPath, ...node, CLI, ...args];
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
async function must<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const result = await run([...args, '--json'], { env: operatorEnvironment() });
  if (result.code !== 0) throw new Error(`liaison ${args.join(' ')}: ${result.code} ${result.stderr}`);
  return result.json<T>();
}

function operatorEnvironment(): NodeJS.ProcessEnv {
  return { HUB_ID, DATABASE_URL: t.database.url, DATA_FOLDER: t.database.dataFolder };
}

function write(name: string, value: unknown): string {
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return name;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

/** A party as people make it: keys, a key set that the root signs, enrolment by the operator, a folder of its own. */
async function makeParty(agency: string, unit: string): Promise<void> {
  mkdirSync(join(folder, agency));
  for (const role of ['root', 'unit', 'client']) await must('keygen', role, '--out', `${agency}/${role}.key.json`);
  await must(
    'keyset',
    'build',
    '--agency',
    agency,
    '--hub-id',
    HUB_ID,
    '--seq',
    '1',
    '--root',
    `${agency}/root.pub.json`,
    '--key',
    `unit:${unit}:sig:alert,request,answer,feedback,recall=${agency}/unit.pub.json`,
    '--key',
    `unit:${unit}:auth=${agency}/client.pub.json`,
    '--out',
    `${agency}/keyset-1.payload.json`,
  );
  await must(
    'keyset',
    'sign',
    `${agency}/keyset-1.payload.json`,
    '--root',
    `${agency}/root.key.json`,
    '--out',
    `${agency}/keyset-1.json`,
  );
  const connection = { clearance: 1, maySeeNominal: true, maySubmit: true };
  const enrolment = write(`${agency}/enrolment.json`, {
    agency: {
      id: agency,
      kind: 'CUSTOMS',
      country: agency.slice(0, 2),
      nameEn: `${agency} customs`,
      nameVi: `Hải quan ${agency}`,
    },
    units: [{ id: unit, kind: 'ANTI_SMUGGLING', nameEn: `Unit ${unit}`, nameVi: `Đơn vị ${unit}`, connection }],
    roots: ['root.pub.json'],
    keySets: ['keyset-1.json'],
  });
  await must('enrol', '--file', enrolment);
  await must(
    'profile',
    '--home',
    `${agency}/home`,
    '--hub',
    t.url,
    '--agency',
    agency,
    '--unit',
    unit,
    '--client',
    `${agency}/client.key.json`,
    '--signing',
    `${agency}/unit.key.json`,
  );
}

/** The input of an alert from VN-CUS. */
function anInput(name: string, changes: object = {}): string {
  const { ref: _, ...body } = anAlertBody();
  return write(name, { to: ['TH-CUS'], handling: aHandling(AGREEMENT), body, ...changes });
}

const vn = ['--home', 'VN-CUS/home'];
const th = ['--home', 'TH-CUS/home'];

/** Composes, signs and submits; the ids, one for each addressee. */
async function send(name: string, kind = 'alert', input = anInput(`${name}.json`)): Promise<string[]> {
  await must('compose', kind, input, ...vn);
  await must('sign', `${name}.composition.json`, ...vn);
  const { submitted } = await must<{ submitted: { id: string }[] }>('submit', `${name}.signed.json`, ...vn);
  return submitted.map(({ id }) => id);
}

beforeAll(async () => {
  t = await startTestHub();
  folder = mkdtempSync(join(tmpdir(), 'liaison cli '));
  await makeParty('VN-CUS', 'VN-CUS-AS');
  await makeParty('TH-CUS', 'TH-CUS-LCB');
  await must(
    'enrol',
    '--file',
    write('agreement.json', {
      agreements: [
        {
          id: AGREEMENT,
          kind: 'BILATERAL',
          titleEn: 'Example',
          titleVi: 'Ví dụ',
          isExample: true,
          validFrom: '2020-01-01T00:00:00Z',
          parties: ['VN-CUS', 'TH-CUS'],
          languages: ['en', 'vi'],
          articles: [],
          assistanceTypes: ['ENQUIRY'],
          deadlineProfile: 'HUB_DEFAULT',
          nominalAllowed: true,
          evidenceRule: 'YES',
          onwardRule: 'NONE',
        },
      ],
    }),
  );
  const { fingerprint } = await must<{ fingerprint: string }>('keygen', 'root', '--out', 'other.key.json');
  expect(fingerprint).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  for (const home of [vn, th]) {
    for (const agency of ['VN-CUS', 'TH-CUS'])
      await must('pin', '--agency', agency, '--root', `${agency}/root.pub.json`, ...home);
  }
}, 120_000);

afterAll(async () => {
  await t.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Whatever tries to open a connection ends the process at once. */
const CUT = `
  import dgram from 'node:dgram'; import dns from 'node:dns'; import net from 'node:net'; import { syncBuiltinESMExports } from 'node:module';
  const cut = () => { process.stderr.write('tried the network'); process.exit(99); };
  net.Socket.prototype.connect = cut; net.Server.prototype.listen = cut; dgram.createSocket = cut; dns.lookup = cut;
  dns.promises.lookup = cut; globalThis.fetch = cut; syncBuiltinESMExports();`;

function withoutNetwork(): RunOptions {
  writeFileSync(join(folder, 'cut.mjs'), CUT);
  const canUnshare = spawnSync('unshare', ['-n', 'true']).status === 0;
  return { node: ['--import', join(folder, 'cut.mjs')], inside: canUnshare ? ['unshare', '-n'] : [] };
}

describe('two parties with nothing but the command line', () => {
  it('exchange an alert and prove it offline', async () => {
    const preview = await run(['compose', 'alert', anInput('first.json'), ...vn]);
    expect(preview.stdout).toContain('To TH-CUS:');
    expect(preview.stdout).toContain('TH-CUS-LCB Unit TH-CUS-LCB');
    expect(preview.stdout).toContain('The hub added: ref');

    const signed = await run(['sign', 'first.composition.json', ...vn]);
    expect(signed.stdout).toMatch(/from +VN-CUS-AS \(VN-CUS\)/);
    expect(signed.stdout).toContain(anAlertBody().title);
    expect(signed.stdout).toContain('H0 (only to prevent and fight crime)');

    const { submitted } = await must<{ submitted: { id: string; file: string }[] }>(
      'submit',
      'first.signed.json',
      ...vn,
    );
    const [{ id, file }] = submitted as [{ id: string; file: string }];
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(['text', 'parts', 'receipt']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await run(['submit', 'first.signed.json', ...vn]);
    expect(again.stdout).toContain('had been accepted before');

    const inbox = await run(['inbox', ...th]);
    expect(inbox.stdout).toContain(id);
    const found = await must<{ nodes: { id: string }[] }>('inbox', '--find', 'container=csqu 305438-3', ...th);
    expect(found.nodes.map((node) => node.id)).toContain(id);
    const outbox = await must<{ nodes: { id: string }[] }>('inbox', '--outbox', '--kind', 'alert', ...vn);
    expect(outbox.nodes.map((node) => node.id)).toContain(id);

    const shown = await run(['show', id, ...th]);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toMatch(new RegExp(`^VALID +alert ${id} of VN-CUS`));

    await must('export', id, '--out', 'first.bundle.json', ...th);
    const verified = await run(['verify', 'first.bundle.json', '--roots', 'TH-CUS/home/roots.json'], withoutNetwork());
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toContain('All 1 objects');
  });

  it('follow the feed, each change once, and go on where they stopped', async () => {
    const [first] = await send('feed-1');
    expect(await follow(first!)).toContain(first);
    const [second] = await send('feed-2');
    const next = await follow(second!);
    expect(next).toContain(second);
    expect(next).not.toContain(first);
    const { changes } = await must<{ changes: { objectId: string }[] }>('changes', ...th);
    expect(changes.map((change) => change.objectId)).toEqual(expect.arrayContaining([first, second]));
  });

  it('recall what was sent, and bundle it with what it answers', async () => {
    const [alert] = await send('recalled');
    const [recall] = await send('recall', 'recall', write('recall.json', { object: alert, body: aRecallBody() }));
    const { objects } = await must<{ objects: { id: string }[] }>(
      'export',
      recall!,
      '--out',
      'recall.bundle.json',
      ...vn,
    );
    expect(objects.map(({ id }) => id)).toEqual([recall, alert]);
    const verified = await run(['verify', 'recall.bundle.json', '--json', ...vn]);
    expect(verified.json()).toMatchObject({ valid: true, objects: [{ notes: [] }, { notes: [] }] });
    expect((await must<{ nodes: { id: string }[] }>('inbox', ...th)).nodes.map(({ id }) => id)).not.toContain(alert);
  });

  it('sign several compositions at once, each for one addressee', async () => {
    const input = anInput('several.json', { to: ['TH-CUS', 'TH-CUS-LCB'] });
    const ids = await send('several', 'alert', input);
    expect(ids).toHaveLength(2);
    expect(read<{ objects: { to: string[] }[] }>('several.signed.json').objects.map(({ to }) => to)).toEqual([
      ['TH-CUS'],
      ['TH-CUS-LCB'],
    ]);
  });

  it('publish a further key set, which others see verified', async () => {
    await must('keygen', 'unit', '--out', 'TH-CUS/spare.key.json');
    await must(
      'keyset',
      'build',
      '--agency',
      'TH-CUS',
      '--previous',
      'TH-CUS/keyset-1.json',
      ...th,
      '--key',
      'unit:TH-CUS-LCB:sig:alert=TH-CUS/spare.pub.json',
      '--out',
      'TH-CUS/keyset-2.payload.json',
    );
    await must(
      'keyset',
      'sign',
      'TH-CUS/keyset-2.payload.json',
      '--root',
      'TH-CUS/root.key.json',
      '--out',
      'TH-CUS/keyset-2.json',
    );
    expect(await must('keyset', 'publish', 'TH-CUS/keyset-2.json', ...th)).toMatchObject({
      agency: 'TH-CUS',
      seq: 2,
      keys: 3,
    });
    const shown = await run(['keyset', 'show', '--agency', 'TH-CUS', ...vn]);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain('Verified: 2 sets');
    const refused = await run(['keyset', 'publish', 'TH-CUS/keyset-2.json', ...vn]);
    expect(refused.code).toBe(3);
  });
});

/** Follows the feed of TH-CUS until this object comes, then stops it as Ctrl-C does. */
async function follow(id: string): Promise<string> {
  const child = spawn(process.execPath, [CLI, 'changes', '--follow', '--json', ...th], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  await new Promise<void>((done) => {
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
      if (stdout.includes(id) && stdout.endsWith('\n')) done();
    });
  });
  const mark = join(folder, 'TH-CUS/home/feed.json');
  while (!existsSync(mark)) await new Promise((wait) => setTimeout(wait, 10));
  await new Promise((wait) => setTimeout(wait, 100));
  child.kill('SIGINT');
  expect(await new Promise((done) => child.on('close', done))).toBe(0);
  return stdout;
}

describe('verification', () => {
  it('refuses an altered bundle with exit 6', async () => {
    const [id] = await send('altered');
    await must('export', id!, '--out', 'altered.bundle.json', ...th);
    const bundle = read<{ objects: { text: string }[] }>('altered.bundle.json');
    const outer = JSON.parse(bundle.objects[0]!.text) as { payload: string };
    const payload = Buffer.from(outer.payload, 'base64url').toString('utf8').replace('steel parts', 'scrap parts');
    outer.payload = Buffer.from(payload).toString('base64url');
    bundle.objects[0]!.text = JSON.stringify(outer);
    const result = await run(['verify', write('altered.json', bundle), '--json', ...th], withoutNetwork());
    expect(result.code).toBe(6);
    expect(result.json()).toMatchObject({ valid: false, objects: [{ verdict: 'INVALID', error: 'RECEIPT' }] });
  });

  it('refuses a bundle under other roots, other hub keys, or of another hub', async () => {
    const [id] = await send('roots');
    await must('export', id!, '--out', 'roots.bundle.json', ...th);
    const trust = read<{ roots: Record<string, unknown[]>; hubKeys: unknown[]; hub: string }>('TH-CUS/home/roots.json');
    const other = read<object>('other.pub.json');
    const cases: [object, string][] = [
      [{ ...trust, roots: { ...trust.roots, 'VN-CUS': [other] } }, 'KEYSET_ROOT'],
      [{ ...trust, roots: {} }, 'KEYSET_ROOT'],
      [{ ...trust, hubKeys: [other] }, 'KEY_UNKNOWN'],
    ];
    for (const [roots, error] of cases) {
      const result = await run(['verify', 'roots.bundle.json', '--roots', write('wrong.json', roots), '--json']);
      expect(result.code).toBe(6);
      expect(result.json()).toMatchObject({ valid: false, objects: [{ verdict: 'INVALID', error }] });
    }
    const elsewhere = await run([
      'verify',
      'roots.bundle.json',
      '--roots',
      write('wrong.json', { ...trust, hub: 'hub.other.example' }),
    ]);
    expect(elsewhere.code).toBe(6);
  });

  it('finds nothing good in an empty bundle, nor in something else', async () => {
    const empty = { v: 1, kind: 'bundle', hub: HUB_ID, objects: [], keySets: {}, hubKeys: [] };
    expect((await run(['verify', write('empty.json', empty), ...th])).code).toBe(6);
    expect((await run(['verify', write('no-bundle.json', { ...empty, kind: 'other' }), ...th])).code).toBe(6);
    expect((await run(['verify', write('no-json.json', 'x'), ...th])).code).toBe(2);
  });

  it('opens no connection: what cuts the network off here does cut', async () => {
    expect((await run(['inbox', ...th], withoutNetwork())).stderr).toContain('tried the network');
  });

  it('says so when the sender of an object was never pinned', async () => {
    const [id] = await send('unpinned');
    const { roots: _, ...trust } = read<{ roots: object }>('TH-CUS/home/roots.json');
    const kept = readFileSync(join(folder, 'TH-CUS/home/roots.json'), 'utf8');
    write('TH-CUS/home/roots.json', { ...trust, roots: {} });
    const shown = await run(['show', id!, ...th]);
    write('TH-CUS/home/roots.json', kept);
    expect(shown.code).toBe(6);
    expect(shown.stdout).toMatch(/^NOT VERIFIED/);
  });

  it('keeps no receipt that the pinned key of the hub did not sign', async () => {
    await must('compose', 'alert', anInput('receipt.json'), ...vn);
    await must('sign', 'receipt.composition.json', ...vn);
    const kept = readFileSync(join(folder, 'VN-CUS/home/roots.json'), 'utf8');
    write('VN-CUS/home/roots.json', { ...(JSON.parse(kept) as object), hubKeys: [read('other.pub.json')] });
    const result = await run(['submit', 'receipt.signed.json', ...vn]);
    write('VN-CUS/home/roots.json', kept);
    expect(result.code).toBe(6);
    const [object] = read<{ objects: { id: string }[] }>('receipt.signed.json').objects;
    expect(readdirSync(join(folder, 'VN-CUS/home/objects'))).not.toContain(`${object!.id}.object.json`);
  });
});

describe('keys', () => {
  it('are private files, are never replaced, and are refused once others can read them', async () => {
    expect(statSync(join(folder, 'VN-CUS/unit.key.json')).mode & 0o777).toBe(0o600);
    expect((await run(['keygen', 'unit', '--out', 'VN-CUS/unit.key.json'])).code).toBe(2);
    await must('compose', 'alert', anInput('open.json'), ...vn);
    chmodSync(join(folder, 'VN-CUS/unit.key.json'), 0o640);
    const refused = await run(['sign', 'open.composition.json', ...vn]);
    chmodSync(join(folder, 'VN-CUS/unit.key.json'), 0o600);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('chmod 600');
    expect(existsSync(join(folder, 'open.signed.json'))).toBe(false);
  });

  it('serve one use each, and only their public half travels', async () => {
    await must('compose', 'alert', anInput('roles.json'), ...vn);
    const wrong = await run(['sign', 'roles.composition.json', '--key', 'VN-CUS/client.key.json', ...vn]);
    expect(wrong).toMatchObject({ code: 2 });
    const build = ['keyset', 'build', '--agency', 'VN-CUS', '--hub-id', HUB_ID, '--root'];
    expect((await run([...build, 'VN-CUS/root.key.json'])).stderr).toContain('must not travel');
    expect((await run([...build, 'VN-CUS/client.pub.json'])).code).toBe(2);
    const printed = await run(['keygen', 'client', '--out', 'printed.key.json', '--alg', 'ES256', '--json']);
    expect(printed.stdout).not.toContain(read<{ d: string }>('printed.key.json').d);
    expect(printed.json()).toMatchObject({ alg: 'ES256', role: 'client' });
  });

  it('stay in a security module that signs by a command', async () => {
    const script = write(
      'signer.mjs',
      `import { createPrivateKey, sign } from 'node:crypto'; import { readFileSync } from 'node:fs';
       const key = createPrivateKey({ key: JSON.parse(readFileSync('VN-CUS/unit.key.json', 'utf8')), format: 'jwk' });
       process.stdout.write(sign(null, readFileSync(0), key));`,
    );
    await must('compose', 'alert', anInput('module.json'), ...vn);
    const signer = ['--key', 'VN-CUS/unit.pub.json', '--signer'];
    await must('sign', 'module.composition.json', ...signer, `exec:"${process.execPath}" ${script}`, ...vn);
    await must('submit', 'module.signed.json', ...vn);

    const short = await run([
      'sign',
      'module.composition.json',
      '--out',
      'no.json',
      ...signer,
      'exec:echo nothing',
      ...vn,
    ]);
    expect(short).toMatchObject({ code: 1 });
    const zeros = await run([
      'sign',
      'module.composition.json',
      '--out',
      'no.json',
      ...signer,
      'exec:head -c 64 /dev/zero',
      ...vn,
    ]);
    expect(zeros).toMatchObject({ code: 6 });
    expect(existsSync(join(folder, 'no.json'))).toBe(false);
  });

  it('are pinned by a fingerprint that was read out, or not at all', async () => {
    const { roots } = await must<{ roots: { roots: string[] }[] }>('enrol', '--file', 'VN-CUS/enrolment.json');
    const spoken = roots[0]!.roots[0]!.toUpperCase().replaceAll(' ', ':');
    const home = ['--home', 'pinning'];
    await must(
      'profile',
      '--hub',
      t.url,
      '--agency',
      'TH-CUS',
      '--unit',
      'TH-CUS-LCB',
      ...home,
      '--client',
      'TH-CUS/client.key.json',
      '--signing',
      'TH-CUS/unit.key.json',
    );
    expect(
      (await run(['pin', '--agency', 'VN-CUS', '--fingerprint', spoken.replace(/^./, '0'), ...home])).code,
    ).not.toBe(0);
    expect((await run(['pin', '--agency', 'TH-CUS', '--fingerprint', spoken, ...home])).code).toBe(6);
    await must('pin', '--agency', 'VN-CUS', '--fingerprint', spoken, ...home);
    expect((await run(['pin', '--agency', 'VN-CUS', '--root', 'other.pub.json', ...home])).code).toBe(3);
  });
});

describe('a hub that is not to be trusted', () => {
  /** A composition as a false hub could have made it. */
  async function forged(
    name: string,
    change: (composition: { text: string; signing: { signingInput: string }[] }) => void,
  ) {
    await must('compose', 'alert', anInput(`${name}.json`), ...vn);
    const file = read<{ compositions: { text: string; signing: { signingInput: string }[] }[] }>(
      `${name}.composition.json`,
    );
    change(file.compositions[0]!);
    return run(['sign', write(`${name}.composition.json`, file), ...vn]);
  }

  it('gets no signature over other words than those shown', async () => {
    const text = await forged('forged-text', (composition) => {
      composition.text = composition.text.replace('TH-CUS', 'LA-CUS');
    });
    expect(text.code).toBe(6);
    const input = await forged('forged-input', (composition) => {
      composition.signing[0]!.signingInput = composition.signing[0]!.signingInput.replace(/.$/, 'A');
    });
    expect(input.code).toBe(6);
  });

  it('gets no signature for another unit', async () => {
    await must('compose', 'alert', anInput('other-unit.json'), ...vn);
    expect((await run(['sign', 'other-unit.composition.json', '--key', 'VN-CUS/unit.key.json', ...th])).code).toBe(6);
  });
});

describe('personal details', () => {
  it('are shown on demand and never otherwise', async () => {
    const { ref: _, ...body } = aPersonAlertBody();
    const name = someNominalData().parties[0]!.names[0]!.text;
    const input = anInput('nominal.json', { body, nominal: someNominalData() });
    const composed = await run(['compose', 'alert', input, '--json', ...vn]);
    const signed = await run(['sign', 'nominal.composition.json', '--text', ...vn]);
    const submitted = await run(['submit', 'nominal.signed.json', '--json', ...vn]);
    const [{ id }] = submitted.json<{ submitted: [{ id: string }] }>().submitted;
    const shown = await run(['show', id, ...th]);
    const exported = await run(['export', id, '--out', 'nominal.bundle.json', ...th]);
    for (const { code, stdout, stderr } of [composed, signed, submitted, shown, exported]) {
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(name);
    }
    expect((await run(['show', id, '--nominal', ...th])).stdout).toContain(name);
    expect(exported.stdout).toContain('personal details');
    expect(readFileSync(join(folder, 'nominal.bundle.json'), 'utf8')).toContain('nominal');
    expect((await run(['verify', 'nominal.bundle.json', '--json', ...th])).json()).toMatchObject({
      objects: [{ notes: [] }],
    });
    await must('export', id, '--without-parts', '--out', 'bare.bundle.json', ...th);
    const bare = await run(['verify', 'bare.bundle.json', '--json', ...th]);
    expect(bare).toMatchObject({ code: 0 });
    expect(bare.json()).toMatchObject({ objects: [{ notes: ['PART_WITHHELD'] }] });
  });
});

describe('how it ends', () => {
  it('3 when the policy or the hub refuses, with the reasons', async () => {
    const refused = await run(['compose', 'alert', anInput('refused.json', { to: ['TH-CUS', 'XX-CUS'] }), ...vn]);
    expect(refused.code).toBe(3);
    expect(refused.stdout).toContain('REFUSED (ADDRESSEE)');
    expect(existsSync(join(folder, 'refused.composition.json'))).toBe(false);

    const { ref: _, ...body } = anAlertBody({ title: undefined });
    const wrong = await run([
      'compose',
      'alert',
      anInput('wrong-body.json', { body: { ...body, hsx: 1 } }),
      '--json',
      ...vn,
    ]);
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    expect(JSON.parse(wrong.stderr)).toMatchObject({ error: { exitCode: 3, code: 'BAD_REQUEST' } });
    const late = anInput('late.json', { body: { ...anAlertBody(), validTo: '2020-01-01T00:00:00Z' } });
    const problems = JSON.parse((await run(['compose', 'alert', late, '--json', ...vn])).stderr) as {
      error: { problems: unknown[] };
    };
    expect(problems.error.problems).not.toHaveLength(0);
    expect((await run(['show', crypto.randomUUID(), ...th])).code).toBe(3);
  });

  it('4 when the hub does not know the key', async () => {
    await must('keygen', 'client', '--out', 'stranger.key.json');
    const party = [
      '--agency',
      'VN-CUS',
      '--unit',
      'VN-CUS-AS',
      '--signing',
      'VN-CUS/unit.key.json',
      '--home',
      'stranger',
    ];
    const result = await run(['profile', '--hub', t.url, '--client', 'stranger.key.json', ...party]);
    expect(result.code).toBe(4);
    expect(existsSync(join(folder, 'stranger/profile.json'))).toBe(false);
  });

  it('5 when no hub answers', async () => {
    for (const [i, hub] of ['http://localhost:1', 'https://hub.invalid', `${t.url}/elsewhere`].entries()) {
      const home = `nowhere-${i}`;
      mkdirSync(join(folder, home));
      const profile = { ...read<object>('VN-CUS/home/profile.json'), hub };
      write(`${home}/profile.json`, { ...profile, clientKey: '../VN-CUS/client.key.json' });
      const result = await run(['inbox', '--home', home]);
      expect(result.code).toBe(5);
      expect(result.stderr).toContain('cannot be reached');
    }
  });

  it('2 when the command line or a file is not right', async () => {
    const wrong = [
      ['nothing'],
      ['show'],
      ['show', 'x'],
      ['inbox', '--first', '0'],
      ['sign', 'nowhere.json'],
      ['inbox', '--home', 'empty'],
      [],
    ];
    for (const args of wrong) expect((await run(args)).code).toBe(2);
    expect(
      (
        await run([
          'profile',
          '--hub',
          'http://hub.example',
          '--agency',
          'A',
          '--unit',
          'B',
          '--client',
          'VN-CUS/client.key.json',
          '--signing',
          'VN-CUS/unit.key.json',
          '--home',
          'clear',
        ])
      ).code,
    ).toBe(2);
  });

  it('speaks Vietnamese when asked', async () => {
    expect((await run(['inbox', '--home', 'empty', '--lang', 'vi'])).stderr).toContain('Không có hồ sơ');
    expect((await run(['--help'], { env: { LANG: 'vi_VN.UTF-8' } })).stdout).toContain('Cách dùng:');
  });

  it('explains itself: every command has help with an example', async () => {
    const commands = [
      'compose',
      'sign',
      'submit',
      'inbox',
      'changes',
      'show',
      'export',
      'verify',
      'keygen',
      'keyset',
      'profile',
      'pin',
      'init',
      'enrol',
      'help',
    ];
    const nested = ['build', 'sign', 'publish', 'show'].map((name) => ['keyset', name]);
    for (const words of [[], ...commands.map((name) => [name]), ...nested]) {
      const { code, stdout } = await run([...words, '--help']);
      expect({ words, code }).toEqual({ words, code: 0 });
      expect(stdout).toMatch(/Example:\n +(.*=\S+ )*liaison /);
    }
    const listed = (await run(['--help'])).stdout;
    for (const name of commands) expect(listed).toContain(`  ${name} `);
    expect((await run(['help', 'exit-codes'])).stdout).toContain('6  verification failed');
    expect((await run(['help', 'verify'])).stdout).toContain('liaison verify bundle.json');
  }, 60_000);
});

describe("the operator's commands", () => {
  it('make a database ready, again and again', async () => {
    const result = await must<{ hub: string; migrations: number; hubKeys: string[] }>(
      'init',
      '--hub-key-out',
      'hub.pub.json',
    );
    expect(result).toMatchObject({ hub: HUB_ID, isEmbedded: false });
    expect(result.migrations).toBeGreaterThan(5);
    const home = ['--home', 'by-hand'];
    const party = [
      '--agency',
      'VN-CUS',
      '--unit',
      'VN-CUS-AS',
      '--client',
      'VN-CUS/client.key.json',
      '--signing',
      'VN-CUS/unit.key.json',
    ];
    const { hubKeys } = await must<{ hubKeys: string[] }>(
      'profile',
      '--hub',
      t.url,
      ...party,
      '--hub-id',
      HUB_ID,
      '--hub-key',
      'hub.pub.json',
      ...home,
    );
    expect(hubKeys).toEqual(result.hubKeys);
  });

  it('enrol no keys that the roots did not sign, and name what is missing', async () => {
    const enrolment = read<{ agency: { id: string } }>('VN-CUS/enrolment.json');
    const foreign = write('VN-CUS/foreign.json', { ...enrolment, roots: ['../other.pub.json'] });
    const result = await run(['enrol', '--file', foreign], { env: operatorEnvironment() });
    expect(result.code).toBe(6);
    const { agency: _, ...rest } = enrolment;
    const empty = write('VN-CUS/empty.json', { ...rest, agencies: [{ units: [] }] });
    expect((await run(['enrol', '--file', empty], { env: operatorEnvironment() })).stderr).toContain(
      '/agencies/0/agency/id',
    );
  });

  it('leave the database of a running hub alone', async () => {
    const held = join(folder, 'held');
    mkdirSync(held);
    await takeLock(join(held, 'hub.lock'));
    const result = await run(['init'], { env: { DATA_FOLDER: held } });
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('Stop it first');
  });
});
