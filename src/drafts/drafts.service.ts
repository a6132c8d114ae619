import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { connectionOf } from '../common/connection.js';
import { Cursors } from '../common/cursor.js';
import { BadSignedObject, Forbidden, NotFound, StepUpRequired } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import type { Language } from '../common/messages/messages.js';
import { checkText } from '../exchange/body/rules/text.js';
import { ChangeSignal } from '../exchange/change-signal.js';
import type { Preview, SigningRequest } from '../exchange/composition.js';
import { checkForm, type SubmittedPart } from '../exchange/form.js';
import { ObjectKinds } from '../exchange/object-kind.js';
import { checkPageSize, scopeOf } from '../exchange/objects.service.js';
import { PartVault } from '../exchange/part-vault.js';
import { clearanceOf } from '../exchange/sharing-policy.js';
import { refusal } from '../exchange/signatories.js';
import { type Accepted, partBinding, SubmissionsService } from '../exchange/submissions.service.js';
import { type JsonObject, parseCanonical } from '../protocol/canonical.js';
import { digestOf } from '../protocol/digest.js';
import { checkEnvelope, type Envelope } from '../protocol/envelope.js';
import { algorithmOf } from '../protocol/keys.js';
import { readSignedObject, verifySignatures } from '../protocol/signed-object.js';
import { assemble, prepare, type SignatureMember, typeOf } from '../protocol/signing.js';
import { encodeUtf8 } from '../protocol/utf8.js';
import { readKeys, readSigningKeys } from '../trust/key-directory.js';
import { refusing } from '../trust/protocol-faults.js';
import { previewOfDraft } from './draft-preview.js';
import {
  draftCommand,
  type DraftMark,
  draftOf,
  type DraftRow,
  readDraft,
  readDraftParts,
  readDrafts,
} from './draft-rows.js';
import type { DraftState } from './draft-states.js';
import type { Draft, DraftConnection, DraftInput, DraftPart } from './draft.models.js';

const LONGEST_REASON = 1_000;
/** Leaves room for the signatures in the million bytes that a signed text may have. */
const LONGEST_TEXT = 700_000;

