import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimited } from '../common/errors.js';

const SECONDS = 60;

/**
 * So many points for each key and minute; the minute begins with a key's first point. Counted in memory: every process of a hub
 * counts for itself.
 */
export class Bucket {
  private readonly limiter: RateLimiterMemory;

  constructor(points: number) {
    this.limiter = new RateLimiterMemory({ points, duration: SECONDS });
  }

  /** Uses points up. Throws RateLimited when fewer are left. */
  async take(key: string, points = 1): Promise<void> {
    try {
      await this.limiter.consume(key, points);
    } catch (result) {
      throw result instanceof RateLimiterRes ? rateLimited(result) : result;
    }
  }

  /** Uses points up for what has been done already, so that what comes next is refused; never throws RateLimited. */
  async charge(key: string, points: number): Promise<void> {
    if (points > 0) await this.limiter.penalty(key, points);
  }

  async giveBack(key: string): Promise<void> {
    await this.limiter.reward(key);
  }

  /** Throws RateLimited when nothing is left. */
  async check(key: string): Promise<void> {
    const result = await this.limiter.get(key);
    if (result && result.remainingPoints <= 0) throw rateLimited(result);
  }
}

function rateLimited({ msBeforeNext }: RateLimiterRes): RateLimited {
  return new RateLimited(Math.max(1, Math.ceil(msBeforeNext / 1000)));
}
