import type { Environment } from '../../config/environment.js';
import type { HubDatabase } from '../database/hub-database.js';
import type { RunningHub } from '../hub.js';

/** What a newcomer sees. */
export async function welcome(_environment: Environment, hub: RunningHub, _database: HubDatabase): Promise<void> {
  process.stdout.write(`Liaison Hub serves ${hub.url}\n`);
}
