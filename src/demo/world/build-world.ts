import type { EntityManager } from 'typeorm';
import { enrolAgreement } from '../../operator/agreements.js';
import { enrolAgency, enrolCommunity } from '../../operator/enrolment.js';
import type { WorldAct } from './acts.js';
import { AGREEMENTS } from './agreements.js';
import { FLASH_KEY, RECALL_KEY, RECALLED_KEY } from './alerts.js';
import { AGENCIES, MEKONG_GROUP } from './directory.js';
import { demoFolder, obtainParties, writeProfiles, type WorldParties } from './parties.js';
import { planWorld } from './plan.js';
import { Player } from './player.js';
import { WAITING_KEY } from './requests.js';
import { WAITING } from './scenarios/requests.js';
import { FLASH_ROUTE } from './scenarios/routes.js';
import { MISTAKEN_PERSON } from './scenarios/persons.js';
import { type WorldSummary, worldState, writeWorld } from './world-file.js';

/** A demonstration hub that runs in this process, and where its world is to be made. */
export interface WorldOptions {
  /** Address of the hub as it knows itself. */
  url: string;
  hubId: string;
  /** Runs work as the operator's role. */
  asOperator: <T>(work: (tx: EntityManager) => Promise<T>) => Promise<T>;
  /** Sets the hub's simulated clock; null returns to wall time. */
  setClock: (instant: Date | null) => void;
  dataFolder: string;
  /** The same seed makes the same world; keys and ids are always fresh. */
  seed?: string;
  /** How many of the objects have been sent. */
  onProgress?: (done: number, total: number) => void;
}

const SEED = 'mekong';

/**
 * Makes the demonstration's world on a hub without parties: enrols the agencies and lets their units exchange alerts and requests over
 * the last two days, through the public API and with real signatures. Throws for a world that was only begun: forget its data first.
 */
export async function buildWorld(options: WorldOptions): Promise<WorldSummary> {
  const { url, hubId, dataFolder, seed = SEED, onProgress } = options;
  if (!hubId.startsWith('demo.')) throw new Error('Only a demonstration hub has a fictional world');
  if (worldState(dataFolder) !== 'none')
    throw new Error(`There is a world in ${demoFolder(dataFolder)} already, or half of one`);

  const acts = planWorld(seed, new Date());
  onProgress?.(0, acts.length);
  const parties = await obtainParties(dataFolder, hubId);
  await enrolAll(options, parties);
  const { setClock } = options;
  const player = new Player({ url, hubId, setClock, ...(onProgress && { onPlayed: onProgress }) }, parties.parties);
  const hubKeys = await player.clientOf(MISTAKEN_PERSON.unit).hubKeys();
  writeProfiles(parties, { url, hubId, hubKeys });
  try {
    await player.play(acts);
  } finally {
    setClock(null);
  }

  const summary = summaryOf(seed, acts, player);
  writeWorld(dataFolder, summary);
  return summary;
}

/** Writes the address of the hub into the units' folders anew: it may have another port than last time. */
export async function renewProfiles({
  url,
  hubId,
  dataFolder,
}: Pick<WorldOptions, 'url' | 'hubId' | 'dataFolder'>): Promise<void> {
  const parties = await obtainParties(dataFolder, hubId);
  const hubKeys = await new Player({ url, hubId, setClock: () => undefined }, parties.parties)
    .clientOf(MISTAKEN_PERSON.unit)
    .hubKeys();
  writeProfiles(parties, { url, hubId, hubKeys });
}

/** Enrols the agencies of the demonstration, their group and their agreements. */
export async function enrolAll(
  { hubId, asOperator }: Pick<WorldOptions, 'hubId' | 'asOperator'>,
  { trust }: WorldParties,
): Promise<void> {
  await asOperator(async (tx) => {
    for (const { agency, root, keySets } of trust) {
      await enrolAgency(tx, hubId, { ...agency, roots: [root], keySets });
    }
    await enrolCommunity(tx, MEKONG_GROUP);
    for (const agreement of AGREEMENTS) {
      await enrolAgreement(tx, agreement);
    }
  });
}

function summaryOf(seed: string, acts: readonly WorldAct[], { idOf }: Player): WorldSummary {
  const keysOf = (kind: WorldAct['kind']): string[] => acts.filter((act) => act.kind === kind).map(({ key }) => key);
  const newer = keysOf('alert').filter((key) => key.endsWith(', newer')).length;
  return {
    madeAt: new Date().toISOString(),
    seed,
    counts: {
      agencies: AGENCIES.length,
      units: AGENCIES.flatMap(({ units }) => units).length,
      alerts: keysOf('alert').length - newer,
      newerVersions: newer,
      requests: keysOf('request').filter((key) => !key.includes(',')).length,
      answers: keysOf('answer').length,
      objects: acts.length,
    },
    first: {
      flash: { id: idOf(FLASH_KEY), unit: FLASH_ROUTE.to },
      waiting: { id: idOf(WAITING_KEY), unit: WAITING.answers },
      recall: { id: idOf(RECALL_KEY), recalled: idOf(RECALLED_KEY), unit: MISTAKEN_PERSON.unit },
    },
  };
}
