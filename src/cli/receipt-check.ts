import { ProtocolError } from '../protocol/errors.js';
import type { PublicJwk } from '../protocol/keys.js';
import { verifyReceipt } from '../protocol/receipt.js';
import { readSignedObject } from '../protocol/signed-object.js';
import { secondsOf } from '../protocol/timestamp.js';

/**
 * Verifies the receipt for a signed object with the pinned keys of the hub: for this content, sender and signers. Gives the
 * object's own id, not what the hub calls it, and when it was received.
 */
export async function checkReceiptFor(
  text: string,
  receiptText: string,
  hubKeys: readonly PublicJwk[],
  hub: string,
): Promise<{ id: string; receivedAt: string }> {
  const object = await readObjectAnyTime(text, hub);
  const receipt = await verifyReceipt(receiptText, hubKeys, { hub, objectDigest: object.digest });
  const kids = object.signatures.map(({ kid }) => kid);
  if (receipt.from !== object.envelope.from) throw new ProtocolError('RECEIPT', '/from');
  if (receipt.kids.toSorted().join() !== kids.toSorted().join()) throw new ProtocolError('RECEIPT', '/kids');
  return { id: object.envelope.id, receivedAt: receipt.receivedAt };
}

/** Reads a signed object without judging its age: the present is taken to be the moment of signing. */
export async function readObjectAnyTime(text: string, hub: string) {
  const iat = iatOf(text);
  return readSignedObject(text, { hub, now: iat === null ? new Date() : new Date(iat * 1000) });
}

/** The last signature's time as it stands there; nothing is believed of it but that the object is not older than that. */
function iatOf(text: string): number | null {
  try {
    const { signatures } = JSON.parse(text) as { signatures: { protected: string }[] };
    const header = Buffer.from(signatures.at(-1)!.protected, 'base64url').toString('utf8');
    const { iat } = JSON.parse(header) as { iat: unknown };
    return typeof iat === 'number' && secondsOf(new Date(iat * 1000)) === iat ? iat : null;
  } catch {
    return null;
  }
}
