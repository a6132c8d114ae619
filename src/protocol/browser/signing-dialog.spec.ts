import { describe, expect, it } from '@jest/globals';
import { canonicalize } from '../canonical.js';
import { digestOf } from '../digest.js';
import { makePart } from '../part.js';
import { readSignedObject, verifySignatures } from '../signed-object.js';
import { assemble } from '../signing.js';
import { anEnvelope, aRegisteredKey, faultOf, HUB, NOW, SECONDS } from '../testing.js';
import { readForSigning, readParts, signShown } from './signing-dialog.js';
import { challengeOf } from './touch.js';
import { makeKey } from './wrapped-key.js';

const PLACE = { hub: HUB, agency: 'VN-CUS' };
const textOf = (changes: object = {}) => canonicalize(anEnvelope(changes));

describe('what is shown before signing', () => {
  it('is every member of the very text, and its digest', () => {
    const text = textOf({ to: ['LA-CUS', 'TH-CUS'] });
    const { lines, digest } = readForSigning(text, PLACE);
    expect(digest).toBe(digestOf(text));
    expect(lines).toEqual(
      expect.arrayContaining([
        { path: 'body/title', value: 'Container "MSKU 1234565" – đã đến' },
        { path: 'to/1', value: 'TH-CUS' },
        { path: 'releasedBy', value: '–' },
        { path: 'parts', value: '–' },
      ]),
    );
  });

  it('G29 shows what would turn or hide text, in values and in names', () => {
    const { lines } = readForSigning(textOf({ body: { 'a\u202eb': 'x\u202ey\u200bz', plain: 'đã' } }), PLACE);
    expect(lines).toContainEqual({ path: 'body/a⟦U+202E⟧b', value: 'x⟦U+202E⟧y⟦U+200B⟧z' });
    expect(lines).toContainEqual({ path: 'body/plain', value: 'đã' });
    const { lines: short } = readForSigning(textOf({ body: { title: 'x\u00ady' } }), PLACE);
    expect(short).toContainEqual({ path: 'body/title', value: 'x⟦U+00AD⟧y' });
  });

  it('is also what the parts say that go beside it, which are all that it quotes and unchanged', async () => {
    const { text, ...link } = await makePart('nominal', { parties: [{ key: 'P1', note: 'x\u202ey' }] });
    const part = { name: 'nominal', text };
    expect(await readParts([link], [part])).toEqual([
      { path: 'parts/nominal/parties/0/key', value: 'P1' },
      { path: 'parts/nominal/parties/0/note', value: 'x⟦U+202E⟧y' },
    ]);
    const changed = { ...part, text: text.replace('P1', 'P2') };
    expect(await faultOf(() => readParts([link], [changed]))).toBe('PART');
    expect(await faultOf(() => readParts([link], []))).toBe('PART /parts');
    expect(await faultOf(() => readParts([], [part]))).toBe('PART /parts');
    expect(await faultOf(() => readParts([link], [{ ...part, name: 'other' }]))).toBe('PART /parts');
  });

  it('is refused for another hub or agency, and for a text that is not the canonical one of an envelope', async () => {
    const fault = (text: string) => faultOf(() => readForSigning(text, PLACE));
    expect(await fault(textOf({ hub: 'test.example' }))).toBe('HUB /hub');
    expect(await fault(textOf({ from: 'LA-CUS', unit: 'LA-CUS-VTE' }))).toBe('FROM /from');
    expect(await fault(` ${textOf()}`)).toBe('NOT_CANONICAL');
    expect(await fault(canonicalize({ v: 1, kind: 'keyset' }))).toBe('SHAPE /hub');
  });
});

it('a signature by a key that cannot be exported is one that the hub takes', async () => {
  const { kid, jwk, privateKey } = await makeKey(PLACE, 'sig', new Uint8Array(32));
  const text = textOf({ authoredBy: 'p:7f3c' });
  const signature = await signShown(readForSigning(text, PLACE), privateKey, kid, SECONDS);
  const read = await readSignedObject(assemble(text, [signature]), { hub: HUB, now: NOW });
  const pair = { kid, publicJwk: jwk, privateJwk: { ...jwk, d: '' } };
  const keys = new Map([[kid, aRegisteredKey(pair, { holder: 'p:7f3c' })]]);
  expect(await verifySignatures(read, keys, { at: NOW })).toHaveLength(1);
});

it('the challenge of an object is the 32 bytes of its digest', () => {
  expect(Buffer.from(challengeOf(digestOf('x'))).toString('hex')).toBe(digestOf('x').slice(7));
});
