import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { BadSignedObject, InvalidInput, NotFound, StepUpRequired } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import { type AttachableFile, AttachmentsService } from '../files/attachments.service.js';
import type { AttachmentLink, Envelope, ObjectLink } from '../protocol/envelope.js';
import { issueReceipt } from '../protocol/receipt.js';
import { type ReadObject, readSignedObject, verifySignatures } from '../protocol/signed-object.js';
import { Assertions, type KeptAssertion } from '../session/people/assertions.js';
import { HubKeys } from '../trust/hub-keys.js';
import { readKeys } from '../trust/key-directory.js';
import { refusing } from '../trust/protocol-faults.js';
import type { Handling } from './body/handling.js';
import { NOMINAL_ATTACHMENTS, type NominalAttachments } from './body/nominal-attachments.js';
import { approvalsFor, sharingRefusal } from './approvals.js';
import { ChangeSignal } from './change-signal.js';
import { checkForm, type SubmittedPart } from './form.js';
import { type Headline, type Incoming, type ObjectKind, ObjectKinds } from './object-kind.js';
import { readObject } from './object-pages.js';
import type { ObjectRow } from './object-record.js';
import { PartVault } from './part-vault.js';
import { clearanceOf, decideSharing } from './sharing-policy.js';
import { checkSignatories, hasFourEyes, mayFlashAlone, refusal, type Signatories, tierOf } from './signatories.js';
import { store } from './store.js';

/** What is sent: the signed text, its parts, and the passkey's answer to its digest where an officer sends it at the console. */
export interface Sent {
  text: string;
  parts: readonly SubmittedPart[];
  assertion: string | null;
}

/** What became of a submission. A repetition of the same object gets the first receipt. */
export interface Accepted {
  id: string;
  receipt: string;
  repeated: boolean;
}

/** An object that passed every check, with what goes with it. */
interface Examined {
  read: ReadObject;
  kind: ObjectKind;
  incoming: Incoming;
  parts: readonly SubmittedPart[];
  files: readonly AttachableFile[];
  signatories: Signatories | null;
  consent: Consent;
  now: Date;
}

/** How the officers behind an object stand by it. */
interface Consent {
  /** The touch, where the act needs one and was sent from the console. */
  assertion: KeptAssertion | null;
  /** A second officer is to sign within a day. */
  isOwed: boolean;
  /** It is an act of tier T0, of which an agency's rules of approval do not speak. */
  isSilent: boolean;
}

const HOURS_TO_CONFIRM = 24;

/**
 * Takes a signed object in, or refuses it and leaves nothing behind. The order is security.md 2.4:
 * - profile, canonical form, envelope (protocol)
 * - signers' keys and signatures, every one; the persons among the signers (signatories.ts)
 * - the caller's agency is the sender's; a repetition gets its old receipt
 * - attachments; form of body, handling and parts; links; the kind's own rules; agreement and addressees
 * - where a person signed: four eyes, the agency's own rules of sharing, and at the console the touch for this very object
 * - one transaction: object, releases, terms, feed, parts, attachments, log entry, the module's rows
 */
