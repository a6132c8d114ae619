import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from './canonical.js';
import { checkEnvelope, OBJECT_KINDS, type Envelope } from './envelope.js';
import { ProtocolError } from './errors.js';
import { anEnvelope } from './testing.js';

const UUID = 'a5a1c2c4-6f0f-4c58-9d52-6e0a4d3b7f10';
const DIGEST = `sha256:${'ab'.repeat(32)}` as const;
const SHA256 = 'ab'.repeat(32);

const AN_ATTACHMENT = { sha256: SHA256, size: '1', mediaType: 'image/png' };
const parts = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `p${i}`, sha256: SHA256 }));

const check = (envelope: object) => checkEnvelope(envelope as JsonValue);
const faultOf = (envelope: object) => {
  try {
    check(envelope);
    return 'accepted';
  } catch (error) {
    const { sub, pointer } = error as ProtocolError;
    return `${sub} ${pointer}`;
  }
};

describe('checkEnvelope', () => {
  it.each(OBJECT_KINDS)('accepts a plain %s', (kind) => {
    expect(check(anEnvelope({ kind }))).toEqual(anEnvelope({ kind }));
  });

  it('accepts links, every kind of addressee, attachments and parts', () => {
    const full = anEnvelope({
      to: ['LA-CUS', 'LA-CUS-VTE-01', `community:${UUID}`],
      inReplyTo: { id: UUID, digest: DIGEST },
      supersedes: { id: UUID, digest: DIGEST },
      operation: 'MEKONG-26',
      releasedBy: 'p:c1',
      attachments: [{ sha256: SHA256, size: '48211', mediaType: 'image/svg+xml' }],
      parts: [{ name: 'nominal', sha256: SHA256 }],
    });
    expect(check(full)).toBe(full);
  });

  it('accepts as many addressees, attachments and parts as may be', () => {
    const full = anEnvelope({
      to: Array.from({ length: 200 }, (_, i) => `LA-C${i}`),
      attachments: Array.from({ length: 100 }, () => AN_ATTACHMENT),
      parts: parts(20),
    });
    expect(check(full)).toBe(full);
  });

  it.each(Object.keys(anEnvelope()) as (keyof Envelope)[])('refuses an envelope without %s', (member) => {
    const { [member]: _, ...rest } = anEnvelope();
    expect(faultOf(rest)).toBe(`SHAPE /${member}`);
  });

  it.each<[string, object, string]>([
    ['an unknown member', { to2: 1 }, 'SHAPE /to2'],
    ['__proto__', JSON.parse('{"__proto__":1}') as object, 'SHAPE /__proto__'],
    ['another version', { v: 2 }, 'SHAPE /v'],
    ['an unknown kind', { kind: 'keyset' }, 'KIND /kind'],
    ['a kind that is no string', { kind: ['alert'] }, 'KIND /kind'],
    ['an empty hub', { hub: '' }, 'SHAPE /hub'],
    ['a UUID of another version', { id: 'a5a1c2c4-6f0f-1c58-9d52-6e0a4d3b7f10' }, 'SHAPE /id'],
    ['a UUID in capitals', { id: UUID.toUpperCase() }, 'SHAPE /id'],
    ['a lower-case agency', { from: 'vn-cus' }, 'SHAPE /from'],
    ['an agency with a line end', { from: 'VN-CUS\n' }, 'SHAPE /from'],
    ['a unit of another agency', { unit: 'LA-CUS-AS' }, 'SHAPE /unit'],
    ['a unit of an agency whose code begins alike', { unit: 'VN-CUST-AS' }, 'SHAPE /unit'],
    ['an agency as unit', { unit: 'VN-CUS' }, 'SHAPE /unit'],
    ['nobody addressed', { to: [] }, 'SHAPE /to'],
    ['201 addressees', { to: Array.from({ length: 201 }, (_, i) => `LA-C${i}`) }, 'SHAPE /to'],
    ['an addressee twice', { to: ['LA-CUS', 'LA-CUS'] }, 'SHAPE /to'],
    ['everyone but', { to: ['!LA-CUS'] }, 'SHAPE /to/0'],
    ['an unknown form of community', { to: ['LA-CUS', 'community:all'] }, 'SHAPE /to/1'],
    ['a time in another zone', { createdAt: '2026-11-22T02:15:00+07:00' }, 'SHAPE /createdAt'],
    ['milliseconds', { createdAt: '2026-11-22T02:15:00.000Z' }, 'SHAPE /createdAt'],
    ['30 February', { createdAt: '2026-02-30T02:15:00Z' }, 'SHAPE /createdAt'],
    ['the 25th hour', { createdAt: '2026-02-03T25:15:00Z' }, 'SHAPE /createdAt'],
    ['a link that is an id alone', { inReplyTo: UUID }, 'SHAPE /inReplyTo'],
    ['a link without digest', { inReplyTo: { id: UUID } }, 'SHAPE /inReplyTo/digest'],
    ['a digest without its algorithm', { supersedes: { id: UUID, digest: SHA256 } }, 'SHAPE /supersedes/digest'],
    ['a number as operation', { operation: 5 }, 'SHAPE /operation'],
    ['handling that is a list', { handling: [] }, 'SHAPE /handling'],
    ['handling that is null', { handling: null }, 'SHAPE /handling'],
    ['no purpose', { purpose: '' }, 'SHAPE /purpose'],
    ['an author by name', { authoredBy: 'Nguyễn Văn A' }, 'SHAPE /authoredBy'],
    [
      'an attachment whose size is a number',
      { attachments: [{ sha256: SHA256, size: 1, mediaType: 'a/b' }] },
      'SHAPE /attachments/0/size',
    ],
    ['a part with a prefix in its hash', { parts: [{ name: 'nominal', sha256: DIGEST }] }, 'SHAPE /parts/0/sha256'],
    ['a part that is named like a path', { parts: [{ name: '../x', sha256: SHA256 }] }, 'SHAPE /parts/0'],
    [
      'two parts of one name',
      {
        parts: [
          { name: 'a', sha256: SHA256 },
          { name: 'a', sha256: SHA256 },
        ],
      },
      'SHAPE /parts',
    ],
    [
      'an attachment without its type',
      { attachments: [{ sha256: SHA256, size: '1' }] },
      'SHAPE /attachments/0/mediaType',
    ],
    [
      'an attachment with a prefix in its hash',
      { attachments: [{ sha256: DIGEST, size: '1', mediaType: 'a/b' }] },
      'SHAPE /attachments/0/sha256',
    ],
    [
      'an attachment whose type is half a type',
      { attachments: [AN_ATTACHMENT, { ...AN_ATTACHMENT, mediaType: 'image' }] },
      'SHAPE /attachments/1/mediaType',
    ],
    ['101 attachments', { attachments: Array.from({ length: 101 }, () => AN_ATTACHMENT) }, 'SHAPE /attachments'],
    ['attachments that are no list', { attachments: {} }, 'SHAPE /attachments'],
    ['parts that are no list', { parts: {} }, 'SHAPE /parts'],
    ['21 parts', { parts: parts(21) }, 'SHAPE /parts'],
    ['a part without its hash', { parts: [...parts(1), { name: 'a' }] }, 'SHAPE /parts/1/sha256'],
    ['a part without its name', { parts: [{ sha256: SHA256 }] }, 'SHAPE /parts/0/name'],
    ['a part whose name is null', { parts: [{ name: null, sha256: SHA256 }] }, 'SHAPE /parts/0'],
    ['a releaser by name', { releasedBy: 'Nguyễn Văn A' }, 'SHAPE /releasedBy'],
    ['a link whose id is none', { inReplyTo: { id: 'x', digest: DIGEST } }, 'SHAPE /inReplyTo/id'],
    ['a link with more than that', { supersedes: { id: UUID, digest: DIGEST, v: 1 } }, 'SHAPE /supersedes/v'],
    ['a body that is text', { body: 'text' }, 'SHAPE /body'],
  ])('refuses %s', (_, changes, fault) => {
    expect(faultOf({ ...anEnvelope(), ...Object.fromEntries(Object.entries(changes)) })).toBe(fault);
  });

  it.each([null, [], 'x', 1])('refuses %j', (value) => {
    expect(() => checkEnvelope(value)).toThrow(expect.objectContaining({ sub: 'SHAPE' }));
  });
});
