import { BadSignedObject } from '../common/errors.js';
import { ProtocolError } from '../protocol/errors.js';

/** Runs a protocol check; what it refuses leaves the hub as BAD_SIGNED_OBJECT with the exact sub-code. */
export async function refusing<T>(check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new BadSignedObject(error.sub, error.pointer === undefined ? {} : { pointer: error.pointer });
  }
}
