import base from './jest.config.js';

const { globalSetup: _, globalTeardown: __, workerIdleMemoryLimit: ___, ...shared } = base;

/** The unit tests of the protocol and of access, without a database, in one process and in the order of use to `npm run stryker`. */
export default {
  ...shared,
  testMatch: ['<rootDir>/src/protocol/**/*.spec.ts', '<rootDir>/src/access/**/*.spec.ts'],
  testRunner: '<rootDir>/test/stryker/jest-circus-until-noticed.mjs',
  testSequencer: '<rootDir>/test/stryker/nearest-first.mjs',
};
