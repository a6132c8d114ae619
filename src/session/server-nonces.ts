import { createHmac } from 'node:crypto';

const STEP_MS = 60_000;
/** Those that are good: one ahead for a process whose clock runs fast, the present one, and two that were given out before. */
const STEPS = [1, 0, -1, -2];

/**
 * Nonces for proofs (RFC 9449 section 9): with one of ours in it, a proof cannot have been made long before it is used. A nonce is
 * good for two to three minutes. All processes of a hub give out the same, also after a restart, because they share the secret.
 */
export class ServerNonces {
  private step = NaN;
  private good: string[] = [];

  /** `secret` is 256 random bits, base64url. */
  constructor(private readonly secret: string) {}

  /** The one to use from now on. */
  current(): string {
    return this.window()[1]!;
  }

  accepts(nonce: unknown): boolean {
    return this.window().some((each) => each === nonce);
  }

  private window(): string[] {
    const step = Math.floor(Date.now() / STEP_MS);
    if (step !== this.step) {
      this.step = step;
      this.good = STEPS.map((distance) => this.nonceOf(step + distance));
    }
    return this.good;
  }

  private nonceOf(step: number): string {
    return createHmac('sha256', Buffer.from(this.secret, 'base64url')).update(`api nonce ${step}`).digest('base64url');
  }
}
