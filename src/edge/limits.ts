import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { addressOf } from './address.js';
import { Bucket, Budget, type Principal } from './bucket.js';
import { Turnstile } from './turnstile.js';

/** The address of requests that the hub makes of itself without a socket: they belong to a request that was counted. */
export const OWN_ADDRESS = 'this hub';
/** Files of one caller that may be on their way at once. */
const FILES_AT_ONCE = 8;

/** How much each caller may do; the names are those of config/environment.ts. */
export interface LimitSettings {
  POINTS_PER_MINUTE: number;
  NOT_FOUND_PER_MINUTE: number;
  BAD_SIGNATURES_PER_MINUTE: number;
  FAILED_SIGN_INS_PER_MINUTE: number;
  FAILED_TOKENS_PER_MINUTE: number;
  FAILED_PASSWORDS_PER_MINUTE: number;
  FAILED_ENROLMENTS_PER_MINUTE: number;
  BEGUN_SIGN_INS_PER_MINUTE: number;
  CONCURRENT_OPERATIONS: number;
  SOCKETS_PER_CALLER: number;
}

/** By what somebody shows who they are. */
export type Proof = 'signIn' | 'token' | 'password' | 'enrolment';

/** What each caller has used up of what this process allows. */
export class Limits {
  /** Points for GraphQL operations, as `costOf` counts them. */
  readonly points: Budget;
  /** Answers NOT_FOUND, so that nobody finds out ids by trying. */
  readonly notFound: Budget;
  /** Refused signed objects and key sets: each costs public-key operations. */
  readonly badSignatures: Budget;
  /**
   * What failed or is still being looked at, by address, each for itself: passkeys and answers of national services, tokens of units'
   * systems, passwords with codes, and steps of enrolling. So what goes wrong with one of an office keeps it from no other.
   */
  readonly failures: Readonly<Record<Proof, Bucket>>;
  /** Sign-ins at services that were begun, by address: each leaves rows, and most ask the service. */
  readonly begunSignIns: Bucket;
  readonly operations: Turnstile;
  /** Uploads and downloads that are under way. */
  readonly files = new Turnstile(FILES_AT_ONCE);
  /** Open WebSockets. */
  readonly sockets: Turnstile;

  constructor(settings: LimitSettings) {
    this.points = new Budget(settings.POINTS_PER_MINUTE);
    this.notFound = new Budget(settings.NOT_FOUND_PER_MINUTE);
    this.badSignatures = new Budget(settings.BAD_SIGNATURES_PER_MINUTE);
    this.failures = {
      signIn: new Bucket(settings.FAILED_SIGN_INS_PER_MINUTE),
      token: new Bucket(settings.FAILED_TOKENS_PER_MINUTE),
      password: new Bucket(settings.FAILED_PASSWORDS_PER_MINUTE),
      enrolment: new Bucket(settings.FAILED_ENROLMENTS_PER_MINUTE),
    };
    this.begunSignIns = new Bucket(settings.BEGUN_SIGN_INS_PER_MINUTE);
    this.operations = new Turnstile(settings.CONCURRENT_OPERATIONS);
    this.sockets = new Turnstile(settings.SOCKETS_PER_CALLER);
  }
}

/** Whom limits are counted for. */
export function principalOf({ caller, ip }: Pick<FastifyRequest, 'caller' | 'ip'>): Principal {
  if (!caller) return { key: `address ${partyAt(ip)}`, agency: null };
  return { key: `${caller.unitId} ${caller.officer ?? ''}`, agency: caller.agencyId };
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
