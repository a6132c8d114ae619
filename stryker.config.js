/**
 * Mutation testing of what decides without a database what is genuine and who may call: `npm run stryker`, explained in docs/mutation.md.
 * The policies, and every check that needs PostgreSQL to be seen, are taken out by `npm run mutate`.
 */
export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { projectType: 'custom', configFile: 'jest.unit.config.js' },
  coverageAnalysis: 'perTest',
  // Constants are read once, before any test: each would need all tests in a new process.
  ignoreStatic: true,
  concurrency: 2,
  // Node keeps the ES modules of every run in memory: some 10 MB for each mutant.
  maxTestRunnerReuse: 50,
  mutate: [
    'src/protocol/**/*.ts',
    'src/access/**/*.ts',
    '!src/**/*.spec.ts',
    '!src/protocol/testing.ts',
    // Only a browser has IndexedDB and an authenticator: npm run test:browser.
    '!src/protocol/browser/key-store.ts',
    '!src/protocol/browser/touch.ts',
    // Only PostgreSQL shows what they do: npm run mutate.
    '!src/access/command.ts',
    '!src/access/prepared.ts',
    '!src/access/row-security.ts',
    '!src/access/scoped-database.ts',
    '!src/access/sight.ts',
    // What is declared with it is read from the whole schema: test/rules.
    '!src/access/visibility.ts',
  ],
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ['clear-text', 'progress', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'data/stryker.json' },
  tempDirName: 'data/stryker',
  ignorePatterns: ['data', 'dist', 'docker', 'docs', 'migrations', 'web'],
};
