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

/** The names of the tests in each file that was run. */
const known = new Map();

/** The mutant that a test has noticed; no further test has to. */
let noticed;

/**
 * Runs a test file as jest does, but only until the mutant is noticed, in this file or in one before, and does not even read a file
 * none of whose tests is asked for. Jest's own `bail` ends the process, and Stryker wants "jest-circus" in the name of a runner that
 * gives it the coverage of each test.
 */
export default async function runUntilNoticed(globalConfig, config, environment, runtime, path, ...rest) {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  const isNoticed = () => mutant !== undefined && noticed === mutant;
  const asked = new RegExp(globalConfig.testNamePattern ?? '', 'i');
  if (isNoticed() || known.get(path)?.some((name) => asked.test(name)) === false) return NOT_RUN;
  const inner = environment.handleTestEvent;
  environment.handleTestEvent = async (event, state) => {
    await inner?.call(environment, event, state);
    // Where a hook before all tests failed, each of them is done with its error: one must count, or the mutant would pass for unnoticed.
    if (event.name === 'test_done' && event.test.errors.length > 0) noticed = mutant;
    if (event.name === 'test_start' && isNoticed()) event.test.mode = 'skip';
  };
  const result = await runner.default(globalConfig, config, environment, runtime, path, ...rest);
  if (!result.testExecError) known.set(path, namesIn(result));
  return result;
}

function namesIn({ testResults }) {
  return testResults.map(({ fullName }) => fullName);
}
