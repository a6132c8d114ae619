import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalize, parseCanonical, pointerTo, type JsonValue } from './canonical.js';
import { ProtocolError } from './errors.js';
import { refusalOf } from './testing.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 5, noNullPrototype: false }),
  ),
})).value;

describe('canonicalize', () => {
  it('sorts as the example of RFC 8785 section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(canonicalize(value)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
        '"\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it('writes strings and literals as the example of RFC 8785 section 3.2.2', () => {
    const value: unknown = JSON.parse(
      String.raw`{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    );
    const text = canonicalize(value);
    expect(text).toBe(String.raw`{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}`);
    expect(Buffer.from(text).toString('hex')).toBe(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c22737472696e67223a22e282ac245c753030' +
        '30665c6e4127425c225c5c5c5c5c222f227d',
    );
  });

  it.each([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27])(
    'refuses the number %d of the same example: quantities are strings',
    async (number) => {
      expect(await refusalOf(() => canonicalize([number]))).toBe('NUMBER');
    },
  );

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'SHAPE'],
    ['an undefined member', { a: undefined }, 'SHAPE'],
    ['a function called toJSON', { toJSON: () => 1 }, 'SHAPE'],
    ['a symbol', Symbol('x'), 'SHAPE'],
    ['a member named by a symbol', { [Symbol('x')]: 1 }, 'SHAPE'],
    ['a hidden member', Object.defineProperty({}, 'x', { value: 1 }), 'SHAPE'],
    ['a date', new Date(0), 'SHAPE'],
    ['a map', new Map(), 'SHAPE'],
    ['bytes', new Uint8Array(1), 'SHAPE'],
    ['an instance of a class', new ProtocolError('SHAPE'), 'SHAPE'],
    // oxlint-disable-next-line no-sparse-arrays
    ['a sparse array', [1, , 2], 'SHAPE'],
    // oxlint-disable-next-line no-sparse-arrays
    ['a sparse array with a member', Object.assign([1, , 2], { x: 1 }), 'SHAPE'],
    ['an array with a member', Object.assign([1], { x: 1 }), 'SHAPE'],
    ['NaN', NaN, 'NUMBER'],
    ['infinity', [Infinity], 'NUMBER'],
    ['a fraction', 1.5, 'NUMBER'],
    ['minus zero', { a: -0 }, 'NUMBER'],
    ['2^53', 2 ** 53, 'NUMBER'],
    ['a big integer', 1n, 'SHAPE'],
    ['a lone surrogate', 'a\ud800b', 'SURROGATE'],
    ['a lone surrogate in a name', { '\udc00': 1 }, 'SURROGATE'],
    ['33 levels', JSON.parse(nested(33)), 'DEPTH'],
  ])('refuses %s', async (_, value, code) => {
    expect(await refusalOf(() => canonicalize(value))).toBe(code);
  });

  it('refuses a circle', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(await refusalOf(() => canonicalize(circle))).toBe('DEPTH');
  });

  it('accepts 32 levels, objects without prototype and data called toJSON', () => {
    expect(canonicalize(JSON.parse(nested(32)))).toBe(nested(32));
    expect(canonicalize(Object.assign(Object.create(null), { toJSON: 'x' }))).toBe('{"toJSON":"x"}');
  });

  it('says where, without saying what', () => {
    const value = { 'a/b': [{ '~': 1.5 }] };
    expect(() => canonicalize(value)).toThrow(expect.objectContaining({ sub: 'NUMBER', pointer: '/a~1b/0/~0' }));
    expect(() => canonicalize(value)).toThrow(/^A number is not a safe integer, or is negative zero\.$/);
    expect(pointerTo('', 'x'.repeat(5000))).toHaveLength(65);
  });
});

describe('parseCanonical', () => {
  it('gives back every value that canonicalize can write', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalize(value);
        expect(canonicalize(parseCanonical(bytesOf(text)))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['S5 a pretty-printed text', '{\n  "a": 1\n}', 'NOT_CANONICAL'],
    ['S5 unsorted members', '{"b":1,"a":2}', 'NOT_CANONICAL'],
    ['S5 a trailing newline', '{}\n', 'NOT_CANONICAL'],
    ['S5 an escape that need not be', String.raw`{"a":"\u0041"}`, 'NOT_CANONICAL'],
    ['S6 a duplicate member', '{"a":1,"a":1}', 'NOT_CANONICAL'],
    ['S6 a duplicate member spelt differently', String.raw`{"a":1,"\u0061":1}`, 'NOT_CANONICAL'],
    ['S7 a byte order mark', '\ufeff{}', 'JSON'],
    ['S7 a lone surrogate', String.raw`{"a":"\ud800"}`, 'SURROGATE'],
    ['S7 a lone surrogate in a name', String.raw`{"\udfff":1}`, 'SURROGATE'],
    ['S8 1.5', '{"a":1.5}', 'NUMBER'],
    ['S8 2^53+1', '{"a":9007199254740993}', 'NUMBER'],
    ['S8 -0', '{"a":-0}', 'NUMBER'],
    ['S8 1e400', '{"a":1e400}', 'NUMBER'],
    ['S8 1.0, another spelling of 1', '[1.0]', 'NOT_CANONICAL'],
    ['S8 1e2, another spelling of 100', '[1e2]', 'NOT_CANONICAL'],
    ['S9 200 levels', nested(200), 'DEPTH'],
    ['S9 100 000 levels', nested(100_000), 'DEPTH'],
    ['S9 nothing', '', 'JSON'],
    ['S9 text that is not JSON', 'alert', 'JSON'],
  ])('%s → refused', async (_, text, code) => {
    expect(await refusalOf(() => parseCanonical(bytesOf(text)))).toBe(code);
  });

  it.each([
    ['a stray byte', [0x22, 0xff, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate encoded as UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82]],
  ])('S7 invalid UTF-8, %s → refused', async (_, bytes) => {
    expect(await refusalOf(() => parseCanonical(Uint8Array.from(bytes)))).toBe('UTF8');
  });

  it('keeps __proto__ as data and pollutes nothing', () => {
    const text = '{"__proto__":{"isAdmin":true},"constructor":1}';
    const value = parseCanonical(bytesOf(text)) as Record<string, JsonValue>;
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(value['isAdmin']).toBeUndefined();
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    expect(canonicalize(value)).toBe(text);
  });
});
