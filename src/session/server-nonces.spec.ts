import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ServerNonces } from './server-nonces.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a nonce for proofs', () => {
  it.each([
    ['is good for two minutes', 0, 120, true],
    ['is good for three where it was given at the beginning of one', 0, 179, true],
    ['is good no longer than that', 0, 180, false],
    ['is good no longer than two where it was given at the end of one', 59, 180, false],
    ['is good where the clock is a minute behind', 60, 0, true],
    ['is not good where the clock is two behind', 120, 59, false],
  ])('%s (RFC 9449 section 9)', (_, given, used, isGood) => {
    const [minutes, secret] = [1_800_000_000_000, 'A'.repeat(43)];
    const clock = jest.spyOn(Date, 'now').mockReturnValue(minutes + given * 1000);
    const nonce = new ServerNonces(secret).current();
    clock.mockReturnValue(minutes + used * 1000);
    expect(new ServerNonces(secret).accepts(nonce)).toBe(isGood);
  });

  it('is that of no other hub', () => {
    expect(new ServerNonces('B'.repeat(43)).accepts(new ServerNonces('A'.repeat(43)).current())).toBe(false);
  });
});
