import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);

/** Whatever this process has been told of databases and folders is not for the year: it makes its own. */
const { PATH, HOME } = process.env;

it('plays a tenth of the year, names what is overdue, and finds every object genuine', async () => {
  const { stdout } = await run(process.execPath, ['dist/src/demo/demo.js', 'year', '--small'], {
    env: { PATH, HOME },
    timeout: 240_000,
  });
  const [, objects] = /(\d+) requests and 20 alerts; (\d+) signed objects/.exec(stdout)?.slice(1) ?? [];
  expect(Number(objects)).toBeGreaterThan(60);
  expect(stdout).toContain(`verified ${objects} of ${objects} objects offline`);
  expect(stdout).toContain('Every state possible: yes');
  expect(stdout).toMatch(/^By state: .*CLOSED \d+/m);
  expect(stdout).toMatch(/^By state: .*LAPSED 1/m);
  expect(stdout).toMatch(/^Refused: R\d\d \(.+\) \d/m);
  expect(stdout).toMatch(/^ {2}[A-Z]{2}-CUS-\w+: \d+\n {4}\d{4}-\d\d-\d\d {2}\S.*, to [A-Z]{2}-CUS$/m);
  expect(stdout).toMatch(/^all +\d+ +\d+ +\d+(\.\d)? (h|days)$/m);
}, 250_000);
