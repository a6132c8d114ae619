import { createEmptyTestResult } from '@jest/test-result';
import runner from 'jest-circus/runner';

/** A file with one test, which was left out: jest takes a file without any for broken. */
const LEFT_OUT = {
  title: '',
  fullName: '',
  ancestorTitles: [],
  status: 'pending',
  failureDetails: [],
  failureMessages: [],
};
const NOT_RUN = { ...createEmptyTestResult(), numPendingTests: 1, testResults: [LEFT_OUT] };

/** The mutant that a test has noticed; no further test has to. */
let noticed;

/**
 * Runs a test file as jest does, but only until the mutant is noticed, in this file or in one before. Jest's
 * own `bail` ends the process, and Stryker wants "jest-circus" in the name of a runner that gives it the coverage of each test.
 */
export default async function runUntilNoticed(globalConfig, config, environment, ...rest) {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  const isNoticed = () => mutant !== undefined && noticed === mutant;
  if (isNoticed()) return NOT_RUN;
  const inner = environment.handleTestEvent;
  environment.handleTestEvent = async (event, state) => {
    await inner?.call(environment, event, state);
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') noticed = mutant;
    if (event.name === 'test_start' && isNoticed()) event.test.mode = 'skip';
  };
  return runner.default(globalConfig, config, environment, ...rest);
}
