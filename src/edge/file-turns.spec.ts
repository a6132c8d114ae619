import { describe, expect, it } from '@jest/globals';
import { SharedTurn } from './file-turns.js';

describe('a turn that is shared', () => {
  it('ends once, when the last holder lets go, and is not taken up again', () => {
    let ends = 0;
    const turn = new SharedTurn(() => (ends += 1));
    const [connection, work] = [turn.hold(), turn.hold()];
    connection();
    connection();
    expect(ends).toBe(0);
    work();
    work();
    expect(ends).toBe(1);
    expect(() => turn.hold()).toThrow('over');
    expect(ends).toBe(1);
  });
});
