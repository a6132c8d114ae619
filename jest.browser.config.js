import base from './jest.config.js';

/** Tests in a real Chromium, whose path is CHROMIUM or where systems keep it: `npm run test:browser`. */
export default { ...base, testMatch: ['<rootDir>/test/browser/**/*.browser-spec.ts'], testTimeout: 120_000 };