@Injectable()
export class SubmissionsService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly kinds: ObjectKinds,
    private readonly vault: PartVault,
    private readonly attachments: AttachmentsService,
    private readonly hub: HubIdentity,
    private readonly hubKeys: HubKeys,
    private readonly clock: Clock,
    private readonly signal: ChangeSignal,
    private readonly assertions: Assertions,
  ) {}

  async submit(caller: Caller, sent: Sent): Promise<Accepted> {
    const accepted = await this.database.as(caller, (tx) => this.submitWithin(tx, caller, sent));
    if (!accepted.repeated) this.signal.announce();
    return accepted;
  }

  /** The same as part of a transaction; whoever commits it announces it. */
  async submitWithin(tx: EntityManager, caller: Caller, { text, parts, assertion }: Sent): Promise<Accepted> {
    const now = this.clock.now();
    const read = await refusing(() => readSignedObject(text, { hub: this.hub.id, now }));
    const [keys, earlier] = await Promise.all([
      readKeys(
        tx,
        read.signatures.map((signature) => signature.kid),
      ),
      readOwnObject(tx, read),
    ]);
    const signers = await refusing(() => verifySignatures(read, keys, { at: now }));
    // Only now is it known who signed; a stranger who repeats another agency's text learns nothing from the answer.
    if (read.envelope.from !== caller.agencyId) throw new NotFound();

    if (earlier) return repetition(read, earlier);

    const signatories = await checkSignatories(tx, caller, read.envelope, signers, now);
    const files = await this.attachments.checkAttachable(tx, read.envelope.attachments);
    const { kind, incoming } = await this.examine(tx, caller, read, parts);
    const open = read.envelope.attachments;
    files.push(...(await this.attachments.checkAttachable(tx, nominalAttachmentsIn(parts), '/parts', open)));
    const consent = await this.consentTo(tx, caller, read, { kind, incoming, signatories, assertion });
    return this.accept(tx, caller, { read, kind, incoming, parts, files, signatories, consent, now });
  }

  private async consentTo(
    tx: EntityManager,
    { session }: Caller,
    { envelope, digest }: ReadObject,
    {
      kind,
      incoming,
      signatories,
      assertion,
    }: { kind: ObjectKind; incoming: Incoming; signatories: Signatories | null; assertion: string | null },
  ): Promise<Consent> {
    const tier = await tierOf(tx, kind, incoming);
    const isSilent = tier === 'T0';
    if (signatories === null) return { assertion: null, isOwed: false, isSilent };
    if (session?.acr === 'aal2') throw new StepUpRequired(); // two factors that can be phished send nothing
    const { to, parts, handling } = envelope;
    const shared = {
      kind: kind.kind,
      to,
      clearance: clearanceOf(handling as unknown as Handling),
      isNominal: parts.length > 0,
      tier,
    };
    const reasons = await approvalsFor(tx, shared, signatories.releaser);
    for (const reason of ['CLASSIFICATION', 'NOMINAL'] as const) {
      if (reasons.includes(reason)) throw sharingRefusal(reason);
    }
    const isAlone = reasons.length > 0 && !hasFourEyes(signatories);
    const isFlash = kind.headline(incoming.body).urgency === 'FLASH';
    if (isAlone && !(session && isFlash && (await mayFlashAlone(tx)))) {
      throw reasons.includes('TIER') ? refusal('FOUR_EYES') : sharingRefusal('RULE');
    }
    const isTouched = session && !isSilent;
    return {
      assertion: isTouched ? await this.assertions.verify(session, digest, assertion) : null,
      isOwed: isAlone,
      isSilent,
    };
  }

  private async examine(
    tx: EntityManager,
    caller: Caller,
    read: ReadObject,
    parts: readonly SubmittedPart[],
  ): Promise<{ kind: ObjectKind; incoming: Incoming }> {
    const { envelope } = read;
    const { kind, body, handling } = await checkForm(this.kinds, envelope, parts);
    const incoming: Incoming = {
      envelope,
      body,
      inReplyTo: await linked(tx, envelope.inReplyTo, '/inReplyTo'),
      supersedes: await linked(tx, envelope.supersedes, '/supersedes'),
    };
    if (incoming.supersedes && incoming.supersedes.from_agency !== caller.agencyId) {
      throw new BadSignedObject('LINK', { pointer: '/supersedes' });
    }
    const broken = (await kind.check?.(tx, incoming)) ?? [];
    if (broken.length > 0) throw new InvalidInput(broken);

    const isReply = incoming.inReplyTo !== null;
    const { refusals } = await decideSharing(tx, caller, {
      kind: envelope.kind,
      to: envelope.to,
      handling,
      isNominal: envelope.parts.length > 0,
      language: !isReply && 'language' in body ? String(body.language) : null,
      assistanceType: 'assistanceType' in body ? String(body.assistanceType) : null,
      answeredClearance: incoming.inReplyTo?.clearance ?? null,
    });
    if (refusals.length > 0) throw new InvalidInput(refusals);
    return { kind, incoming };
  }

  private async accept(
    tx: EntityManager,
    caller: Caller,
    { read, kind, incoming, parts, files, signatories, consent, now }: Examined,
  ): Promise<Accepted> {
    const { envelope, digest } = read;
    const agencies = parts.length + files.length === 0 ? [] : await readReadingAgencies(tx, envelope.to);
    const handling = envelope.handling as unknown as Handling;
    const receipt = await issueReceipt(this.hubKeys.receipt, {
      hub: this.hub.id,
      objectDigest: digest,
      kids: read.signatures.map((signature) => signature.kid),
      from: envelope.from,
      receivedAt: now,
      clock: this.clock.isSimulated ? 'simulated' : 'wall',
    });
    const headline = headlineOf(kind, incoming);
    const terms = [
      `kind:${envelope.kind}`,
      ...kind.terms(incoming.body),
      ...(headline.ref === null ? [] : [`ref:${headline.ref}`]),
    ];
    const stored = await store(tx, {
      id: envelope.id,
      kind: envelope.kind,
      from: envelope.from,
      unit: envelope.unit,
      to: envelope.to,
      digest,
      text: read.text,
      receipt,
      ...headline,
      clearance: clearanceOf(handling),
      until: handling.expiresAt ?? null,
      createdAt: envelope.createdAt,
      receivedAt: now.toISOString(),
      replySeq: incoming.inReplyTo?.seq ?? null,
      supersedesSeq: incoming.supersedes?.seq ?? null,
      hides: incoming.inReplyTo ? (this.kinds.get(incoming.inReplyTo.kind)?.isHiddenByRecall ?? false) : false,
      termsReceived: distinct([...terms, ...partnerTerms([envelope.from], envelope.kind)]),
      termsSent: distinct([...terms, ...partnerTerms(envelope.to.map(partnerOf), envelope.kind)]),
      parts: await this.sealParts(envelope, digest, parts, agencies),
      authoredBy: signatories?.author ?? null,
      approvedBy: hasFourEyes(signatories) ? signatories!.releaser : null,
      sentBy: signatories?.releaser ?? null,
      silent: consent.isSilent,
    });
    if (!stored.repeated) {
      await this.attachments.attach(tx, caller, stored.object_seq, files, agencies, nominalFiles(parts)?.text ?? null);
      await kind.project?.(tx, stored.object_seq, incoming);
      await keepConsent(tx, stored.object_seq, consent, now);
    }
    return { id: envelope.id, receipt: stored.stored_receipt, repeated: stored.repeated };
  }

  private sealParts(
    envelope: Envelope,
    digest: string,
    parts: readonly SubmittedPart[],
    agencies: readonly string[],
  ): Promise<object[]> {
    return Promise.all(
      parts.map(async ({ name, text }) => {
        const sealed = await this.vault.seal(text, partBinding(digest, name), agencies);
        return {
          name,
          sha256: envelope.parts.find((part) => part.name === name)!.sha256,
          iv: sealed.iv.toString('base64'),
          ciphertext: sealed.ciphertext.toString('base64'),
          keys: Object.fromEntries(
            Object.entries(sealed.keys).map(([agency, key]) => [agency, key.toString('base64')]),
          ),
        };
      }),
    );
  }
}

