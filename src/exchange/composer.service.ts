import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { InvalidInput, NotFound, type Problem } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import type { Language } from '../common/messages/messages.js';
import { checkUuid } from '../common/uuid.js';
import { AttachmentsService } from '../files/attachments.service.js';
import { canonicalize, type JsonObject, type JsonValue } from '../protocol/canonical.js';
import { digestOf } from '../protocol/digest.js';
import { type AttachmentLink, checkEnvelope, type Envelope, type ObjectLink } from '../protocol/envelope.js';
import { ProtocolError } from '../protocol/errors.js';
import { algorithmOf } from '../protocol/keys.js';
import { makePart } from '../protocol/part.js';
import type { RegisteredKey } from '../protocol/signed-object.js';
import { prepare, typeOf } from '../protocol/signing.js';
import { formatTimestamp } from '../protocol/timestamp.js';
import { readSigningKeys } from '../trust/key-directory.js';
import { approvalsFor } from './approvals.js';
import { Handling } from './body/handling.js';
import { NOMINAL_ATTACHMENTS } from './body/nominal-attachments.js';
import { checked } from './body/validate.js';
import type { ComposedPart, Composition, CompositionInput } from './composition.js';
import { type ObjectKind, ObjectKinds } from './object-kind.js';
import { readHandling, readObject } from './object-pages.js';
import type { ObjectRow } from './object-record.js';
import { previewOf } from './preview.js';
import { freshReference } from './reference.js';
import { clearanceOf, decideSharing } from './sharing-policy.js';
import { tierOf } from './signatories.js';

/** What a module asks to be composed. */
export interface Draft {
  kind: Envelope['kind'];
  /** GraphQL input as it came; the reference, if the body has one, is made by `withRef`. */
  body: object;
  /** Puts a fresh reference into the body, when it carries one and the sender gave none. */
  refCode?: string;
  input: CompositionInput;
  parts: Record<string, object | null | undefined>;
  /** Digests of files that are personal details: they are named in a part of their own. */
  nominalAttachments?: string[] | null | undefined;
  inReplyTo?: string | null;
  /** A reply or recall goes where the linked object's rules say, not under the language rule of new matters. */
  isReply?: boolean;
}

