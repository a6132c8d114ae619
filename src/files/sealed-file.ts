import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { AlteredFile } from './file-place.js';

/** Plain bytes that are sealed together; a reader is given none of a block before all of it was found genuine. */
const BLOCK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/**
 * A stored file: blocks of AES-256-GCM, numbered by their nonce, the last one marked in it (the STREAM construction of Hoang,
 * Reyhanitabar, Rogaway and Vizár, 2015), so that blocks cannot be exchanged, left out or cut off. The key is made of the file's
 * key and its name: the same content under another name is another text.
 */
export async function* seal(
  key: Buffer,
  name: string,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  const own = keyFor(key, name);
  for await (const { block, nonce } of blocksOf(content, BLOCK_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', own, nonce);
    yield Buffer.concat([cipher.update(block), cipher.final(), cipher.getAuthTag()]);
  }
}

/** How many bytes a content of so many has when it is sealed. */
export function sealedSize(bytes: number): number {
  return bytes + TAG_BYTES * Math.max(1, Math.ceil(bytes / BLOCK_BYTES));
}

/** The content of a stored file, block by block. Throws AlteredFile where it was altered or cut off, and for another file's key or name. */
export async function* unseal(key: Buffer, name: string, stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const own = keyFor(key, name);
  for await (const { block, nonce } of blocksOf(stored, BLOCK_BYTES + TAG_BYTES)) {
    yield opened(own, nonce, block);
  }
}

function opened(key: Buffer, nonce: Buffer, block: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  try {
    decipher.setAuthTag(block.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(block.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new AlteredFile('A stored file was altered', { cause: error });
  }
}

function keyFor(key: Buffer, name: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', name, 32));
}

/** Cuts a stream into blocks of one size; the last may be shorter, even empty. */
async function* blocksOf(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  size: number,
): AsyncGenerator<{ block: Buffer; nonce: Buffer }> {
  let held = Buffer.alloc(0);
  let count = 0;
  for await (const chunk of source) {
    held = Buffer.concat([held, chunk]);
    while (held.length > size) {
      yield { block: held.subarray(0, size), nonce: nonceOf(count, false) };
      held = held.subarray(size);
      count += 1;
    }
  }
  yield { block: held, nonce: nonceOf(count, true) };
}

function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(count, NONCE_BYTES - 5);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}
