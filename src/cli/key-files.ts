import { existsSync } from 'node:fs';
import {
  algorithmOf,
  checkPublicKey,
  type KeyPair,
  type PossessionClaim,
  type PrivateJwk,
  type PublicJwk,
  thumbprint,
} from '../protocol/keys.js';
import { EXIT, Failure, refusing } from './failures.js';
import { besides, checkPrivate, PRIVATE, PUBLIC, readRecord, writeNew, writeWhole } from './files.js';

/** What a key is for. One key has one use: a client key that could also sign alerts would make a thief of tokens a forger. */
export type KeyRole = 'root' | 'unit' | 'client' | 'enrol';

/** Stands in a public key's file: its holder has it, and means it for this agency, hub and use. */
export interface Possession extends Omit<PossessionClaim, 'kid'> {
  proof: string;
}

/** Writes both halves of a new key: the private one for the owner alone, the public one beside it for others. */
export function writeKey(
  file: string,
  role: KeyRole,
  { privateJwk, publicJwk, kid }: KeyPair,
  possession?: Possession,
): string {
  const publicFile = besides(file, 'pub');
  const marks = { kid, alg: algorithmOf(publicJwk), role };
  writeNew(file, `${JSON.stringify({ ...privateJwk, ...marks }, null, 2)}\n`, PRIVATE);
  writeNew(publicFile, `${JSON.stringify({ ...publicJwk, ...marks, possession }, null, 2)}\n`, PUBLIC);
  return publicFile;
}

/** Puts the proof into the public key's file beside `file`, which may be that very file. */
export function writePossession(file: string, publicJwk: PublicJwk, possession: Possession): string {
  const publicFile = file.endsWith('.pub.json') ? file : besides(file, 'pub');
  const { d: _, ...known } = readRecord(existsSync(publicFile) ? publicFile : file);
  writeWhole(publicFile, `${JSON.stringify({ ...known, ...publicJwk, possession }, null, 2)}\n`, PUBLIC);
  return publicFile;
}

/** The proof in a public key's file for this agency, hub and use. Without one nobody registers the key. */
export function readProof(file: string, { hub, agency, use }: Omit<PossessionClaim, 'kid'>): string {
  const possession = (readRecord(file)['possession'] ?? {}) as Partial<Possession>;
  const isMeant = possession.hub === hub && possession.agency === agency && possession.use === use;
  if (isMeant && typeof possession.proof === 'string') return possession.proof;
  throw new Failure(EXIT.usage, 'cli.failure.noProof', { file, hub, agency, use });
}

/** The private key in a file that only its owner can read, made for this role. */
export async function readPrivateKey(file: string, role: KeyRole): Promise<KeyPair> {
  const { d, ...rest } = readRecord(file);
  checkPrivate(file);
  checkRole(file, rest['role'], role);
  if (typeof d !== 'string') throw new Failure(EXIT.usage, 'cli.failure.notPrivate', { file });
  const publicJwk = await refusing(() => checkPublicKey(rest));
  const privateJwk: PrivateJwk = { ...publicJwk, d };
  return { privateJwk, publicJwk, kid: await thumbprint(publicJwk) };
}

/** The public key in a file. A private one is refused: it must not travel. */
export async function readPublicKey(file: string, role?: KeyRole): Promise<{ publicJwk: PublicJwk; kid: string }> {
  const jwk = readRecord(file);
  if ('d' in jwk) throw new Failure(EXIT.usage, 'cli.failure.notPublic', { file, publicFile: besides(file, 'pub') });
  return publicHalf(file, jwk, role);
}

/** The public half of a key file of either kind; the private half stays on the disk. */
export async function readEitherKey(file: string, role: KeyRole): Promise<{ publicJwk: PublicJwk; kid: string }> {
  const { d: _, ...jwk } = readRecord(file);
  return publicHalf(file, jwk, role);
}

async function publicHalf(file: string, jwk: Record<string, unknown>, role?: KeyRole) {
  if (role) checkRole(file, jwk['role'], role);
  const publicJwk = await refusing(() => checkPublicKey(jwk));
  return { publicJwk, kid: await thumbprint(publicJwk) };
}

/** A key from elsewhere names no role. */
function checkRole(file: string, found: unknown, role: KeyRole): void {
  if (found === undefined || found === role) return;
  throw new Failure(EXIT.usage, 'cli.failure.wrongRole', {
    file,
    found: typeof found === 'string' ? found : '?',
    role,
  });
}
