import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { buildSchema } from 'graphql';
import { PROJECT_FOLDER } from '../../config/environment.js';
import { anAttempt, type Attempt } from './attempts.js';
import { Dice } from './dice.js';
import { consoleDocuments } from './documents.js';
import { DEADLINE_MS, faultOf, type Reply } from './judge.js';
import { converse, faultOfSubscriber } from './sockets.js';
import { startTarget, type Target } from './target.js';

const USAGE = `npm run fuzz [-- --seconds 60] [--seed N]

Sends a hub documents made of its schema and nearly right objects, key sets, bodies, proofs, addresses, files and sign-ins; as a unit's system, as
officers at their consoles, and over sockets. Fails on an
answer of 500, without a code of the list, after more than 10 s, with something that its reader may not see, and on a hub that ends.
`;

/** Of a hundred cases so many are conversations, and after so many of a hundred conversations somebody else listens. */
const SOCKETS_PERCENT = 4;
const LISTENER_PERCENT = 5;

/** The choices of one case. */
const ROLLS = fc.array(fc.nat(0xffff), { maxLength: 300, size: 'max' });

/** The number after this option. */
function option(words: readonly string[], name: string, otherwise: number): number {
  const at = words.indexOf(name);
  return at === -1 ? otherwise : Number(words[at + 1]);
}

async function main(words: readonly string[]): Promise<number> {
  const seconds = option(words, '--seconds', 60);
  const seed = option(words, '--seed', randomInt(2 ** 31));
  if (
    words.some((word) => word.startsWith('--') && !['--seconds', '--seed'].includes(word)) ||
    !(seconds > 0) ||
    !(seed >= 0)
  ) {
    process.stderr.write(USAGE);
    return 2;
  }
  process.stdout.write(`seed ${seed}\n`);
  const schema = buildSchema(readFileSync(join(PROJECT_FOLDER, 'schema.graphql'), 'utf8'));
  const rolls = fc.sample(ROLLS, { seed, numRuns: 2_000 });
  const texts = consoleDocuments(() => new Dice(rolls.pop() ?? []), schema);
  const target = await startTarget(texts);
  const answers = new Map<string, number>();
  try {
    const property = fc.asyncProperty(ROLLS, async (choices) => {
      const dice = new Dice(choices);
      if (dice.chance(SOCKETS_PERCENT)) return talk(dice, target, answers);
      const attempt = await anAttempt(dice, target, schema);
      const reply = await send(target, attempt);
      const outcome = `${attempt.name}: ${reply.status} ${/"code":"(\w+)"/.exec(reply.text)?.[1] ?? ''}`;
      answers.set(outcome, (answers.get(outcome) ?? 0) + 1);
      const fault = faultOf(attempt, reply);
      await tidyUp(target, attempt, reply);
      if (fault) throw new Error(`${fault}\n${printable(attempt)}\n${reply.text.slice(0, 2_000)}`);
    });
    const run = await fc.check(property, {
      seed,
      numRuns: 1_000_000_000,
      interruptAfterTimeLimit: seconds * 1_000,
      markInterruptAsFailure: false,
      maxSkipsPerRun: 0,
    });
    for (const [outcome, count] of [...answers].sort(([a], [b]) => (a < b ? -1 : 1)))
      process.stdout.write(`${String(count).padStart(7)}  ${outcome}\n`);
    const log = target.hub.output().replace(/^ready .*\n/m, '');
    if (run.failed)
      process.stdout.write(`FAILED after ${run.numRuns} runs, seed ${seed}: ${String(run.errorInstance)}\n${log}`);
    else if (log !== '') process.stdout.write(`FAILED: the hub has written\n${log}`);
    else process.stdout.write(`${run.numRuns} requests, nothing found\n`);
    return run.failed || log !== '' ? 1 : 0;
  } finally {
    await target.stop();
  }
}

/** A conversation over a socket; now and then, whether those who have done nothing still hear what they should. */
async function talk(dice: Dice, target: Target, answers: Map<string, number>): Promise<void> {
  const { outcome, fault, said } = await converse(dice, target);
  const name = `a socket: ${outcome}`;
  answers.set(name, (answers.get(name) ?? 0) + 1);
  const after = fault ?? (dice.chance(LISTENER_PERCENT) ? await faultOfSubscriber(target) : null);
  if (after) throw new Error(`a socket ${after}\n${said}`);
}

/** Undoes what an officer has done to the officers themselves, so that the next attempt is as good as the first. */
async function tidyUp(
  { people, session }: Target,
  { officer, isSignedIn }: Attempt,
  { status, text }: Reply,
): Promise<void> {
  // A token is good for five minutes.
  if (isSignedIn && status === 401) session.forget();
  if (!officer) return;
  if (status === 401 || text.includes('"UNAUTHENTICATED"')) people.forget(officer);
  if (text.includes('"data":{')) await people.restore();
}

/** Sends it, and the answer; what ends the connection is a fault of its own kind. */
async function send({ hub, session }: Target, { method, path, headers, body, isSignedIn }: Attempt): Promise<Reply> {
  const begun = performance.now();
  const proof = isSignedIn ? await session.headersFor(method, path.split('?')[0]!) : {};
  const response = await fetch(`${hub.url}${path}`, {
    method,
    headers: { ...headers, ...proof },
    redirect: 'manual',
    signal: AbortSignal.timeout(DEADLINE_MS + 5_000),
    ...(body === undefined ? {} : { body }),
  });
  session.learn(response.headers.get('dpop-nonce'));
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
    milliseconds: performance.now() - begun,
  };
}

function printable({ name, method, path, headers, body, isSignedIn }: Attempt): string {
  const text = body === undefined ? '' : Buffer.from(body).toString();
  return `${name}${isSignedIn ? ' (signed in)' : ''}\n${method} ${path}\n${JSON.stringify(headers)}\n${text.slice(0, 20_000)}`;
}

process.exit(await main(process.argv.slice(2)));
