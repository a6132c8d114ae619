import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import ts from 'typescript';
import { PROJECT_FOLDER } from '../../config/environment.js';
import type { Mutation } from './mutations.js';

const CHANGES_ROLES = /row-security|floor\/context/;
const FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
/** Short files first, and nothing more once a test has failed. */
const UNTIL_NOTICED = [
  ['--bail', '--testTimeout', '120000'],
  ['--testEnvironment', './test/mutate/until-noticed.mjs'],
  ['--testSequencer', './test/stryker/nearest-first.mjs'],
].flat();

/** A copy of the project in which one source at a time is changed. */
export class Workshop {
  private constructor(
    readonly folder: string,
    private readonly stop: AbortSignal,
  ) {}

  /** Copies what the repository has, as it is now, and builds it. Its tests end with an AbortError when `stop` says so. */
  static open(stop: AbortSignal): Workshop {
    const workshop = new Workshop(mkdtempSync(join(tmpdir(), 'liaison-mutate-')), stop);
    try {
      workshop.fill();
      return workshop;
    } catch (error) {
      workshop.close();
      throw error;
    }
  }

  private fill(): void {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: PROJECT_FOLDER,
      encoding: 'utf8',
    });
    for (const file of files.split('\n').filter((each) => each && existsSync(join(PROJECT_FOLDER, each)))) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(PROJECT_FOLDER, file), join(this.folder, file));
    }
    symlinkSync(join(PROJECT_FOLDER, 'node_modules'), join(this.folder, 'node_modules'));
    execFileSync('npm', ['run', '-s', 'build'], { cwd: this.folder });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** Writes all these sources anew, unchanged, as a mutation writes its own. */
  rewrite(files: readonly string[]): void {
    for (const file of files) this.write(file, this.read(file));
  }

  /** The first test of these files that fails with nothing taken out; there must be none. */
  failureOfUnchanged(tests: readonly string[], environment: NodeJS.ProcessEnv): Promise<string | undefined> {
    return this.firstFailure(tests, environment);
  }

  /**
   * The first test of these files that fails while the source is changed; undefined when none does. The tests find their PostgreSQL
   * in `environment`. They make one of their own when a migration is changed, or when they change roles, which all its databases share.
   */
  async killer(
    { file, start, end, replacement }: Mutation,
    tests: readonly string[],
    environment: NodeJS.ProcessEnv,
  ): Promise<string | undefined> {
    const text = this.read(file);
    try {
      this.write(file, text.slice(0, start) + replacement + text.slice(end));
      return await this.firstFailure(tests, file.startsWith('migrations/') ? {} : environment);
    } finally {
      this.write(file, text);
    }
  }

  /** Runs every test with all the sources as they are written now; which of them fail is not asked. */
  async runAll(environment: NodeJS.ProcessEnv): Promise<void> {
    const child = this.jest(['--testEnvironment', './test/mutate/traced.mjs'], environment);
    child.stderr.resume();
    const [status] = (await once(child, 'close')) as [number | null];
    if (status === null) throw new Error('The run of all tests was cut off');
  }

  /** Writes a source and what the compiler makes of it; types are not its business here. */
  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
    const { compilerOptions } = JSON.parse(this.read('tsconfig.json')) as { compilerOptions: object };
    const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, this.folder);
    // Alone, without the package around it, a file would be taken for CommonJS.
    const alone = { ...options, module: ts.ModuleKind.ESNext, sourceMap: false };
    const { outputText } = ts.transpileModule(text, { compilerOptions: alone, fileName: file });
    writeFileSync(join(this.folder, 'dist', file.replace(/\.ts$/, '.js')), outputText);
  }

  /** Runs these test files until one fails: its name. Where nothing came to a test, that and why. */
  private async firstFailure(tests: readonly string[], environment: NodeJS.ProcessEnv): Promise<string | undefined> {
    const changesRoles = tests.some((test) => CHANGES_ROLES.test(test));
    const child = this.jest([...UNTIL_NOTICED, '--runTestsByPath', ...tests], changesRoles ? {} : environment);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [status] = (await once(child, 'close')) as [number | null];
    if (status === 0) return undefined;
    const [, file] = /^FAIL (\S+)/m.exec(stderr) ?? [];
    const [, test] = /^ {2}● (?!Console$)(.+)$/m.exec(stderr) ?? [];
    if (file !== undefined && test !== undefined) return `${file}: ${test}`;
    return `the tests cannot be run: ${/\S*Error\b.*/.exec(stderr)?.[0] ?? stderr.trim().split('\n')[0]}`;
  }
  private jest(words: readonly string[], environment: NodeJS.ProcessEnv): ChildProcessByStdio<null, null, Readable> {
    const jest = join(this.folder, 'node_modules/jest/bin/jest.js');
    return spawn(process.execPath, [...FLAGS, jest, ...words], {
      cwd: this.folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 30 * 60_000,
      signal: this.stop,
    });
  }
}
