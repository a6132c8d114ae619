import { createDecipheriv, createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkPossession, rawSign, rawVerify } from '../keys.js';
import { makeKey, type NewKey, unwrapKey } from './wrapped-key.js';

const PLACE = { hub: 'hub.example', agency: 'VN-CUS' };
const prf = (fill: number) => new Uint8Array(32).fill(fill);

let made: NewKey;

beforeAll(async () => {
  made = await makeKey(PLACE, 'sig', prf(7));
});

describe('a key made under a passkey', () => {
  it('proves possession for its hub, agency and use, and signs', async () => {
    await checkPossession(made.jwk, { ...PLACE, use: 'sig', kid: made.kid }, made.proof);
    expect(await rawVerify(made.jwk, 'text', await rawSign(made.privateKey, 'text'))).toBe(true);
  });

  it('comes back from what the hub kept, for signing alone', async () => {
    const key = await unwrapKey(made.wrapped!, made.kid, PLACE, prf(7));
    expect(await rawVerify(made.jwk, 'text', await rawSign(key, 'text'))).toBe(true);
    expect([key.extractable, key.usages]).toEqual([false, ['sign']]);
    await expect(crypto.subtle.exportKey('pkcs8', key)).rejects.toThrow();
    await expect(crypto.subtle.exportKey('jwk', made.privateKey)).rejects.toThrow();
  });

  it('opens to another library by its description alone', async () => {
    const { kid, jwk, wrapped } = await makeKey(PLACE, 'sig', prf(7));
    const bytes = Buffer.from(wrapped!, 'base64url');
    const key = Buffer.from(hkdfSync('sha256', prf(7), '', 'liaison wrapped key v1', 32));
    const opened = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    const place = `{"agency":"VN-CUS","hub":"hub.example","kid":"${kid}","kind":"wrapped-key","v":1}`;
    opened.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-16));
    const pkcs8 = Buffer.concat([opened.update(bytes.subarray(12, -16)), opened.final()]);
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    expect(createPublicKey(privateKey).export({ format: 'jwk' })).toEqual(jwk);
  });

  it('opens with no other passkey, in no other place, under no other id, and not when a bit was changed', async () => {
    const { wrapped, kid } = made;
    const other = await makeKey(PLACE, 'sig', prf(7));
    const bent = `${wrapped!.slice(0, -2)}${wrapped!.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const attempt of [
      () => unwrapKey(wrapped!, kid, PLACE, prf(8)),
      () => unwrapKey(wrapped!, kid, { ...PLACE, agency: 'TH-CUS' }, prf(7)),
      () => unwrapKey(wrapped!, kid, { ...PLACE, hub: 'test.example' }, prf(7)),
      () => unwrapKey(wrapped!, other.kid, PLACE, prf(7)),
      () => unwrapKey(bent, kid, PLACE, prf(7)),
    ]) {
      await expect(attempt()).rejects.toThrow();
    }
  });

  it('is wrapped anew each time: the same bytes never come twice', async () => {
    const again = await makeKey(PLACE, 'sig', prf(7));
    expect(again.wrapped).not.toBe(made.wrapped);
    expect(again.wrapped!.length).toBeLessThan(200);
  });
});

it('a key made without one stays in the browser: nothing is wrapped, and it cannot be exported', async () => {
  const own = await makeKey(PLACE, 'sig', null);
  expect([own.wrapped, own.privateKey.extractable]).toEqual([null, false]);
  await expect(crypto.subtle.exportKey('pkcs8', own.privateKey)).rejects.toThrow();
  expect(await rawVerify(own.jwk, 'text', await rawSign(own.privateKey, 'text'))).toBe(true);
});
