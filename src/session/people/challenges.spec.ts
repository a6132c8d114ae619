import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type ChallengeHolder, Challenges } from './challenges.js';
import { ConsoleKey } from './secret.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a challenge', () => {
  const challenges = new Challenges(new ConsoleKey('A'.repeat(43)));
  const holder: ChallengeHolder = { purpose: 'step-up', browser: 'browser', subject: 'session' };
  const issued = (): string => Buffer.from(challenges.issue(holder)).toString('base64url');

  it.each([
    [299, true],
    [301, false],
  ])('that is %d seconds old: is it good? %s', (age, isGood) => {
    const now = 1_800_000_000_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    const challenge = issued();
    clock.mockReturnValue(now + age * 1000);
    expect(challenges.isGood(challenge, holder)).toBe(isGood);
  });

  it.each<[string, Partial<ChallengeHolder>]>([
    ['purpose', { purpose: 'sign-in' }],
    ['browser', { browser: 'another' }],
    ['subject', { subject: 'another' }],
  ])('is not good for another %s', (_, other) => {
    const challenge = issued();
    expect(challenges.isGood(challenge, holder)).toBe(true);
    expect(challenges.isGood(challenge, { ...holder, ...other })).toBe(false);
  });

  it('is not good with a byte changed, nor without one', () => {
    const bytes = challenges.issue(holder);
    for (const at of bytes.keys()) {
      const changed = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 1 : byte));
      expect(challenges.isGood(Buffer.from(changed).toString('base64url'), holder)).toBe(false);
    }
    expect(challenges.isGood(Buffer.from(bytes.subarray(1)).toString('base64url'), holder)).toBe(false);
    expect(challenges.isGood('', holder)).toBe(false);
  });
});
