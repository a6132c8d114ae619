import { spawn } from 'node:child_process';
import { rawSign } from '../protocol/keys.js';
import { EXIT, Failure } from './failures.js';
import { type KeyRole, readEitherKey, readPrivateKey } from './key-files.js';
import type { RawSigner } from './sign-composition.js';

/**
 * A signer from a key file, or from `exec:command`: the command reads the signing input and writes 64 raw bytes, so that any
 * security module serves without an addon. The file then only says which key it is; its public half will do.
 */
export async function openSigner(keyFile: string, role: KeyRole, signer?: string): Promise<RawSigner> {
  if (signer === undefined) {
    const { privateJwk, publicJwk, kid } = await readPrivateKey(keyFile, role);
    return { kid, publicJwk, sign: (signingInput) => rawSign(privateJwk, signingInput) };
  }
  const command = /^exec:(.+)$/s.exec(signer)?.[1];
  if (command === undefined) throw new Failure(EXIT.usage, 'cli.failure.badSigner', { signer });
  const { publicJwk, kid } = await readEitherKey(keyFile, role);
  return { kid, publicJwk, sign: (signingInput) => runSigner(command, signingInput) };
}

/** The user's own command line, with what it writes to the terminal left to it (a PIN may be asked for). */
async function runSigner(command: string, signingInput: string): Promise<Uint8Array> {
  const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A signer that ends without reading is told by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(signingInput, 'utf8');
  const status = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  const signature = Buffer.concat(chunks);
  if (status === 0 && signature.length === 64) return signature;
  throw new Failure(EXIT.unexpected, 'cli.failure.signer', { status: String(status), bytes: signature.length });
}
