import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readPrivateKey } from '../cli/key-files.js';
import { tokenRequest } from '../cli/sign-in.js';
import { HubIdentity } from '../common/hub-identity.js';

const UNIT = /^[A-Z]{2}(-[A-Z0-9]{1,12}){2,4}$/;

/** Signs in as one of the demonstration's units with the key that lies in the data folder. */
export class DemoTokens {
  constructor(
    private readonly folder: string,
    private readonly hub: HubIdentity,
  ) {}

  /** The unit's folder for the command line, as seen from where the hub was started. */
  homeOf(unit: string): string {
    return relative(process.cwd(), join(this.folder, unit));
  }

  /** A token for this unit, undefined when the demonstration has no such unit. */
  async obtain(unit: string): Promise<string | undefined> {
    const file = join(this.folder, unit, 'client.key.json');
    if (!UNIT.test(unit) || !existsSync(file)) return undefined;
    const { privateJwk } = await readPrivateKey(file, 'client');
    const response = await fetch(`${this.hub.publicUrl}/oidc/token`, {
      method: 'POST',
      body: await tokenRequest(this.hub.publicUrl, unit, privateJwk),
    });
    return ((await response.json()) as { access_token?: string }).access_token;
  }
}
