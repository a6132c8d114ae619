import type { SecretsFolder } from '../database/secrets.js';
import { generateKey, type KeyPair, type PublicJwk } from '../protocol/keys.js';

/** The hub's own keys. It signs receipts with one; it has none with which it could speak for an agency. */
export class HubKeys {
  private constructor(readonly receipt: KeyPair) {}

  static async open(secrets: SecretsFolder): Promise<HubKeys> {
    return new HubKeys(await secrets.obtain('receipt-key', () => generateKey()));
  }

  /** For whoever verifies receipts. */
  get publicJwks(): PublicJwk[] {
    return [this.receipt.publicJwk];
  }
}
