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

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { salt, hash: await derive(password, salt) };
}

/** Whether it is the password; without a stored one the same work is done for nothing, so that the time tells nothing. */
export async function isPassword(password: string, stored: PasswordHash | undefined): Promise<boolean> {
  const hash = await derive(password, stored?.salt ?? Buffer.alloc(16));
  return timingSafeEqual(hash, stored?.hash ?? Buffer.alloc(BYTES));
}

/** Throws RateLimited when too many wait. Different spellings of the same letters are one password (Unicode NFKC). */
function derive(password: string, salt: Buffer): Promise<Buffer> {
  return room.pass(
    () =>
      new Promise((done, fail) => {
        scrypt(password.normalize('NFKC'), salt, BYTES, COST, (error, key) => (error ? fail(error) : done(key)));
      }),
  );
}
