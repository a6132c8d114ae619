import { Injectable } from '@nestjs/common';
import { RateLimited } from '../../common/errors.js';

/** Sign-ins that are checked at once in a process: fewer than the pool has connections, so that whoever is signed in goes on working. */
export const PLACES = 4;
/** Sign-ins that wait for a place; more are turned away, so that a flood costs neither memory nor the database. */
export const WAITING = 60;
/** When it is worth trying again: the places are handed on within a second or two. */
const SECONDS_TO_WAIT = 2;

/** Lets a few sign-ins in at once. */
@Injectable()
export class SignInGate {
  constructor(
    private readonly places = PLACES,
    private readonly mostWaiting = WAITING,
  ) {}

  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  /** Throws RateLimited when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.taken -= 1;
    }
  }

  /** Takes a free place, or waits for one that is handed on. */
  private async enter(): Promise<void> {
    if (this.taken < this.places) this.taken += 1;
    else if (this.waiting.length < this.mostWaiting) await new Promise<void>((handOn) => this.waiting.push(handOn));
    else throw new RateLimited(SECONDS_TO_WAIT);
  }
}
