import Sequencer from '@jest/test-sequencer';

/** The test beside the file that is mutated first, then the small ones: most mutants are noticed by the first. */
export default class NearestFirst extends Sequencer {
  constructor(options) {
    super(options);
    const [mutated = ''] = options.globalConfig.nonFlagArgs;
    this.nearest = mutated.replace(/\.ts$/, '.spec.ts');
  }

  sort(tests) {
    const sizeOf = ({ path, context }) => (path === this.nearest ? 0 : (context.hasteFS.getSize(path) ?? 0));
    return [...tests].sort((a, b) => sizeOf(a) - sizeOf(b));
  }
}
