import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { aHandling, brokenRules, spoilt, someNominalData } from './body.example.js';
import { Handling } from './handling.js';
import { NominalData } from './nominal-data.js';
import { validateBody } from './validate.js';

const json = (text: string): unknown => JSON.parse(text);
const withMember = (name: string, value = '1'): unknown =>
  json(JSON.stringify(aHandling()).replace('{', `{${JSON.stringify(name)}:${value},`));

describe('validateBody', () => {
  it('returns plain data with exactly the members that were sent', () => {
    const body = aHandling({ expiresAt: '2027-01-01T00:00:00Z' });
    const result = validateBody(Handling, body);
    expect(result).toStrictEqual({ value: body });
    const value = (result as { value: Handling }).value;
    expect(value).not.toBe(body);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(value.legalBasis)).toBe(Object.prototype);
    expect(Object.keys(value).sort()).toEqual(Object.keys(body).sort());
  });

  it('takes what GraphQL and Nest make of an input: no prototype, class instances, undefined members', () => {
    const bare = Object.assign(Object.create(null) as object, aHandling());
    expect(validateBody(Handling, bare)).toStrictEqual({ value: aHandling() });
    expect(validateBody(Handling, plainToInstance(Handling, aHandling()))).toStrictEqual({ value: aHandling() });
    expect(validateBody(NominalData, plainToInstance(NominalData, someNominalData()))).toStrictEqual({
      value: someNominalData(),
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'handling'],
    ['a number', 1],
    ['a list', [aHandling()]],
    ['a date', new Date()],
    ['a map', new Map()],
    ['a function', () => aHandling()],
  ])('refuses %s as a body', (_, value) => {
    expect(brokenRules(Handling, value)).toEqual([' record']);
  });

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    '__defineGetter__',
    'valueOf',
    'extra',
    'CODES',
  ])('refuses the unknown member "%s"', (name) => {
    expect(brokenRules(Handling, withMember(name))).toEqual([`/${name} unknownMember`]);
    expect(brokenRules(Handling, withMember(name, '{"codes":["H0"]}'))).toEqual([`/${name} unknownMember`]);
  });

  it('refuses an unknown member inside a record', () => {
    const body = json('{"agreement":"EXAMPLE-MLA","__proto__":{"article":"10"}}');
    expect(brokenRules(Handling, spoilt(aHandling(), { legalBasis: body }))).toEqual([
      '/legalBasis/__proto__ unknownMember',
    ]);
  });

  it('leaves no trace on prototypes', () => {
    brokenRules(Handling, withMember('__proto__', '{"polluted":true}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((new Handling() as unknown as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('does not repeat the name of an unknown member that could hold anything', () => {
    const { problems } = validateBody(Handling, withMember('Nguyen Van A, passport B1234567')) as {
      problems: object[];
    };
    expect(problems).toEqual([{ pointer: '', rule: 'unknownMember', key: 'problem.unknownMember' }]);
  });

  it.each([
    ['a member', { h3Text: null }, ['/h3Text null']],
    ['a required member', { codes: null }, ['/codes null']],
    ['an item', { codes: ['H1', null] }, ['/codes/1 null']],
    ['a record', { legalBasis: null }, ['/legalBasis null']],
    ['a member of a record', { legalBasis: { agreement: 'EXAMPLE-MLA', article: null } }, ['/legalBasis/article null']],
  ])('refuses null as %s', (_, part, broken) => {
    expect(brokenRules(Handling, spoilt(aHandling(), part)).sort()).toEqual(broken);
  });

  it('names every missing member once', () => {
    expect(brokenRules(Handling, {})).toEqual([
      '/codes required',
      '/classification required',
      '/onwardRule required',
      '/evidenceUse required',
      '/legalBasis required',
    ]);
  });

  it('never repeats a value', () => {
    const secret = 'Nguyen Van A';
    const value = Object.fromEntries(Object.keys(aHandling()).map((name) => [name, secret]));
    expect(JSON.stringify(validateBody(Handling, value))).not.toContain(secret);
    const nested = {
      parties: [
        { key: secret, names: secret, phones: [secret], documents: [{ number: `${secret}\u0000`, type: secret }] },
      ],
    };
    expect(JSON.stringify(validateBody(NominalData, nested))).not.toContain(secret);
  });

  it('stops early when the value is deep or large', () => {
    const deep = json(`${'['.repeat(5000)}${']'.repeat(5000)}`);
    const tooLarge = { problems: [{ pointer: '', rule: 'tooLarge', key: 'problem.tooLarge' }] };
    expect(validateBody(Handling, spoilt(aHandling(), { codes: deep }))).toEqual(tooLarge);
    expect(validateBody(Handling, spoilt(aHandling(), { codes: Array.from({ length: 300_000 }, () => ({})) }))).toEqual(
      tooLarge,
    );
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`m${i}`, 1]));
    expect(validateBody(Handling, many)).toEqual(tooLarge);
  });

  it('lists at most 100 problems', () => {
    const result = validateBody(NominalData, { parties: Array.from({ length: 1000 }, () => ({})) });
    expect((result as { problems: unknown[] }).problems).toHaveLength(100);
  });
});
