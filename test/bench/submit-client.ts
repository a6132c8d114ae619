import { readFileSync } from 'node:fs';
import { percentile, runAll } from './bench-database.js';

/*
 * The client of the submit benchmark, a process of its own so that it does not share the server's thread. Submits the signed texts of a
 * file and prints how fast that went.
 */

const [file, url, token, concurrency] = process.argv.slice(2) as [string, string, string, string];
const texts = JSON.parse(readFileSync(file, 'utf8')) as string[];

async function submit(object: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: 'mutation($object: String) { submit(object: $object) { id } }',
      variables: { object },
    }),
  });
  const answer = (await response.json()) as { errors?: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
}

const { perSecond, samples } = await runAll(texts, Number(concurrency), submit);
process.stdout.write(JSON.stringify({ perSecond, p95: percentile(samples, 0.95) }));
process.exit();
