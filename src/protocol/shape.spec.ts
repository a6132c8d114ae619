import { describe, expect, it } from '@jest/globals';
import { asList, asObject, asString, constant, distinct, exactly, matching, whole } from './shape.js';
import { faultOf } from './testing.js';

describe('a check of form gives back what it checked', () => {
  it.each<[string, () => unknown, unknown]>([
    ['an object', () => asObject({ a: 1 }), { a: 1 }],
    ['an object with exactly these members', () => exactly({ b: 1, a: null }, ['a', 'b']), { a: null, b: 1 }],
    ['a list of the least length', () => asList([1], 1, 2, '/x'), [1]],
    ['a list of the greatest length', () => asList([1, 2], 1, 2, '/x'), [1, 2]],
    ['strings, each once', () => distinct(['a', 'b'], /^[a-z]$/, 1, 2, '/x'), ['a', 'b']],
    ['a string', () => asString('', '/x'), ''],
    ['a string of this form', () => matching('ab', /^ab$/, '/x'), 'ab'],
    ['the least whole number', () => whole(3, 3, '/x'), 3],
    ['the greatest whole number', () => whole(Number.MAX_SAFE_INTEGER, 0, '/x'), Number.MAX_SAFE_INTEGER],
    ['nothing, for a constant', () => constant('a', 'a', '/x'), undefined],
  ])('%s', (_, check, expected) => {
    expect(check()).toEqual(expected);
  });
});

describe('a check of form says where it refuses', () => {
  it.each<[string, () => unknown, string]>([
    ['null as an object', () => asObject(null, '/x'), 'SHAPE /x'],
    ['a list as an object', () => asObject([], '/x'), 'SHAPE /x'],
    ['text as an object', () => asObject('{}', '/x'), 'SHAPE /x'],
    ['the whole input', () => asObject(1), 'SHAPE '],
    ['an unknown member', () => exactly({ a: 1, b: 2 }, ['a'], '/x'), 'SHAPE /x/b'],
    ['an unknown member of the whole input', () => exactly({ b: 2 }, []), 'SHAPE /b'],
    ['a missing member', () => exactly({}, ['a'], '/x'), 'SHAPE /x/a'],
    ['a member that is only inherited', () => exactly(Object.create({ a: 1 }), ['a'], '/x'), 'SHAPE /x/a'],
    ['an object as a list', () => asList({ length: 1 }, 0, 2, '/x'), 'SHAPE /x'],
    ['a list too short', () => asList([], 1, 2, '/x'), 'SHAPE /x'],
    ['a list too long', () => asList([1, 2, 3], 1, 2, '/x'), 'SHAPE /x'],
    ['a string twice', () => distinct(['a', 'a'], /a/, 0, 2, '/x'), 'SHAPE /x'],
    ['a string of another form', () => distinct(['a', 'b'], /a/, 0, 2, '/x'), 'SHAPE /x/1'],
    ['a number as a string', () => asString(1, '/x'), 'SHAPE /x'],
    ['a list of one string as a string', () => matching(['ab'], /^ab$/, '/x'), 'SHAPE /x'],
    ['a string of another form alone', () => matching('b', /^a$/, '/x'), 'SHAPE /x'],
    ['a number below the least', () => whole(2, 3, '/x'), 'SHAPE /x'],
    ['a fraction', () => whole(3.5, 3, '/x'), 'SHAPE /x'],
    ['digits as a number', () => whole('3', 3, '/x'), 'SHAPE /x'],
    ['another constant', () => constant('1', 1, '/x'), 'SHAPE /x'],
  ])('%s', async (_, check, fault) => {
    expect(await faultOf(check)).toBe(fault);
  });
});
