import { SignInGate } from '../gate.js';

/** A gate for each issuer: who waits for one that answers slowly keeps nobody from another. Issuers are few, since the operator records them. */
export class IssuerGates {
  private readonly gates = new Map<string, SignInGate>();

  /** Asks an issuer in force. Throws RateLimited when too many wait for this issuer already. */
  pass<T>(issuerId: string, ask: () => Promise<T>): Promise<T> {
    const gate = this.gates.get(issuerId) ?? new SignInGate();
    this.gates.set(issuerId, gate);
    return gate.pass(ask);
  }
}
