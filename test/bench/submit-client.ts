import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { percentile, runAll } from './bench-database.js';

/*
 * The client of the submit benchmark, a process of its own so that it does not share the server's thread. Submits the signed texts of a
 * file and prints how fast that went.
 */

const [file, url, token, concurrency] = process.argv.slice(2) as [string, string, string, string];
const texts = JSON.parse(readFileSync(file, 'utf8')) as string[];

const agent = new Agent({ keepAlive: true });

// Plain node:http, because fetch costs several times as much and client and server share the same two cores.
async function submit(object: string): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const call = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
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

const { perSecond, samples } = await runAll(texts, Number(concurrency), submit);
process.stdout.write(JSON.stringify({ perSecond, p95: percentile(samples, 0.95) }));
process.exit();
