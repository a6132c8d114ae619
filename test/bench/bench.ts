import 'reflect-metadata';
import { benchAttack } from './attack.js';
import { benchDuties } from './duties.js';
import { benchPage } from './page.js';
import { benchSubmit } from './submit.js';

const USAGE = `npm run bench -- page [--small]     the newest page, 10,000 and 1,000,000 objects (about 15 minutes)
npm run bench -- submit [--small]   submits to one agency and to a community of 200 (about a minute)
npm run bench -- duties [--small]   what is owed, and the sweep, at 100,000 open duties (about three minutes)
npm run bench -- attack [--small]   a client's pages while others send 200 hostile requests/s (about two minutes)
`;

const say = (text: string): void => void process.stderr.write(`  ${text}\n`);

/** Prints a table with the absolute figure, the bare program's beside it, and the ratio of the two. */
async function main(): Promise<void> {
  const [name] = process.argv.slice(2);
  const isSmall = process.argv.includes('--small');
  if (name === 'page') {
    const options = isSmall
      ? { sizes: [1_000, 10_000], samples: 10, warmUp: 20, seconds: 0.5 }
      : { sizes: [10_000, 1_000_000], samples: 50, warmUp: 400, seconds: 2 };
    process.stdout.write(`${await benchPage(options, say)}\n`);
  } else if (name === 'submit') {
    const options = isSmall ? { objects: 200, concurrency: 8 } : { objects: 4_000, concurrency: 16 };
    process.stdout.write(`${await benchSubmit(options, say)}\n`);
  } else if (name === 'duties') {
    const options = isSmall
      ? { sizes: [1_000, 2_000], dueNow: 100, samples: 5, warmUp: 5 }
      : { sizes: [10_000, 100_000], dueNow: 1_000, samples: 50, warmUp: 300 };
    process.stdout.write(`${await benchDuties(options, say)}\n`);
  } else if (name === 'attack') {
    const options = isSmall
      ? { objects: 1_000, perSecond: 200, seconds: 10, idleSeconds: 5 }
      : { objects: 10_000, perSecond: 200, seconds: 60, idleSeconds: 30 };
    process.stdout.write(`${await benchAttack(options, say)}\n`);
  } else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
}

await main();
process.exit();
