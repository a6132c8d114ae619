import { createHmac, type KeyObject } from 'node:crypto';
import type { Caller } from './caller.js';

/** The key with which API processes vouch for a caller to PostgreSQL. */
export interface ContextKey {
  kid: string;
  secret: KeyObject;
}

const BLOCK = 64;
const LIFETIME_SECONDS = 60;

/** HMAC's inner and outer pads (RFC 2104): with them PostgreSQL checks the MAC with plain sha256(), without an extension. */
export function contextKeyPads(key: ContextKey): { kid: string; inner: Buffer; outer: Buffer } {
  const block = Buffer.alloc(BLOCK);
  key.secret.export().copy(block);
  const pad = (mask: number): Buffer => Buffer.from(block.map((byte) => byte ^ mask));
  return { kid: key.kid, inner: pad(0x36), outer: pad(0x5c) };
}

/**
 * What `SET LOCAL app.ctx` carries: kid.agency.unit.officer.clearance.nominal.purpose.at.exp.mac. `at` is the simulated
 * instant of a demonstration, else empty. PostgreSQL refuses it after a minute.
 */
export function contextToken(key: ContextKey, caller: Caller, at: Date | null = null, now = Date.now()): string {
  const body = [
    key.kid,
    caller.agencyId,
    caller.unitId,
    caller.officer ?? '',
    caller.clearance,
    caller.maySeeNominal ? 1 : 0,
    caller.purpose,
    at === null ? '' : Math.floor(at.getTime() / 1000),
    Math.floor(now / 1000) + LIFETIME_SECONDS,
  ].join('.');
  const mac = createHmac('sha256', key.secret).update(body).digest('hex');
  return `${body}.${mac}`;
}
