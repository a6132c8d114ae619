import type { Envelope } from '../protocol/envelope.js';

/**
 * The payload of a stored signed object. The text was verified before it was stored, so this only decodes; whoever doubts the
 * database verifies the text again (src/protocol/bundle.ts).
 */
export function payloadOf(text: string): Envelope {
  const { payload } = JSON.parse(text) as { payload: string };
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Envelope;
}
