import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { WaitingRoom } from '../../common/waiting-room.js';

/** A password as it is stored. */
export interface PasswordHash {
  salt: Buffer;
  hash: Buffer;
}

/** scrypt (RFC 7914): 128 MiB and about 0.4 s each on one core. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 };
const BYTES = 32;

/** Two at once: more would let a flood of sign-ins take the memory. */
const room = new WaitingRoom(2, 10);

/** Throws RateLimited when too many wait. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { salt, hash: await room.pass(() => derive(password, salt)) };
}

/**
 * What is stored, and whether this is the password of it; without a stored one the same work is done for nothing, so that the time tells
 * nothing. What is stored is asked for when there is a place: throws RateLimited when too many wait, and nothing was asked.
 */
export function isPassword<Stored extends PasswordHash>(
  password: string,
  find: () => Promise<Stored | undefined>,
): Promise<{ stored: Stored | undefined; isRight: boolean }> {
  return room.pass(async () => {
    const stored = await find();
    const hash = await derive(password, stored?.salt ?? Buffer.alloc(16));
    return { stored, isRight: timingSafeEqual(hash, stored?.hash ?? Buffer.alloc(BYTES)) };
  });
}

/** To be called in a place. Different spellings of the same letters are one password (Unicode NFKC). */
function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((done, fail) => {
    scrypt(password.normalize('NFKC'), salt, BYTES, COST, (error, key) => (error ? fail(error) : done(key)));
  });
}
