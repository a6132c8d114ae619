import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readPrivateKey } from '../cli/key-files.js';
import { UnitSession } from '../cli/unit-session.js';
import { HubIdentity } from '../common/hub-identity.js';

const UNIT = /^[A-Z]{2}(-[A-Z0-9]{1,12}){2,4}$/;

/**
 * Signs in as one of the demonstration's units, with the key that lies in the data folder, for programs that cannot make a proof of
 * possession: curl. It is a client like any other and opens no second way in: the hub checks its token and proof like everybody's.
 *
 * Outside a demonstration it cannot exist: no hub has a unit's private key but one whose units are fictional. Such a hub's id begins with
 * `demo.`, it listens on this machine only, and on any other hub neither this class nor its route is there.
 */
export class DemoSignIn {
  constructor(
    private readonly folder: string,
    private readonly hub: HubIdentity,
  ) {}

  /** The unit's folder for the command line, as seen from where the hub was started. */
  homeOf(unit: string): string {
    return relative(process.cwd(), join(this.folder, unit));
  }

  /** The headers that sign one `POST /graphql` as this unit, undefined when the demonstration has no such unit. */
  async headersFor(unit: string): Promise<{ authorization: string; dpop: string } | undefined> {
    const file = join(this.folder, unit, 'client.key.json');
    if (!UNIT.test(unit) || !existsSync(file)) return undefined;
    const { privateJwk } = await readPrivateKey(file, 'client');
    const session = new UnitSession(this.hub.publicUrl, unit, privateJwk);
    await session.send('/healthz', { method: 'GET' }); // its answer brings the nonce
    return session.headersFor('POST', '/graphql');
  }
}
