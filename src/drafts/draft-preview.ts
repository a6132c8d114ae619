import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import type { Language } from '../common/messages/messages.js';
import { type ApprovalReason, approvalsFor } from '../exchange/approvals.js';
import type { Handling } from '../exchange/body/handling.js';
import type { Preview } from '../exchange/composition.js';
import type { ObjectKind } from '../exchange/object-kind.js';
import { readHandling, readObject } from '../exchange/object-pages.js';
import { previewOf } from '../exchange/preview.js';
import { clearanceOf, decideSharing } from '../exchange/sharing-policy.js';
import { tierOf } from '../exchange/signatories.js';
import type { JsonObject } from '../protocol/canonical.js';
import type { Envelope } from '../protocol/envelope.js';

/** What no second signature heals. */
const CEILINGS: readonly ApprovalReason[] = ['CLASSIFICATION', 'NOMINAL'];

/**
 * Who would see what if this draft were sent now, and what stands against it: the same as at its composition, asked again. Of the approvals
 * that it needs, another officer than its author gives the second signature, and is told of the own ceilings alone.
 */
export async function previewOfDraft(
  tx: EntityManager,
  caller: Caller,
  { text, kind }: { text: string; kind: ObjectKind },
  language: Language,
): Promise<Preview> {
  const envelope = JSON.parse(text) as Envelope;
  const { to, authoredBy, parts, body, inReplyTo, supersedes } = envelope;
  const handling = envelope.handling as unknown as Handling;
  const [answered, replaced] = [
    inReplyTo && (await readObject(tx, inReplyTo.id)),
    supersedes && (await readObject(tx, supersedes.id)),
  ];
  const isNominal = parts.length > 0;
  const tier = await tierOf(tx, kind, { envelope, body });
  const shared = { kind: kind.kind, to, clearance: clearanceOf(handling), isNominal, tier };
  const reasons = await approvalsFor(tx, shared, caller.officer);
  const decision = await decideSharing(tx, caller, {
    kind: kind.kind,
    to,
    handling,
    isNominal,
    language: inReplyTo === null ? textIn(body, 'language') : null,
    assistanceType: textIn(body, 'assistanceType'),
    answeredClearance: answered?.clearance ?? null,
  });
  const previewed = {
    to,
    handling,
    parts: parts.map(({ name }) => name),
    isReply: inReplyTo !== null,
    before: replaced ? await readHandling(tx, replaced.seq) : null,
    approvals: authoredBy === caller.officer ? reasons : reasons.filter((reason) => CEILINGS.includes(reason)),
  };
  return previewOf(tx, caller, previewed, decision, language);
}

/** A member of a body whose form was checked when it was kept. */
function textIn(body: JsonObject, name: string): string | null {
  const value = body[name];
  return typeof value === 'string' ? value : null;
}
