import { Injectable } from '@nestjs/common';
import { RateLimited } from '../../common/errors.js';

/** Sign-ins that may be checked at once in a process; more are turned away, so that a flood costs neither memory nor the database. */
const PLACES = 16;

/** Lets a limited number of sign-ins in at once. */
@Injectable()
export class SignInGate {
  private taken = 0;

  /** Throws RateLimited when all places are taken. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken >= PLACES) throw new RateLimited();
    this.taken += 1;
    try {
      return await work();
    } finally {
      this.taken -= 1;
    }
  }
}
