import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { UnitSession } from '../../src/cli/unit-session.js';
import type { PrivateJwk } from '../../src/protocol/keys.js';
import { percentile, runAll } from './bench-database.js';

/*
 * The client of the submit benchmark, a process of its own so that it does not share the server's thread. Submits the signed texts of a
 * file and prints how fast that went. The proofs of possession are made beforehand like the texts: they are other machines' work.
 */

/** What the file holds. */
export interface SubmitTask {
  url: string;
  unit: string;
  key: PrivateJwk;
  texts: string[];
  concurrency: number;
}

interface Submission {
  object: string;
  headers: { authorization: string; dpop: string };
}

const agent = new Agent({ keepAlive: true });

async function prepared({ url, unit, key, texts }: SubmitTask): Promise<Submission[]> {
  const session = new UnitSession(url, unit, key);
  await session.send('/healthz', { method: 'GET' });
  const submissions: Submission[] = [];
  for (const object of texts) submissions.push({ object, headers: await session.headersFor('POST', '/graphql') });
  return submissions;
}

// Plain node:http, because fetch costs several times as much and client and server share the same two cores.
async function submit(url: string, { object, headers }: Submission): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } };
    const call = request(`${url}/graphql`, options, (response) => {
      text(response).then(resolve, reject);
    });
    call.on('error', reject);
    call.end(
      JSON.stringify({
        query: 'mutation($object: String) { submit(object: $object) { id } }',
        variables: { object },
      }),
    );
  });
  const { errors } = JSON.parse(answer) as { errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
}

const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as SubmitTask;
const submissions = await prepared(task);
const { perSecond, samples } = await runAll(submissions, task.concurrency, (each) => submit(task.url, each));
process.stdout.write(JSON.stringify({ perSecond, p95: percentile(samples, 0.95) }));
process.exit();
