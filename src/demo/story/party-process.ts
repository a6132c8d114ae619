import { join } from 'node:path';
import { HubClient } from '../../cli/client.js';
import type { Composable } from '../../cli/client-models.js';
import { readPrivateKey } from '../../cli/key-files.js';
import { readProfile } from '../../cli/profile.js';
import { checkComposition, signComposition } from '../../cli/sign-composition.js';
import { UnitSession } from '../../cli/unit-session.js';
import { rawSign } from '../../protocol/keys.js';
import type { Task, TaskResult } from './party.js';

/*
 * One party of the demonstration: a process that alone holds its unit's keys and speaks to the hub by its public API only. It gets
 * its tasks from the demonstration by IPC.
 */

const home = process.argv[2]!;
const profile = readProfile(home);
const clientKey = (await readPrivateKey(profile.clientKey, 'client')).privateJwk;
const client = new HubClient({ url: profile.hub, unit: profile.unit, clientKey });
const session = new UnitSession(profile.hub, profile.unit, clientKey);
const { kid, publicJwk, privateJwk } = await readPrivateKey(profile.signingKey, 'unit');
const signer = { kid, publicJwk, sign: (signingInput: string) => rawSign(privateJwk, signingInput) };

/** Composes, reads what it is to sign, signs with its own key, submits. One result for each addressee. */
async function send(kind: Composable, input: object): Promise<{ id: string; to: string[] }[]> {
  const sent = [];
  for (const composition of await client.compose(kind, input)) {
    const refused = composition.preview.refusals.map((refusal) => refusal.message);
    if (composition.text === null) throw new Error(refused.join(' '));
    const checked = await checkComposition(composition, {
      hub: profile.hubId,
      agency: profile.agency,
      unit: profile.unit,
    });
    const { id } = await client.submit(await signComposition(checked, signer));
    sent.push({ id, to: composition.to });
  }
  return sent;
}

/** The answer to one operation, byte for byte. */
async function askRaw(query: string, variables: object): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await session.send('/graphql', { headers, body: JSON.stringify({ query, variables }) });
  return response.text();
}

async function run(task: Task): Promise<unknown> {
  switch (task.act) {
    case 'send':
      return send(task.kind, task.input);
    case 'askRaw':
      return askRaw(task.query, task.variables);
    case 'ask':
      return client.ask(task.query, task.variables);
  }
}

process.on('message', (task: Task) => {
  run(task).then(
    (value) => process.send!({ id: task.id, value } satisfies TaskResult),
    (error: unknown) =>
      process.send!({
        id: task.id,
        error: error instanceof Error ? error.message : String(error),
      } satisfies TaskResult),
  );
});
process.send!({ id: 0, value: join(home) } satisfies TaskResult);
