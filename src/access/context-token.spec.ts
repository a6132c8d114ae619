import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Caller } from './caller.js';
import { type ContextKey, contextKeyPads, contextToken } from './context-token.js';

const NOW = Date.parse('2026-11-22T02:15:00.999Z');
const KEY: ContextKey = { kid: 'k1', secret: createSecretKey(Buffer.alloc(32, 7)) };
const OFFICER: Caller = {
  agencyId: 'VN-CUS',
  unitId: 'VN-CUS-AS',
  officer: 'p:7f3c',
  clearance: 1,
  maySeeNominal: true,
  purpose: 'PREVENT_DETECT',
  permissions: new Set(),
};

/** What the token says, without its MAC. */
const bodyOf = (token: string): string => token.slice(0, token.lastIndexOf('.'));
const sha256 = (...parts: (Buffer | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const macOf = (token: string): string => token.slice(token.lastIndexOf('.') + 1);

describe('the token of a caller', () => {
  it('says who asks, what they may see and why, and ends after a minute', () => {
    expect(bodyOf(contextToken(KEY, OFFICER, null, NOW))).toBe(
      `k1.VN-CUS.VN-CUS-AS.p:7f3c.1.1.PREVENT_DETECT..${Math.floor(NOW / 1000) + 60}`,
    );
  });

  it('says of a unit’s system that no officer asks, and of who may not see persons that they may not', () => {
    const system = { ...OFFICER, officer: null, clearance: 0, maySeeNominal: false };
    expect(bodyOf(contextToken(KEY, system, null, NOW))).toMatch(/^k1\.VN-CUS\.VN-CUS-AS\.\.0\.0\./);
  });

  it('carries the simulated instant of a demonstration in whole seconds, and the real end', () => {
    const at = new Date('2026-01-01T00:00:00.999Z');
    expect(
      bodyOf(contextToken(KEY, OFFICER, at, NOW))
        .split('.')
        .slice(-2),
    ).toEqual([String(Date.parse('2026-01-01T00:00:00Z') / 1000), String(Math.floor(NOW / 1000) + 60)]);
  });

  it('bears an HMAC-SHA-256 of all that it says', () => {
    const token = contextToken(KEY, OFFICER, null, NOW);
    expect(macOf(token)).toBe(createHmac('sha256', KEY.secret).update(bodyOf(token)).digest('hex'));
    expect(macOf(contextToken({ ...KEY, secret: createSecretKey(Buffer.alloc(32, 8)) }, OFFICER, null, NOW))).not.toBe(
      macOf(token),
    );
  });
});

describe('the pads of a key', () => {
  it.each([16, 32, 64])('of %d bytes give the MAC of RFC 2104 with plain SHA-256', (length) => {
    const key = { kid: 'k1', secret: createSecretKey(Buffer.alloc(length, 9)) };
    const { kid, inner, outer } = contextKeyPads(key);
    const token = contextToken(key, OFFICER, null, NOW);
    expect([kid, inner.length, outer.length]).toEqual(['k1', 64, 64]);
    expect(sha256(outer, sha256(inner, bodyOf(token))).toString('hex')).toBe(macOf(token));
  });
});
