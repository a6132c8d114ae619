import { describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeBase64url } from './base64url.js';
import {
  checkPossession,
  checkPublicKey,
  generateKey,
  possessionChallenge,
  provePossession,
  rawSign,
  rawVerify,
  thumbprint,
  type PublicJwk,
} from './keys.js';
import { refusalOf } from './testing.js';

/** Every y of the eight points of small order, little-endian, the sign of x in the top bit. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
];

/** The same points with y ≥ p, or with a sign for x = 0. */
const NON_CANONICAL = [
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

const edwards = (hex: string): PublicJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: encodeBase64url(Uint8Array.from(Buffer.from(hex, 'hex'))),
});

describe('thumbprint', () => {
  it('is that of RFC 7638 section 3.1', async () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3ok' +
      'njhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu' +
      '6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8a' +
      'wapJzKnqDKgw';
    expect(await thumbprint({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    );
  });

  it('is that of RFC 8037 appendix A.3', async () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    expect(await thumbprint(jwk)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });
});

describe('raw signatures', () => {
  it('are those of RFC 8037 appendix A.4 for its key and input', async () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
    const input = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc';
    const signature = await rawSign({ kty: 'OKP', crv: 'Ed25519', x, d }, input);
    expect(encodeBase64url(signature)).toBe(
      'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    );
  });

  it.each(['Ed25519', 'ES256'] as const)('verify with %s, 64 bytes, and by no other length', async (alg) => {
    const { privateJwk, publicJwk } = await generateKey(alg);
    const signature = await rawSign(privateJwk, 'input');
    expect(signature).toHaveLength(64);
    expect(await rawVerify(publicJwk, 'input', signature)).toBe(true);
    expect(await rawVerify(publicJwk, 'Input', signature)).toBe(false);
    expect(await rawVerify(publicJwk, 'input', signature.subarray(1))).toBe(false);
  });

  it.each(['Ed25519', 'ECDSA'])('come from a key that cannot be exported too: %s', async (name) => {
    const parameters = { name, namedCurve: 'P-256' };
    const pair = await crypto.subtle.generateKey(parameters, false, ['sign', 'verify']);
    if (!('publicKey' in pair)) throw new Error('not a pair');
    const publicJwk = checkPublicKey(await crypto.subtle.exportKey('jwk', pair.publicKey));
    expect(await rawVerify(publicJwk, 'input', await rawSign(pair.privateKey, 'input'))).toBe(true);
  });
});

describe('checkPublicKey', () => {
  it.each(['Ed25519', 'ES256'] as const)(
    'accepts a good %s key and gives back its public members only',
    async (alg) => {
      const { publicJwk } = await generateKey(alg);
      expect(checkPublicKey({ ...publicJwk, key_ops: ['verify'], ext: true })).toEqual(publicJwk);
    },
  );

  it.each(SMALL_ORDER)('S22 refuses the point of small order %s', async (hex) => {
    expect(await refusalOf(() => checkPublicKey(edwards(hex)))).toBe('KEY_SMALL_ORDER');
  });

  it.each(NON_CANONICAL)('S22 refuses the non-canonical encoding %s', async (hex) => {
    expect(await refusalOf(() => checkPublicKey(edwards(hex)))).toBe('KEY_POINT');
  });

  it('S22 is needed: to the standard verifier one signature fits every text under a point of small order', () => {
    // Node 20 does the same with WebCrypto; OpenSSL 3.5 refuses by itself, partners' libraries may not.
    const forged = Uint8Array.from({ length: 64 }, (_, i) => (i === 0 ? 1 : 0));
    const key = Buffer.from(SMALL_ORDER[0]!, 'hex');
    const verdicts = ['one', 'two', 'three'].map((text) => ed25519.verify(forged, Buffer.from(text), key));
    expect(verdicts).toEqual([true, true, true]);
  });

  it('S22 refuses a good point plus a point of small order', async () => {
    const good = ed25519.Point.BASE.multiply(7n);
    for (const hex of SMALL_ORDER.slice(1)) {
      const mixed = good.add(ed25519.Point.fromHex(hex)).toHex();
      expect(await refusalOf(() => checkPublicKey(edwards(mixed)))).toBe('KEY_POINT');
    }
  });

  it('S22 refuses what is not on the curve', async () => {
    const { publicJwk } = await generateKey('ES256');
    const offCurve = { ...publicJwk, y: publicJwk.x };
    const tooLarge = { ...publicJwk, x: encodeBase64url(new Uint8Array(32).fill(255)) };
    expect(await refusalOf(() => checkPublicKey(offCurve))).toBe('KEY_POINT');
    expect(await refusalOf(() => checkPublicKey(tooLarge))).toBe('KEY_POINT');
    expect(await refusalOf(() => checkPublicKey(edwards('02'.padEnd(64, '0'))))).toBe('KEY_POINT');
  });

  it('refuses another spelling or length of a coordinate', async () => {
    const { publicJwk } = await generateKey();
    const spellings = [
      `${publicJwk.x}=`,
      publicJwk.x.slice(1),
      `${publicJwk.x}AA`,
      `${publicJwk.x.slice(0, 42)}B`,
      5,
      [publicJwk.x],
    ];
    for (const x of spellings) {
      expect(await refusalOf(() => checkPublicKey({ ...publicJwk, x }))).toBe('KEY_POINT');
    }
  });

  it('refuses private keys, other curves and what is no key', async () => {
    const { privateJwk, publicJwk } = await generateKey();
    expect(await refusalOf(() => checkPublicKey(privateJwk))).toBe('KEY_PRIVATE');
    expect(await refusalOf(() => checkPublicKey({ ...publicJwk, crv: 'X25519' }))).toBe('ALG');
    expect(await refusalOf(() => checkPublicKey({ ...publicJwk, kty: 'EC' }))).toBe('ALG');
    const onP256 = (await generateKey('ES256')).publicJwk;
    expect(await refusalOf(() => checkPublicKey({ ...onP256, crv: 'P-384' }))).toBe('ALG');
    expect(await refusalOf(() => checkPublicKey({ ...onP256, kty: 'OKP' }))).toBe('ALG');
    expect(await refusalOf(() => checkPublicKey({ kty: 'oct', k: 'AAAA' }))).toBe('KEY_PRIVATE');
    expect(await refusalOf(() => checkPublicKey('key'))).toBe('SHAPE');
    expect(await refusalOf(() => checkPublicKey(null))).toBe('SHAPE');
  });
});

describe('proof of possession', () => {
  it.each(['Ed25519', 'ES256'] as const)('holds for the very claim and key only: %s', async (alg) => {
    const { kid, privateJwk, publicJwk } = await generateKey(alg);
    const other = await generateKey(alg);
    const claim = { hub: 'hub.example', agency: 'VN-CUS', use: 'sig', kid } as const;
    const proof = await provePossession(privateJwk, claim);
    await checkPossession(publicJwk, claim, proof);
    const refused = await Promise.all([
      refusalOf(() => checkPossession(publicJwk, { ...claim, hub: 'demo.example' }, proof)),
      refusalOf(() => checkPossession(publicJwk, { ...claim, agency: 'LA-CUS' }, proof)),
      refusalOf(() => checkPossession(publicJwk, { ...claim, use: 'auth' }, proof)),
      refusalOf(() => checkPossession(other.publicJwk, claim, proof)),
      refusalOf(() => checkPossession(other.publicJwk, { ...claim, kid: other.kid }, proof)),
    ]);
    expect(refused).toEqual(refused.map(() => 'KEY_POSSESSION'));
  });

  it('S23 cannot be had from a signer for a key that is not its own', async () => {
    const mine = await generateKey();
    const theirs = await generateKey();
    const claim = { hub: 'hub.example', agency: 'VN-CUS', use: 'sig', kid: theirs.kid } as const;
    const proof = await provePossession(mine.privateJwk, claim);
    expect(await refusalOf(() => checkPossession(theirs.publicJwk, claim, proof))).toBe('KEY_POSSESSION');
    expect(await refusalOf(() => checkPossession(mine.publicJwk, claim, proof))).toBe('KEY_POSSESSION');
  });

  it('signs a text that no signed object can have as its signing input', () => {
    const text = possessionChallenge({ hub: 'h', agency: 'VN-CUS', use: 'sig', kid: 'k' });
    expect(text).toBe('{"agency":"VN-CUS","hub":"h","kid":"k","kind":"possession","use":"sig","v":1}');
  });

  it('may admit another key of the same person, and then proves only that', async () => {
    const { kid, privateJwk, publicJwk } = await generateKey();
    const claim = { hub: 'hub.example', agency: 'VN-CUS', use: 'sig', kid } as const;
    const proof = await provePossession(privateJwk, { ...claim, admits: 'k2' });
    expect(possessionChallenge({ ...claim, admits: 'k2' })).toContain('"admits":"k2"');
    expect(await refusalOf(() => checkPossession(publicJwk, { ...claim, admits: 'k2' }, proof))).toBe('accepted');
    expect(await refusalOf(() => checkPossession(publicJwk, claim, proof))).toBe('KEY_POSSESSION');
    expect(await refusalOf(() => checkPossession(publicJwk, { ...claim, admits: 'k3' }, proof))).toBe('KEY_POSSESSION');
  });
});