/** The part that names files which are personal details. */
function nominalFiles(parts: readonly SubmittedPart[]): SubmittedPart | undefined {
  return parts.find(({ name }) => name === NOMINAL_ATTACHMENTS);
}

/** The files that a part, whose form was checked, names. */
function nominalAttachmentsIn(parts: readonly SubmittedPart[]): AttachmentLink[] {
  const part = nominalFiles(parts);
  return part ? (JSON.parse(part.text) as { data: NominalAttachments }).data.attachments : [];
}

/** What of the officers' consent stays beside the receipt. */
async function keepConsent(tx: EntityManager, seq: string, { assertion, isOwed }: Consent, now: Date): Promise<void> {
  if (assertion) {
    const text = 'SELECT cmd.keep_assertion($1, $2, $3)';
    await prepared(tx, 'keep-assertion', text, [seq, assertion.text, assertion.publicKey]);
  }
  if (!isOwed) return;
  const due = new Date(now.getTime() + HOURS_TO_CONFIRM * 3_600_000);
  await prepared(tx, 'owe-signature', 'SELECT cmd.owe_signature($1, $2)', [seq, due]);
}

/** The agencies that will read what is addressed so: the keys of parts and files are wrapped for each. */
async function readReadingAgencies(tx: EntityManager, to: readonly string[]): Promise<string[]> {
  const text = 'SELECT cmd.reading_agencies($1) AS agencies';
  const [row] = await prepared<{ agencies: string[] }>(tx, 'reading-agencies', text, [to]);
  return row?.agencies ?? [];
}

/** What a sealed part is bound to: its object and its name, so that it cannot be moved to another. */
export function partBinding(digest: string, name: string): string {
  return `${digest}/${name}`;
}

/** A reply is listed under the reference of what it answers, never under its title: it may have other readers, and a longer life. */
function headlineOf(kind: ObjectKind, { body, inReplyTo }: Incoming): Headline {
  const own = kind.headline(body);
  return { ...own, ref: own.ref ?? inReplyTo?.ref ?? null };
}

/** The agency behind an addressee; a community stands for itself. */
function partnerOf(addressee: string): string {
  return addressee.startsWith('community:') ? addressee : addressee.split('-').slice(0, 2).join('-');
}

function partnerTerms(partners: readonly string[], kind: string): string[] {
  return partners.flatMap((partner) => [`partner:${partner}`, `partner:${partner} kind:${kind}`]);
}

function distinct(terms: readonly string[]): string[] {
  return [...new Set(terms)];
}

/** The object that a link names, as the caller may see it. One that is hidden, missing or other than described is LINK. */
async function linked(tx: EntityManager, link: ObjectLink | null, pointer: string): Promise<ObjectRow | null> {
  if (!link) return null;
  const row = await readObject(tx, link.id);
  if (!row || row.digest !== link.digest) throw new BadSignedObject('LINK', { pointer });
  return row;
}

interface OwnObject {
  digest: string;
  receipt: string;
}

/** The object of this id that the sender's agency has submitted before. Another agency's is not visible to the caller. */
async function readOwnObject(tx: EntityManager, { envelope }: ReadObject): Promise<OwnObject | undefined> {
  const text = 'SELECT o.digest, o.receipt FROM hub.object o WHERE o.from_agency = $1 AND o.id = $2';
  return (await prepared<OwnObject>(tx, 'own-object', text, [envelope.from, envelope.id]))[0];
}

/** The first receipt for the same object again; other content under the same id is refused. */
function repetition(read: ReadObject, earlier: OwnObject): Accepted {
  if (earlier.digest !== read.digest) throw new BadSignedObject('ID_REUSED', { pointer: '/id' });
  return { id: read.envelope.id, receipt: earlier.receipt, repeated: true };
}
