import { join, relative } from 'node:path';
import type { Environment } from '../../config/environment.js';
import type { Clock } from '../common/clock.js';
import {
  type Language,
  languageOf,
  message,
  type MessageKey,
  type MessageParams,
} from '../common/messages/messages.js';
import type { HubDatabase } from '../database/hub-database.js';
import { exampleCurl } from './example.js';
import { buildWorld, renewProfiles } from './world/build-world.js';
import { worldState } from './world/world-file.js';

const DAY_MS = 86_400_000;

/** Makes the demonstration world when there is none, and tells a newcomer what to try first: at most twelve lines. */
export async function welcome(
  environment: Environment,
  hub: { url: string; clock: Clock },
  database: HubDatabase,
): Promise<void> {
  const language = languageOf((process.env['LC_ALL'] ?? process.env['LANG'] ?? 'en').replace('_', '-'));
  const say = (key: MessageKey, params: MessageParams = {}): void => print(`${message(key, language, params)}\n`);

  const options = {
    url: hub.url,
    hubId: environment.HUB_ID,
    asOperator: database.asOperator,
    setClock: (instant: Date | null) => hub.clock.set(instant),
    dataFolder: environment.DATA_FOLDER,
    onProgress: progressIn(language),
  };
  const known = worldState(environment.DATA_FOLDER);
  if (known === 'half') throw new Error(message('demo.half', language));
  if (known !== 'none') await renewProfiles(options);
  const state = known === 'none' ? await buildWorld(options) : known;

  say('demo.ready', { url: hub.url });
  say('demo.counts', { ...state.counts });
  say('demo.first');
  print(`  ${exampleCurl(hub.url)}\n`);
  say('demo.then', { home: shortPath(join(environment.DATA_FOLDER, 'demo', 'TH-CUS-LCB')) });
  const days = Math.floor((Date.now() - new Date(state.madeAt).getTime()) / DAY_MS);
  if (days >= 1) say('demo.old', { days });
  say('demo.stop');
}

/** From here, where that does not lead out of here first. */
function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}

function print(text: string): void {
  process.stdout.write(text);
}

/** One line that is written over; on a terminal only. */
function progressIn(language: Language): (done: number, total: number) => void {
  return (done, total) => {
    if (!process.stdout.isTTY) return;
    const end = done === total ? '\r\u001b[K' : '';
    print(`\r${message('demo.making', language, { done, total })}${end}`);
  };
}
