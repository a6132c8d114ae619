import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalize } from './canonical.js';
import { digestOf, type Digest } from './digest.js';
import { generateKey, type KeyPair } from './keys.js';
import { issueReceipt, verifyReceipt, type Receipt } from './receipt.js';
import { signObject } from './signing.js';
import { aHeader, anEnvelope, faultOf, HUB, NOW, refusalOf, SECONDS, signRaw } from './testing.js';

let hubKey: KeyPair;
let officer: KeyPair;
let objectDigest: Digest;
let text: string;

const verify = (receipt: string) => verifyReceipt(receipt, [hubKey.publicJwk], { hub: HUB, objectDigest });
const refusal = (receipt: string) => refusalOf(() => verify(receipt));

beforeAll(async () => {
  [hubKey, officer] = await Promise.all([generateKey(), generateKey()]);
  objectDigest = digestOf('an object');
  const kids = [officer.kid];
  text = await issueReceipt(hubKey, { hub: HUB, objectDigest, kids, from: 'VN-CUS', receivedAt: NOW, clock: 'wall' });
});

describe('a receipt', () => {
  it('says what was received, from whom, when and by which clock', async () => {
    expect(await verify(text)).toEqual({
      v: 1,
      kind: 'receipt',
      hub: HUB,
      objectDigest,
      kids: [officer.kid],
      from: 'VN-CUS',
      receivedAt: '2026-11-22T02:15:00Z',
      clock: 'wall',
    });
  });

  it('is only for its object, its hub, and the hub’s own keys', async () => {
    const other = digestOf('another object');
    const keys = [hubKey.publicJwk];
    expect(await refusalOf(() => verifyReceipt(text, keys, { hub: HUB, objectDigest: other }))).toBe('RECEIPT');
    expect(await refusalOf(() => verifyReceipt(text, keys, { hub: 'demo.example', objectDigest }))).toBe('HUB');
    expect(await refusalOf(() => verifyReceipt(text, [officer.publicJwk], { hub: HUB, objectDigest }))).toBe(
      'KEY_UNKNOWN',
    );
    expect(await refusalOf(() => verifyReceipt(text, [], { hub: HUB, objectDigest }))).toBe('KEY_UNKNOWN');
  });

  it('cannot be an object or be changed', async () => {
    expect(await refusal(await signObject(anEnvelope(), { ...hubKey, iat: SECONDS }))).toBe('TYP');
    const { payload } = JSON.parse(text) as { payload: string };
    const later = Buffer.from(payload, 'base64url').toString().replace('02:15', '02:16');
    const header = aHeader(hubKey, { typ: 'liaison-receipt+jws', iat: SECONDS + 60 });
    expect(await refusal(await signRaw(later, header, hubKey))).toBe('accepted');
    expect(await refusal(await signRaw(later, header, officer))).toBe('SIGNATURE');
  });

  it.each<[string, Partial<Record<keyof Receipt, unknown>>, string]>([
    ['a time unlike its signature’s', { receivedAt: '2026-11-22T02:16:00Z' }, 'RECEIPT /receivedAt'],
    ['no time', { receivedAt: '2026-11-22' }, 'SHAPE /receivedAt'],
    ['an unknown clock', { clock: 'sun' }, 'SHAPE /clock'],
    ['a clock that only begins like one', { clock: 'wallclock' }, 'SHAPE /clock'],
    ['a clock that only ends like one', { clock: 'unsimulated' }, 'SHAPE /clock'],
    ['no signer', { kids: [] }, 'SHAPE /kids'],
    ['a signer without id', { kids: ['x'] }, 'SHAPE /kids/0'],
    ['a sender that is no agency', { from: 'VN' }, 'SHAPE /from'],
    ['another version', { v: 2 }, 'SHAPE /v'],
    ['a member too many', { ['x' as keyof Receipt]: 1 }, 'SHAPE /x'],
    ['a digest without algorithm', { objectDigest: 'ab' }, 'SHAPE /objectDigest'],
  ])('is refused with %s', async (_, changes, fault) => {
    const payload = canonicalize({ ...(await verify(text)), ...changes });
    const receipt = await signRaw(payload, aHeader(hubKey, { typ: 'liaison-receipt+jws' }), hubKey);
    expect(await faultOf(() => verify(receipt))).toBe(fault);
  });

  it('is refused when one of two signatures is by a stranger, or is of another time', async () => {
    const receipt = await verify(text);
    const both = (iat: number) => signObject(receipt, { ...hubKey, iat: SECONDS }, { ...officer, iat });
    const keys = [hubKey.publicJwk, officer.publicJwk];
    const fault = async (signed: string, trusted = keys) =>
      faultOf(() => verifyReceipt(signed, trusted, { hub: HUB, objectDigest }));
    expect(await fault(await both(SECONDS))).toBe('accepted');
    expect(await fault(await both(SECONDS), [hubKey.publicJwk])).toBe('KEY_UNKNOWN');
    expect(await fault(await both(SECONDS - 1))).toBe('RECEIPT /receivedAt');
    expect(await faultOf(() => verifyReceipt(text, keys, { hub: HUB, objectDigest: digestOf('x') }))).toBe(
      'RECEIPT /objectDigest',
    );
  });
});
