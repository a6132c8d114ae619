import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubClient } from '../cli/client.js';
import { HubIdentity } from '../common/hub-identity.js';
import type { KeyPair } from '../protocol/keys.js';

const UNIT = /^[A-Z]{2}(-[A-Z0-9]{1,12}){2,4}$/;

/** Signs in as one of the demonstration's units with the key that lies in the data folder. */
export class DemoTokens {
  constructor(
    private readonly folder: string,
    private readonly hub: HubIdentity,
  ) {}

  /** A token for this unit, undefined when the demonstration has no such unit. */
  async obtain(unit: string): Promise<string | undefined> {
    const file = join(this.folder, unit, 'client.key.json');
    if (!UNIT.test(unit) || !existsSync(file)) return undefined;
    const client = JSON.parse(readFileSync(file, 'utf8')) as KeyPair;
    return new HubClient({ url: this.hub.publicUrl, unit, clientKey: client }).token();
  }
}
