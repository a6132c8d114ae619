import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bundle, BundledObject } from '../../protocol/bundle.js';

const CLI = fileURLToPath(new URL('../../cli/liaison.js', import.meta.url));
const NO_NETWORK = new URL('./no-network.js', import.meta.url).href;

interface Verdict {
  id: string;
  verdict: string;
}

/** Runs the command line of a party as it would itself; the answer is what `--json` prints. */
async function liaison(
  args: readonly string[],
  options: { isOffline?: boolean; allowed?: number[] } = {},
): Promise<unknown> {
  const child = spawn(
    process.execPath,
    [...(options.isOffline ? ['--import', NO_NETWORK] : []), CLI, ...args, '--json'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [out, error] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const code = child.exitCode ?? (await new Promise<number>((resolve) => child.on('close', resolve)));
  if (code !== 0 && !options.allowed?.includes(code))
    throw new Error(`liaison ${args[0]} ended with ${code}: ${error}`);
  return JSON.parse(out);
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Exports what this party may see of these objects, with its own command line. */
export async function exportBundle(home: string, ids: readonly string[], file: string): Promise<Bundle> {
  await liaison(['export', ...ids, '--out', file, '--home', home]);
  return JSON.parse(readFileSync(file, 'utf8')) as Bundle;
}

/** How many of a bundle's objects verify, in a process without network, with the roots that the party pinned at enrolment. */
export async function countGenuine(home: string, file: string): Promise<{ genuine: Set<string>; total: number }> {
  const answer = (await liaison(['verify', file, '--roots', join(home, 'roots.json')], {
    isOffline: true,
    allowed: [VERIFICATION_FAILED],
  })) as { objects: Verdict[] };
  const genuine = answer.objects.filter((object) => object.verdict.startsWith('VALID')).map((object) => object.id);
  return { genuine: new Set(genuine), total: answer.objects.length };
}

const VERIFICATION_FAILED = 6;

/** Alters every object of a bundle in its own way, one bundle for each way: one letter of the text, and the signature. */
export function alteredCopies(bundle: Bundle, folder: string): string[] {
  return Object.entries(ALTERATIONS).map(([name, alter]) => {
    const file = join(folder, `altered-${name}.json`);
    writeFileSync(file, JSON.stringify({ ...bundle, objects: bundle.objects.map(alter) }));
    return file;
  });
}

interface Jws {
  payload: string;
  signatures: { protected: string; signature: string }[];
}

function withJws(object: BundledObject, change: (jws: Jws) => Jws): BundledObject {
  return { ...object, text: JSON.stringify(change(JSON.parse(object.text) as Jws)) };
}

const ALTERATIONS: Record<string, (object: BundledObject) => BundledObject> = {
  letter: (object) =>
    withJws(object, (jws) => {
      const text = Buffer.from(jws.payload, 'base64url').toString('utf8');
      const altered = text.replace('"purpose":"P', '"purpose":"Q');
      return { ...jws, payload: Buffer.from(altered).toString('base64url') };
    }),
  signature: (object) =>
    withJws(object, (jws) => ({
      ...jws,
      signatures: jws.signatures.map(({ protected: header, signature }) => {
        const bytes = Buffer.from(signature, 'base64url');
        bytes[10]! ^= 1;
        return { protected: header, signature: bytes.toString('base64url') };
      }),
    })),
};
