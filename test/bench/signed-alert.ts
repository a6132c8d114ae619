import { randomUUID } from 'node:crypto';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import type { Envelope } from '../../src/protocol/envelope.js';
import type { KeyPair } from '../../src/protocol/keys.js';
import { signObject } from '../../src/protocol/signing.js';
import { formatTimestamp } from '../../src/protocol/timestamp.js';

let made = 0;

/** An alert as a benchmark's unit may send it, with a reference of its own, signed. */
export function signedAlert(hub: string, unit: string, to: string, signing: KeyPair): Promise<string> {
  made += 1;
  const letters = [...String(made).padStart(6, '0')].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('');
  const envelope: Envelope = {
    v: 1,
    kind: 'alert',
    hub,
    id: randomUUID(),
    from: unit.split('-').slice(0, 2).join('-'),
    unit,
    to: [to],
    createdAt: formatTimestamp(new Date()),
    inReplyTo: null,
    supersedes: null,
    operation: null,
    handling: {
      codes: ['H0'],
      classification: 'UNCLASSIFIED',
      onwardRule: 'NONE',
      evidenceUse: 'NO',
      legalBasis: { agreement: 'EX-ALL' },
    },
    purpose: 'PREVENT_DETECT',
    authoredBy: null,
    releasedBy: null,
    attachments: [],
    parts: [],
    body: { ...anAlertBody(), ref: `BM-ALR-2026-${letters}` } as unknown as Envelope['body'],
  };
  return signObject(envelope, signing);
}