/** Checks a draft with the rules that will judge it when it is submitted, and returns the texts to sign. Writes nothing. */
@Injectable()
export class ComposerService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly kinds: ObjectKinds,
    private readonly hub: HubIdentity,
    private readonly clock: Clock,
    private readonly attachments: AttachmentsService,
  ) {}

  compose(caller: Caller, draft: Draft, language: Language): Promise<Composition[]> {
    return this.database.as(caller, async (tx) => {
      const kind = this.kinds.get(draft.kind)!; // the module that composes it has registered it
      const inReplyTo = await this.link(tx, draft.inReplyTo, '/inReplyTo');
      const supersedes = await this.link(tx, draft.input.supersedes, '/supersedes');
      if (supersedes && (supersedes.from_agency !== caller.agencyId || supersedes.kind !== draft.kind))
        throw new NotFound();
      const open = draft.input.attachments ?? [];
      const attachments = await this.attach(tx, open, '/attachments');
      const nominal = await this.attach(tx, draft.nominalAttachments ?? [], '/nominalAttachments', open);
      const holder = caller.session ? caller.officer! : `unit:${caller.unitId}`;
      const keys = await readSigningKeys(tx, holder, draft.kind, new Date());
      const groups = draft.input.addresseesSeeEachOther ? [draft.input.to] : draft.input.to.map((to) => [to]);
      if (draft.input.to.length === 0) {
        throw new InvalidInput([{ pointer: '/to', rule: 'required', key: 'problem.addressees' }]);
      }
      const compositions: Composition[] = [];
      for (const to of groups) {
        compositions.push(
          await this.composeOne(
            tx,
            caller,
            kind,
            draft,
            { to, inReplyTo, supersedes, attachments, nominal, keys, groups: groups.length },
            language,
          ),
        );
      }
      return compositions;
    });
  }

  private async composeOne(
    tx: EntityManager,
    caller: Caller,
    kind: ObjectKind,
    draft: Draft,
    {
      to,
      inReplyTo,
      supersedes,
      attachments,
      nominal,
      keys,
      groups,
    }: {
      to: string[];
      inReplyTo: ObjectRow | null;
      supersedes: ObjectRow | null;
      attachments: AttachmentLink[];
      nominal: AttachmentLink[];
      keys: RegisteredKey[];
      groups: number;
    },
    language: Language,
  ): Promise<Composition> {
    const problems: Problem[] = [];
    const givenBody = plain(draft.body) as JsonObject;
    if (draft.refCode && givenBody['ref'] === undefined) {
      givenBody['ref'] = supersedes?.ref ?? freshReference(caller.agencyId, draft.refCode, this.clock.now());
    } else if (draft.refCode && groups > 1) {
      problems.push({ pointer: '/body/ref', rule: 'oneAddressee', key: 'refusal.refNeedsOneAddressee' });
    }
    const body = checked(kind.body, givenBody, '/body', problems);
    const givenHandling = plain(draft.input.handling) as JsonObject;
    const handling = checked(Handling, givenHandling, '/handling', problems);

    const parts: (ComposedPart & { sha256: string })[] = [];
    for (const [name, data] of Object.entries(draft.parts)) {
      const form = kind.parts[name];
      if (!data || !form) continue;
      const given = plain(data) as JsonObject;
      if (checked(form, given, `/${name}`, problems)) parts.push(await makePart(name, given));
    }
    if (nominal.length > 0) parts.push(await makePart(NOMINAL_ATTACHMENTS, { attachments: nominal }));
    if (!body || !handling || problems.length > 0) throw new InvalidInput(problems);

    const envelope: Envelope = {
      v: 1,
      kind: draft.kind,
      hub: this.hub.id,
      id: randomUUID(),
      from: caller.agencyId,
      unit: caller.unitId,
      to,
      createdAt: formatTimestamp(this.clock.now()),
      inReplyTo: linkTo(inReplyTo),
      supersedes: linkTo(supersedes),
      operation: null,
      handling: givenHandling,
      purpose: draft.input.purpose ?? caller.purpose,
      authoredBy: draft.input.authoredBy ?? caller.officer,
      releasedBy: draft.input.releasedBy ?? null,
      attachments,
      parts: parts.map(({ name, sha256 }) => ({ name, sha256 })),
      body: givenBody,
    };
    wellFormed(envelope);
    const broken = (await kind.check?.(tx, { envelope, body, inReplyTo, supersedes })) ?? [];
    if (broken.length > 0) throw new InvalidInput(broken);

    const decision = await decideSharing(tx, caller, {
      kind: draft.kind,
      to,
      handling,
      isNominal: parts.length > 0,
      language: !draft.isReply && 'language' in body ? String(body.language) : null,
      assistanceType: 'assistanceType' in body ? String(body.assistanceType) : null,
      answeredClearance: inReplyTo?.clearance ?? null,
    });
    const kindTier = await tierOf(tx, kind, { envelope, body });
    const shared = {
      kind: draft.kind,
      to,
      clearance: clearanceOf(handling),
      isNominal: parts.length > 0,
      tier: kindTier,
    };
    const approvals = await approvalsFor(tx, shared, caller.session ? caller.officer : null);
    const preview = await previewOf(
      tx,
      caller,
      {
        to,
        handling,
        parts: parts.map(({ name }) => name),
        isReply: draft.isReply ?? false,
        before: supersedes && (await readHandling(tx, supersedes.seq)),
        approvals,
      },
      decision,
      language,
    );
    const isRefused = decision.refusals.length > 0;
    const text = canonicalize(envelope);
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    return {
      to,
      id: envelope.id,
      text: isRefused ? null : text,
      digest: isRefused ? null : digestOf(text),
      tier: approvals.length > 0 ? 'T2' : kindTier,
      signing: isRefused
        ? []
        : keys.map((key) => {
            const alg = algorithmOf(key.jwk);
            const ready = prepare(envelope, { alg, hub: this.hub.id, iat, kid: key.kid, typ: typeOf(draft.kind) });
            return { kid: key.kid, alg, protected: ready.protected, signingInput: ready.signingInput };
          }),
      parts: isRefused ? [] : parts.map(({ name, text }) => ({ name, text })),
      preview,
    };
  }

  /** The files of these digests as an object names them. None may stand in `others` as well. */
  private async attach(
    tx: EntityManager,
    digests: readonly string[],
    pointer: string,
    others: readonly string[] = [],
  ): Promise<AttachmentLink[]> {
    if (digests.length > MAX_ATTACHMENTS) {
      throw new InvalidInput([
        { pointer, rule: 'count', key: 'problem.attachments', params: { max: MAX_ATTACHMENTS } },
      ]);
    }
    const files = await this.attachments.readAttachable(tx, digests);
    const problems = digests.flatMap((digest, index) =>
      files[index] && digests.indexOf(digest) === index && !others.includes(digest)
        ? []
        : [{ pointer: `${pointer}/${index}`, ...NOT_ATTACHABLE }],
    );
    if (problems.length > 0) throw new InvalidInput(problems);
    return files.map((file) => ({ sha256: file!.sha256, size: file!.size, mediaType: file!.mediaType }));
  }

  private async link(tx: EntityManager, id: string | null | undefined, pointer: string): Promise<ObjectRow | null> {
    if (id === null || id === undefined) return null;
    const row = await readObject(tx, checkUuid(id, pointer));
    if (!row) throw new NotFound();
    return row;
  }
}

/** As many as an envelope may name. */
const MAX_ATTACHMENTS = 100;

const NOT_ATTACHABLE = { rule: 'attachment', key: 'problem.attachment' } as const;

/** The envelope's own rules, before anything of it reaches the database. */
function wellFormed(envelope: Envelope): void {
  try {
    checkEnvelope(JSON.parse(canonicalize(envelope)) as JsonValue);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new InvalidInput([{ pointer: error.pointer ?? '', rule: error.sub, key: 'problem.envelope' }]);
  }
}

function linkTo(row: ObjectRow | null): ObjectLink | null {
  return row && ({ id: row.id, digest: row.digest } as ObjectLink);
}

/** GraphQL gives null for what was left out and objects without prototype; a payload has neither. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([name, member]) => [name, plain(member)]),
  );
}
