import { RateLimited } from '../common/errors.js';

/** Lets so many things of each key be under way at once, and refuses further ones: nobody waits in a queue. */
export class Turnstile {
  private readonly running = new Map<string, number>();

  constructor(private readonly places: number) {}

  /** Takes a place, to be left with `leave`. Throws RateLimited when all are taken. */
  enter(key: string): void {
    const running = this.running.get(key) ?? 0;
    if (running >= this.places) throw new RateLimited(1);
    this.running.set(key, running + 1);
  }

  leave(key: string): void {
    const running = this.running.get(key)! - 1;
    if (running > 0) this.running.set(key, running);
    else this.running.delete(key);
  }
}
