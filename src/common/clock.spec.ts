import { describe, expect, it } from '@jest/globals';
import { Clock } from './clock.js';

describe('the clock', () => {
  it('is set in a demonstration', () => {
    const [clock, instant] = [new Clock(true), new Date('2026-05-05T05:05:05Z')];
    clock.set(instant);
    expect([clock.now(), clock.isSimulated]).toEqual([instant, true]);
    clock.set(null);
    expect([clock.isSimulated, Math.abs(clock.now().getTime() - Date.now()) < 1_000]).toEqual([false, true]);
  });

  it('is wall time anywhere else, and stays so', () => {
    const clock = new Clock(false);
    expect(() => clock.set(new Date('2026-05-05T05:05:05Z'))).toThrow('Only a demonstration hub');
    expect(clock.isSimulated).toBe(false);
  });
});
