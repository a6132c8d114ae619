import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

/** Tells the checks of the code under test where to say that they have refused; one place for each test file. */
export default class Traced extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const name = encodeURIComponent(relative(config.globalConfig.rootDir, context.testPath));
    const file = join(process.env.LIAISON_TRACE_FOLDER, name);
    writeFileSync(file, `${process.hrtime()[0]}\n`);
    this.global.process.env.LIAISON_TRACE = file;
  }
}