/** Drafts of officers: kept, handed in, given back, approved and sent by a second officer. PostgreSQL decides who may do which. */
@Injectable()
export class DraftsService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly kinds: ObjectKinds,
    private readonly submissions: SubmissionsService,
    private readonly vault: PartVault,
    private readonly hub: HubIdentity,
    private readonly clock: Clock,
    private readonly cursors: Cursors,
    private readonly signal: ChangeSignal,
  ) {}

  /** Drafts in the caller's sight, the last one that something was done with first. */
  async list(
    caller: Caller,
    { state, first, after }: { state: DraftState | null; first: number; after: string | null },
  ): Promise<DraftConnection> {
    checkPageSize(first);
    checkOfficer(caller);
    const scope = scopeOf(caller, `drafts ${state ?? ''}`);
    const mark = after === null ? null : (this.cursors.read(scope, after) as unknown as DraftMark);
    const page = { unit: caller.unitId, state, after: mark, limit: first + 1 };
    const rows = await this.database.as(caller, (tx) => readDrafts(tx, page));
    return connectionOf(rows, first, (row) => ({
      cursor: this.cursors.write(scope, [row.kept, row.id]),
      node: draftOf(row),
    }));
  }

  /** Throws NotFound for what the caller does not see. */
  find(caller: Caller, id: string): Promise<Draft> {
    checkOfficer(caller);
    return this.database.as(caller, async (tx) => draftOf(await found(tx, id)));
  }

  /** Its parts, as far as the caller is cleared for personal details. */
  parts(caller: Caller, { row }: Draft): Promise<DraftPart[]> {
    const names = row.text === null ? [] : (JSON.parse(row.text) as Envelope).parts.map(({ name }) => name);
    const withheld = caller.session?.nominalNeedsStepUp ? 'STEP_UP' : 'NOT_CLEARED';
    if (names.length === 0) return Promise.resolve([]);
    return this.database.as(caller, async (tx) => {
      const opened = await this.openParts(tx, caller, row);
      return names.map((name) => {
        const text = opened.find((part) => part.name === name)?.text ?? null;
        return { name, text, withheld: text === null ? withheld : null };
      });
    });
  }

  /** What the caller's own keys are to sign to put it before the unit, or to approve it. */
  signing(caller: Caller, { row }: Draft): Promise<SigningRequest[]> {
    const { text, kind } = row;
    if (text === null) return Promise.resolve([]);
    return this.database.as(caller, async (tx) => {
      const keys = await readSigningKeys(tx, caller.officer!, kind, new Date());
      const iat = Math.floor(this.clock.now().getTime() / 1000);
      const payload = JSON.parse(text) as object;
      return keys.map(({ kid, jwk }) => {
        const alg = algorithmOf(jwk);
        const ready = prepare(payload, { alg, hub: this.hub.id, iat, kid, typ: typeOf(kind) });
        return { kid, alg, protected: ready.protected, signingInput: ready.signingInput };
      });
    });
  }

  /** Who would see what if it were sent now; null when it is over. */
  preview(caller: Caller, { row }: Draft, language: Language): Promise<Preview> | null {
    const { text } = row;
    if (text === null) return null;
    const kind = this.kinds.get(row.kind)!; // it was checked when it was kept
    return this.database.as(caller, (tx) => previewOfDraft(tx, caller, { text, kind }, language));
  }

  /** Keeps what the caller has composed. Throws what is wrong with its form; the rest is checked when it is sent. */
  async keep(caller: Caller, { draft = null, text, parts }: DraftInput): Promise<Draft> {
    checkOfficer(caller);
    checkLength(text);
    const envelope = await refusing(() => checkEnvelope(parseCanonical(encodeUtf8(text)) as JsonObject));
    this.checkAuthor(caller, envelope);
    const { kind, body, handling } = await checkForm(this.kinds, envelope, parts);
    const { ref, title, urgency } = kind.headline(body);
    const digest = digestOf(text);
    const kept = {
      draft,
      object: envelope.id,
      kind: envelope.kind,
      to: envelope.to,
      digest,
      text,
      ref,
      title,
      urgency,
      clearance: clearanceOf(handling),
      parts: await this.sealParts(caller, digest, parts),
    };
    return this.database.as(caller, async (tx) => {
      const keep = { name: 'keep-draft', text: 'SELECT cmd.keep_draft($1) AS id', values: [JSON.stringify(kept)] };
      const [row] = await draftCommand<{ id: string }>(tx, keep);
      return draftOf(await found(tx, row!.id));
    });
  }

  /** Puts a draft before the officers of the unit who may send, signed by its author. */
  handIn(caller: Caller, id: string, signature: SignatureMember): Promise<Draft> {
    checkOfficer(caller);
    return this.database.as(caller, async (tx) => {
      const { text, digest } = await found(tx, id);
      if (text !== null) await this.verify(tx, caller, assemble(text, [signature]));
      const member = { protected: signature.protected, signature: signature.signature };
      const values = [id, JSON.stringify({ digest, member })];
      await draftCommand(tx, { name: 'hand-in-draft', text: 'SELECT cmd.hand_in_draft($1, $2)', values });
      return draftOf(await found(tx, id));
    });
  }

  /** Gives a draft back to its author. */
  giveBack(caller: Caller, id: string, reason: string): Promise<Draft> {
    checkOfficer(caller);
    checkText(reason, LONGEST_REASON, '/reason');
    return this.database.as(caller, async (tx) => {
      await draftCommand(tx, { name: 'return-draft', text: 'SELECT cmd.return_draft($1, $2)', values: [id, reason] });
      return draftOf(await found(tx, id));
    });
  }

  /** Its author does without it. */
  withdraw(caller: Caller, id: string): Promise<Draft> {
    checkOfficer(caller);
    return this.database.as(caller, async (tx) => {
      await draftCommand(tx, { name: 'withdraw-draft', text: 'SELECT cmd.withdraw_draft($1)', values: [id] });
      return draftOf(await found(tx, id));
    });
  }

  /**
   * Approves a draft with a second signature over the very same bytes and sends it: everything is checked as of any object that is
   * submitted. What is refused stays as it was, and waits.
   */
  async send(
    caller: Caller,
    id: string,
    { signature, assertion }: { signature: SignatureMember; assertion: string | null },
  ): Promise<Accepted> {
    checkOfficer(caller);
    const accepted = await this.database.as(caller, async (tx) => {
      await draftCommand(tx, { name: 'take-draft', text: 'SELECT cmd.take_draft($1)', values: [id] });
      const row = await found(tx, id);
      const { parts: named } = JSON.parse(row.text!) as Envelope; // while it is in review it has its text and its author's signature
      const parts = await this.openParts(tx, caller, row);
      if (parts.length < named.length) {
        if (caller.session!.nominalNeedsStepUp) throw new StepUpRequired();
        throw new Forbidden('error.draftNominal', { sub: 'DRAFT_NOMINAL' });
      }
      const text = assemble(row.text!, [row.signature!, signature]);
      return this.submissions.submitWithin(tx, caller, { text, parts, assertion });
    });
    this.signal.announce();
    return accepted;
  }

  private checkAuthor(caller: Caller, { hub, from, unit, authoredBy, releasedBy }: Envelope): void {
    if (hub !== this.hub.id) throw new BadSignedObject('HUB', { pointer: '/hub' });
    if (from !== caller.agencyId) throw new BadSignedObject('FROM', { pointer: '/from' });
    if (unit !== caller.unitId) throw refusal('UNIT');
    if (authoredBy !== caller.officer) throw refusal('PERSON');
    if (releasedBy === caller.officer) throw refusal('FOUR_EYES');
  }

  /** The author's signature, as it will be verified again when the object is sent. */
  private async verify(tx: EntityManager, caller: Caller, text: string): Promise<void> {
    const now = this.clock.now();
    const read = await refusing(() => readSignedObject(text, { hub: this.hub.id, now }));
    const keys = await readKeys(tx, [read.signatures[0]!.kid]);
    const [key] = await refusing(() => verifySignatures(read, keys, { at: now }));
    if (key!.holder !== caller.officer) throw refusal('PERSON');
  }

  private async sealParts(caller: Caller, digest: string, parts: readonly SubmittedPart[]): Promise<object[]> {
    return Promise.all(
      parts.map(async ({ name, text }) => {
        const sealed = await this.vault.seal(text, partBinding(digest, name), [caller.agencyId]);
        return {
          name,
          iv: sealed.iv.toString('base64'),
          ciphertext: sealed.ciphertext.toString('base64'),
          wrapped: sealed.keys[caller.agencyId]!.toString('base64'),
        };
      }),
    );
  }

  private async openParts(tx: EntityManager, { agencyId }: Caller, { id, digest }: DraftRow): Promise<SubmittedPart[]> {
    const parts = await readDraftParts(tx, id);
    return Promise.all(
      parts.map(async (part) => ({
        name: part.name,
        text: await this.vault.open(part, partBinding(digest, part.name), agencyId, part.wrapped),
      })),
    );
  }
}

/** A unit's system has no drafts: two persons stand behind what comes of one. */
function checkOfficer({ session }: Caller): void {
  if (!session) throw new Forbidden();
}

function checkLength(text: string): void {
  if (text.length > LONGEST_TEXT) throw new BadSignedObject('SIZE');
}

async function found(tx: EntityManager, id: string): Promise<DraftRow> {
  const row = await readDraft(tx, id);
  if (!row) throw new NotFound();
  return row;
}
