import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PROJECT_FOLDER, readEnvironment } from '../../config/environment.js';
import { placeForData } from '../embedded-database/place-for-data.js';
import { type Exchanged, tryForbiddenReads } from './story/exchanged.js';
import { Party } from './story/party.js';
import { type Cast, story218LP, storyCigars, storyM918 } from './story/stories.js';
import { alteredCopies, countGenuine, exportBundle } from './story/verify-offline.js';

const USAGE = `npm run demo [-- --homes <folder>]
npm run demo -- year [--seed <word>] [--small]

Replays how administrations exchange an alert and a request on a running demonstration hub, each party in a process of its own
with its own keys; tries every forbidden read; verifies every object offline. Starts a hub when none runs.
  --homes  the folder with the parties' homes (default: the demonstration's)

year: a year of requests and alerts among seven administrations, on a hub of its own with a simulated clock; then who owes what since when, the
year's figures, and every object verified offline. Takes a few minutes.
  --seed   another word makes another year
  --small  a tenth of it
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** A hub that we started because none ran. */
interface OwnHub {
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      homes: { type: 'string' },
      seed: { type: 'string' },
      small: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    say(USAGE);
    return;
  }
  if (positionals.length > 1 || (positionals[0] ?? 'year') !== 'year') throw new Error(USAGE);
  if (positionals[0] === 'year') {
    process.exitCode = await playYear([values.seed ?? 'mekong', values.small ? 'small' : 'whole']);
    return;
  }
  const environment = readEnvironment();
  const homes = values.homes ?? join(placeForData(PROJECT_FOLDER, environment.DATA_FOLDER), 'demo');
  const hub = (await isServed(homes)) ? null : await startHub(homes);
  const cast = await assemble(homes);
  try {
    await play(cast);
  } finally {
    for (const party of Object.values(cast)) party.stop();
    await hub?.stop();
  }
}

async function play(cast: Cast): Promise<void> {
  const parties: Party[] = Object.values(cast);
  say(
    `${parties.length} parties, each in its own process with its own keys: ${parties.map((party) => party.unit).join(', ')}\n`,
  );
  const exchanged = [
    ...(await storyM918(cast, say)),
    ...(await story218LP(cast, say)),
    ...(await storyCigars(cast, say)),
  ];

  const tried = await tryForbiddenReads(exchanged, parties);
  say(`\nForbidden reads: ${tried} tried, every answer was byte for byte that for an id that does not exist.`);

  const { verified, total, refused, altered } = await verifyAll(exchanged);
  say(`verified ${verified} of ${total} objects offline, refused ${refused} of ${altered} altered copies`);
  if (verified !== total || refused !== altered || total < 12 || altered < total) process.exitCode = 1;
}

/** The year has a hub in its own process, whose clock it sets. */
async function playYear(args: readonly string[]): Promise<number> {
  const program = fileURLToPath(new URL('../year.js', import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** Each object is exported by a recipient (by its sender, where it was recalled) and verified with that party's pinned roots. */
async function verifyAll(
  exchanged: readonly Exchanged[],
): Promise<{ verified: number; total: number; refused: number; altered: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'liaison-demo-'));
  const result = { verified: 0, total: 0, refused: 0, altered: 0 };
  try {
    const byVerifier = Map.groupBy(
      exchanged,
      ({ readers, sender }) => readers.find((reader) => reader !== sender) ?? sender,
    );
    for (const [verifier, objects] of byVerifier) {
      const ids = objects.map((object) => object.id);
      const file = join(folder, `${verifier.unit}.json`);
      const bundle = await exportBundle(verifier.home, ids, file);
      const { genuine } = await countGenuine(verifier.home, file);
      result.total += ids.length;
      result.verified += ids.filter((id) => genuine.has(id)).length;
      for (const copy of alteredCopies(bundle, folder)) {
        const judged = await countGenuine(verifier.home, copy);
        result.altered += judged.total;
        result.refused += judged.total - judged.genuine.size;
      }
    }
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function assemble(homes: string): Promise<Cast> {
  const [vietNam, china, philippines, rilo, laos, unodc] = await Promise.all(
    ['VN-CUS-AS', 'CN-CUS-AS', 'PH-CUS-INV', 'KR-RILOAP-LO', 'LA-CUS-AS', 'AT-UNODC-CCP'].map((unit) =>
      Party.start(homes, unit),
    ),
  );
  return { vietNam: vietNam!, china: china!, philippines: philippines!, rilo: rilo!, laos: laos!, unodc: unodc! };
}

/** Whether the hub that these homes belong to answers. */
async function isServed(homes: string): Promise<boolean> {
  const file = join(homes, 'VN-CUS-AS', 'profile.json');
  if (!existsSync(file) || !existsSync(join(homes, 'world.json'))) return false;
  const { hub } = JSON.parse(readFileSync(file, 'utf8')) as { hub: string };
  return fetch(`${hub}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Starts the demonstration hub as its own process and waits until its world is made. */
async function startHub(homes: string): Promise<OwnHub> {
  say('No hub is running: starting one for this demonstration (on a new machine its world is made first).');
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let second = 0; second < 120; second += 1) {
    if (child.exitCode !== null) throw new Error('The hub could not be started');
    if (await isServed(homes)) {
      return {
        stop: async () => {
          child.kill('SIGTERM');
          await ended;
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  child.kill('SIGTERM');
  throw new Error('The hub was not ready after a minute');
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
