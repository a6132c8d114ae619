import { describe, expect, it } from '@jest/globals';
import type { Envelope } from '../protocol/envelope.js';
import { makePart } from '../protocol/part.js';
import { anEnvelope } from '../protocol/testing.js';
import type { Composable } from './client-models.js';
import { EXIT, Failure } from './failures.js';
import { checkFaithful } from './faithful.js';

const body = { title: 'Steel parts', goods: [{ hsCode: '7308.90' }], ref: null };
const handling = { codes: ['H1'] };
const ID = '0b7e4b63-3f0e-4f0e-8f39-3b1f4b0c7a11';

function composed(changes: Partial<Envelope> = {}): Envelope {
  const { ref: _, ...rest } = body;
  return anEnvelope({ to: ['LA-CUS'], handling, body: { ...rest, ref: 'VN-ALR-2026-KXQWPD' }, ...changes });
}

function placeOfFault(envelope: Envelope, input: object = {}, kind: Composable = 'alert'): unknown {
  try {
    return checkFaithful({ kind, input: { to: ['LA-CUS', 'TH-CUS'], handling, body, ...input } }, envelope, []);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: EXIT.verification });
    return (error as Failure).params['pointer'];
  }
}

describe('what the hub composed', () => {
  it('is faithful when it says what was asked, and names what the hub added', () => {
    expect(placeOfFault(composed())).toEqual(['ref']);
  });

  it.each<[string, Partial<Envelope>, string]>([
    ['another kind', { kind: 'request' }, '/kind'],
    ['a further addressee', { to: ['LA-CUS', 'KH-CUS'] }, '/to'],
    ['weaker handling', { handling: { codes: ['H0'] } }, '/handling/codes/0'],
    ['handling left out', { handling: {} }, '/handling/codes'],
    ['another title', { body: { ...body, title: 'Scrap' } }, '/body/title'],
    ['goods left out', { body: { ...body, goods: [] } }, '/body/goods'],
    [
      'a file that nobody attached',
      { attachments: [{ sha256: 'a'.repeat(64), size: '1', mediaType: 'image/png' }] },
      '/attachments',
    ],
    ['a deeper change', { body: { ...body, goods: [{ hsCode: '7308.91' }] } }, '/body/goods/0/hsCode'],
    ['an answer to something', { inReplyTo: { id: ID, digest: `sha256:${'0'.repeat(64)}` } }, '/inReplyTo'],
    ['a replacement', { supersedes: { id: ID, digest: `sha256:${'0'.repeat(64)}` } }, '/supersedes'],
  ])('is not faithful with %s', (_, changes, pointer) => {
    expect(placeOfFault(composed(changes))).toBe(pointer);
  });

  it('must be about the object that was named', () => {
    const inReplyTo = { id: ID, digest: `sha256:${'0'.repeat(64)}` } as const;
    expect(placeOfFault(composed({ kind: 'recall', inReplyTo }), { object: ID }, 'recall')).toEqual(['ref']);
    expect(placeOfFault(composed({ kind: 'feedback', inReplyTo: null }), { object: ID }, 'feedback')).toBe(
      '/inReplyTo',
    );
  });

  it('must be about the question that was named, and do what was asked', () => {
    const inReplyTo = { id: ID, digest: `sha256:${'0'.repeat(64)}` } as const;
    const granted = (act: string, kind: Composable = 'consent-answer', consent = ID): unknown =>
      placeOfFault(
        composed({ kind: 'consent', inReplyTo, body: { act, title: body.title, goods: body.goods, ref: 'x' } }),
        { consent, body: { ...body, act } },
        kind,
      );
    expect(granted('GRANT')).toEqual(['ref']);
    expect(granted('DENY')).toEqual(['ref']);
    expect(granted('REVOKE')).toBe('/body/act');
    expect(granted('GRANT', 'consent-revocation')).toBe('/body/act');
    expect(granted('GRANT', 'consent-request')).toBe('/body/act');
    expect(granted('GRANT', 'consent-answer', 'another')).toBe('/inReplyTo');
  });

  it('goes to the one addressee that was named', () => {
    expect(placeOfFault(composed(), { to: 'LA-CUS' })).toEqual(['ref']);
    expect(placeOfFault(composed(), { to: 'TH-CUS' })).toBe('/to');
  });

  it('carries the personal details that were given, and no others', async () => {
    const part = await makePart('nominal', { parties: [{ key: 'P1' }] });
    const check = (nominal?: object): string[] =>
      checkFaithful({ kind: 'alert', input: { body, handling, nominal } }, composed(), [part]);
    expect(check({ parties: [{ key: 'P1' }] })).toEqual(['ref']);
    expect(() => check({ parties: [{ key: 'P2' }] })).toThrow(Failure);
    expect(() => check()).toThrow(Failure);
  });
});
