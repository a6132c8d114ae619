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

/** Whom a budget is counted for. */
export interface Principal {
  /** The officer or the unit's system; the address of whoever is not signed in. */
  readonly key: string;
  /** Whose other officers and units use the same up; null of whoever is not signed in. */
  readonly agency: string | null;
}

/** An agency's callers together have so many times what each has. */
const AGENCY_SHARE = 10;

/** What each caller may use up in a minute, and all callers of one agency together, so that nobody has more by having more officers or units. */
export class Budget {
  private readonly own: Bucket;
  private readonly shared: Bucket;

  /** `points` for each caller. */
  constructor(points: number) {
    this.own = new Bucket(points);
    this.shared = new Bucket(points * AGENCY_SHARE);
  }

  /** As `Bucket.take`. Whoever has nothing left takes nothing from the agency. */
  async take({ key, agency }: Principal, points = 1): Promise<void> {
    await this.own.take(key, points);
    if (agency !== null) await this.shared.take(agency, points);
  }

  /** As `Bucket.charge`. */
  async charge({ key, agency }: Principal, points: number): Promise<void> {
    await this.own.charge(key, points);
    if (agency !== null) await this.shared.charge(agency, points);
  }

  /** As `Bucket.check`. */
  async check({ key, agency }: Principal): Promise<void> {
    await this.own.check(key);
    if (agency !== null) await this.shared.check(agency);
  }
}

function rateLimited({ msBeforeNext }: RateLimiterRes): RateLimited {
  return new RateLimited(Math.max(1, Math.ceil(msBeforeNext / 1000)));
}
