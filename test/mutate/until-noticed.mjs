import { TestEnvironment } from 'jest-environment-node';

/** Runs no further test of a file once one has failed: what was taken out has been noticed. */
export default class UntilNoticed extends TestEnvironment {
  isNoticed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_done' && test.errors.length > 0) this.isNoticed = true;
    if (name === 'test_start' && this.isNoticed) test.mode = 'skip';
  }
}
