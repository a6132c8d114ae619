import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE, readJson, writeJson } from '../../cli/files.js';
import { demoFolder } from './parties.js';

/** What was made, and what to look at first. */
export interface WorldSummary {
  /** When it was finished, RFC 3339. */
  madeAt: string;
  seed: string;
  counts: {
    agencies: number;
    units: number;
    /** Alerts, without their newer versions. */
    alerts: number;
    newerVersions: number;
    requests: number;
    answers: number;
    /** Everything that was signed and sent. */
    objects: number;
  };
  first: {
    /** About to arrive; read by the unit it was sent to. */
    flash: { id: string; unit: string };
    /** Waits for an answer. */
    waiting: { id: string; unit: string };
    /** What was recalled, and the recall. */
    recall: { id: string; recalled: string; unit: string };
  };
}

/** Whether there is a world: the summary is written last, so without it one that was begun is only half there. */
export function worldState(dataFolder: string): 'none' | 'half' | WorldSummary {
  const file = worldFile(dataFolder);
  if (existsSync(file)) return readJson(file) as WorldSummary;
  return existsSync(demoFolder(dataFolder)) ? 'half' : 'none';
}

export function writeWorld(dataFolder: string, summary: WorldSummary): void {
  writeJson(worldFile(dataFolder), summary, PRIVATE);
}

function worldFile(dataFolder: string): string {
  return join(demoFolder(dataFolder), 'world.json');
}
