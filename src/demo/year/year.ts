import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, readEnvironment } from '../../../config/environment.js';
import type { Clock } from '../../common/clock.js';
import { openHubDatabase } from '../../database/hub-database.js';
import { countGenuine, exportBundle } from '../story/verify-offline.js';
import { DAY, later } from '../world/acts.js';
import { enrolAll } from '../world/build-world.js';
import { agencyOfUnit } from '../world/directory.js';
import { obtainParties, type WorldParties, writeProfiles } from '../world/parties.js';
import { Player, readCondition } from '../world/player.js';
import { overdueLines, readYear, statisticsLines, type YearOnRecord } from './year-record.js';
import { OFFICES, planYear, type YearAct, type YearSize } from './year-plan.js';

/** A hub that serves the year, with its simulated clock. */
export interface YearHub {
  url: string;
  clock: Clock;
  /** Does what is due by the clock. */
  sweep(): Promise<unknown>;
  stop(): Promise<void>;
}

export type StartHub = (environment: Environment, databaseUrl: string) => Promise<YearHub>;

const HUB_ID = 'demo.year.localhost';
const EXPORTED_AT_ONCE = 100;

/**
 * A year among seven administrations on a hub and a database of its own, in a few minutes of simulated time, all through the public API;
 * then what is overdue, the year's figures, and every object verified offline. Answers whether everything held.
 */
export async function playYear(
  startHub: StartHub,
  { seed, size, say }: { seed: string; size: YearSize; say: (text: string) => void },
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'liaison-year-'));
  const environment = readEnvironment({ HUB_ID, PORT: '0', DATA_FOLDER: folder, LOG_LEVEL: 'error', ...GENEROUS });
  const database = await openHubDatabase(environment);
  try {
    const hub = await startHub(environment, database.url);
    try {
      const parties = await obtainParties(folder, HUB_ID);
      await enrolAll({ hubId: HUB_ID, asOperator: database.asOperator }, parties);
      return await play(hub, { folder, parties, seed, size, say });
    } finally {
      await hub.stop();
    }
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One machine does in minutes what seven administrations do in a year. */
const GENEROUS = {
  POINTS_PER_MINUTE: '1000000000',
  NOT_FOUND_PER_MINUTE: '1000000',
  FAILED_TOKENS_PER_MINUTE: '1000000',
};

interface Stage {
  folder: string;
  parties: WorldParties;
  seed: string;
  size: YearSize;
  say: (text: string) => void;
}

async function play(hub: YearHub, { folder, parties, seed, size, say }: Stage): Promise<boolean> {
  const player = new Player({ url: hub.url, hubId: HUB_ID, setClock: (at) => hub.clock.set(at) }, parties.parties);
  const hubKeys = await player.clientOf(OFFICES[0]!).hubKeys();
  writeProfiles(parties, { url: hub.url, hubId: HUB_ID, hubKeys });
  const begin = new Date(Math.ceil(Date.now() / 1_000) * 1_000);
  const acts = planYear(seed, begin, size);
  const years = `${begin.toISOString().slice(0, 10)} to ${later(begin, 365 * DAY)
    .toISOString()
    .slice(0, 10)}`;
  say(`A year of simulated time, ${years}: ${acts.length} acts of ${OFFICES.map(agencyOfUnit).join(', ')}`);

  const sent = await playActs(hub, player, { begin, acts, say });
  const record = await readYear(player, sent);
  say('');
  for (const line of [...statisticsLines(record), '', ...overdueLines(record), '']) say(line);
  const verified = await verify(sent, parties, folder);
  say(`Every state possible: ${record.impossible.length === 0 ? 'yes' : record.impossible.join('; ')}`);
  say(`verified ${verified} of ${sent.length} objects offline`);
  return record.impossible.length === 0 && verified === sent.length;
}

/** What was sent in the year, by whom and to whom. */
export type Sent = YearOnRecord['sent'][number];

/** Plays the acts in their order. The hub looks at its clocks every simulated day, as it does every 15 seconds of a real one. */
async function playActs(
  hub: YearHub,
  player: Player,
  { begin, acts, say }: { begin: Date; acts: readonly YearAct[]; say: (text: string) => void },
): Promise<Sent[]> {
  const sent: Sent[] = [];
  let done = 0;
  for (let day = 0; day <= 365; day += 1) {
    const until = later(begin, day * DAY);
    for (; done < acts.length && acts[done]!.at <= until; done += 1) {
      const act = acts[done]!;
      hub.clock.set(act.at);
      await hub.sweep();
      if ('opens' in act) {
        const client = player.clientOf(act.unit);
        await readCondition(client, player.idOf(act.opens));
        await client.open(player.idOf(act.opens));
      } else {
        const { kind, key, unit } = act.sends;
        sent.push({ id: await player.send(act.sends), kind, name: key, unit });
      }
    }
    hub.clock.set(until);
    await hub.sweep();
    if (day % 73 === 0 && day > 0) say(`  day ${day}: ${sent.length} objects sent`);
  }
  return sent;
}

/** Each object is exported by its sender and verified in a process without network, with the roots that were pinned at enrolment. */
async function verify(sent: readonly Sent[], { parties }: WorldParties, folder: string): Promise<number> {
  let verified = 0;
  for (const [unit, own] of Map.groupBy(sent, (each) => each.unit)) {
    const { home } = parties.get(unit)!;
    for (let i = 0; i < own.length; i += EXPORTED_AT_ONCE) {
      const ids = own.slice(i, i + EXPORTED_AT_ONCE).map(({ id }) => id);
      const file = join(folder, 'bundle.json');
      await exportBundle(home, ids, file);
      const { genuine } = await countGenuine(home, file);
      verified += ids.filter((id) => genuine.has(id)).length;
    }
  }
  return verified;
}
