import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { addressOf } from './address.js';
import { Bucket } from './bucket.js';
import { Turnstile } from './turnstile.js';

/** Files of one caller that may be on their way at once. */
const FILES_AT_ONCE = 8;

/** How much each caller may do; the names are those of config/environment.ts. */
export interface LimitSettings {
  POINTS_PER_MINUTE: number;
  NOT_FOUND_PER_MINUTE: number;
  BAD_SIGNATURES_PER_MINUTE: number;
  FAILED_SIGN_INS_PER_MINUTE: number;
  CONCURRENT_OPERATIONS: number;
  SOCKETS_PER_CALLER: number;
}

/** What each caller has used up of what this process allows. */
export class Limits {
  /** Points for GraphQL operations, as `costOf` counts them. */
  readonly points: Bucket;
  /** Answers NOT_FOUND, so that nobody finds out ids by trying. */
  readonly notFound: Bucket;
  /** Refused signed objects and key sets: each costs public-key operations. */
  readonly badSignatures: Bucket;
  /** Sign-ins that failed or are still being looked at, by address. */
  readonly signIns: Bucket;
  readonly operations: Turnstile;
  /** Uploads and downloads that are under way. */
  readonly files = new Turnstile(FILES_AT_ONCE);
  /** Open WebSockets. */
  readonly sockets: Turnstile;

  constructor(settings: LimitSettings) {
    this.points = new Bucket(settings.POINTS_PER_MINUTE);
    this.notFound = new Bucket(settings.NOT_FOUND_PER_MINUTE);
    this.badSignatures = new Bucket(settings.BAD_SIGNATURES_PER_MINUTE);
    this.signIns = new Bucket(settings.FAILED_SIGN_INS_PER_MINUTE);
    this.operations = new Turnstile(settings.CONCURRENT_OPERATIONS);
    this.sockets = new Turnstile(settings.SOCKETS_PER_CALLER);
  }
}

/** Whom limits are counted for: the officer or the unit's system; the address of whoever is not signed in. */
export function principalOf({ caller, ip }: Pick<FastifyRequest, 'caller' | 'ip'>): string {
  return caller ? `${caller.unitId} ${caller.officer ?? ''}` : `address ${partyAt(ip)}`;
}

/**
 * An address as far as it stands for somebody. IPv6 networks are given out by 64 bits or more, and whoever has one can write from any
 * address in it, so all of them are one (RFC 4291 section 2.5.4).
 */
export function partyAt(address: string): string {
  const ip = addressOf(address);
  if (ip === undefined) return 'unknown';
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(ip) ?? [];
  if (mapped !== undefined || isIP(ip) === 4) return mapped ?? ip;
  const [left = [], right = []] = ip.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const gap = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...gap, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
