import { describe, expect, it } from '@jest/globals';
import { BadConfiguration, readEnvironment } from './environment.js';

describe('the environment', () => {
  it('is a demonstration on loopback when nothing is set', () => {
    const environment = readEnvironment({});
    expect(environment).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, isDemonstration: true });
    expect(environment.DATABASE_URL).toBeUndefined();
    expect(environment.DATA_FOLDER).toMatch(/\/data$/);
  });

  it('names every bad value at once', () => {
    const bad = { HUB_ID: 'Not A Host', PORT: '70000', DATABASE_URL: 'mysql://x/y', LOG_LEVEL: 'loud' };
    expect(() => readEnvironment(bad)).toThrow(BadConfiguration);
    try {
      readEnvironment(bad);
    } catch (error) {
      expect((error as BadConfiguration).problems).toHaveLength(4);
    }
  });

  it('keeps a demonstration on this machine', () => {
    expect(() => readEnvironment({ HOST: '0.0.0.0' })).toThrow(/this machine only/);
    expect(readEnvironment({ HOST: '0.0.0.0', HUB_ID: 'hub.example' }).HOST).toBe('0.0.0.0');
  });

  it('counts an empty variable as unset', () => {
    expect(readEnvironment({ PORT: '' }).PORT).toBe(3000);
  });
});
