import { playYear, type StartHub } from './demo/year/year.js';
import { DutySweeper } from './duties/duty-sweeper.js';
import { startHub } from './hub.js';

/** `npm run demo -- year`: what src/demo/demo.ts starts, with a word for the year and how much of it is wanted. */
const [seed = 'mekong', extent = 'whole'] = process.argv.slice(2);
const size = extent === 'small' ? { requests: 10, alerts: 20 } : { requests: 100, alerts: 200 };

const start: StartHub = async (environment, databaseUrl) => {
  const hub = await startHub(environment, databaseUrl);
  return { url: hub.url, clock: hub.clock, stop: () => hub.stop(), sweep: () => hub.app.get(DutySweeper).sweep() };
};

playYear(start, { seed, size, say: (text) => void process.stdout.write(`${text}\n`) }).then(
  (isRight) => process.exit(isRight ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
