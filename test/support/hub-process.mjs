import { flushCompileCache } from 'node:module';

/**
 * The built hub as a process of its own, for tests that kill it (`npx nest build` first). Its environment is the hub's. It
 * loads the program at once, serves when its parent says so, tells its address on standard output and ends with its parent.
 */
const { readEnvironment } = await import('../../dist/config/environment.js');
const { startHub } = await import('../../dist/src/hub.js');
flushCompileCache();

process.once('message', ({ documents }) => {
  const environment = readEnvironment();
  startHub(environment, environment.DATABASE_URL, documents && new Map(Object.entries(documents))).then(
    (hub) => console.log(`ready ${hub.url}`),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
