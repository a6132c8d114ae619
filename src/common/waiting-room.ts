import { RateLimited } from './errors.js';

/** When it is worth trying again: places are handed on within a second or two. */
const SECONDS_TO_WAIT = 2;

/** Lets a few in at once; so many others wait for a place that is handed on, and more are turned away. */
export class WaitingRoom {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly places: number,
    private readonly seats = Infinity,
  ) {}

  /** Runs `work` in a place. Throws RateLimited when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Takes a free place, or waits for one; to be left with `leave`. Throws RateLimited when too many wait already. */
  async enter(): Promise<void> {
    if (this.taken < this.places) this.taken += 1;
    else if (this.waiting.length < this.seats) await new Promise<void>((handOn) => this.waiting.push(handOn));
    else throw new RateLimited(SECONDS_TO_WAIT);
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }
}
