import { describe, expect, it } from '@jest/globals';
import { touch } from './touch.js';

describe('a touch', () => {
  it('that gave nothing is no touch (Credential Management level 1, section 2.3.1: get() may resolve with null)', async () => {
    const nothing = { credentials: { get: async () => null } };
    await expect(touch(nothing, new Uint8Array(32), [])).rejects.toThrow('gave no answer');
  });
});
