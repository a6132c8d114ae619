import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { loggedError } from './log-error.js';

describe('an error in the log', () => {
  it('has no query, parameter or message of the database, only the code and where', () => {
    const driver = Object.assign(new Error('invalid input: "SOMXAY"'), {
      severity: 'ERROR',
      code: '22P02',
      detail: 'SOMXAY',
    });
    for (const error of [new QueryFailedError('SELECT $1', ['SOMXAY'], driver), driver]) {
      const logged = loggedError(error);
      expect(JSON.stringify(logged)).not.toContain('SOMXAY');
      expect(logged).toMatchObject({ sqlState: '22P02', stack: expect.stringContaining('log-error.spec') });
    }
  });

  it('keeps the message of our own mistakes', () => {
    expect(loggedError(new TypeError('x is undefined'))).toMatchObject({
      type: 'TypeError',
      message: 'x is undefined',
    });
    expect(loggedError('a string')).toMatchObject({ type: 'string' });
  });
});
