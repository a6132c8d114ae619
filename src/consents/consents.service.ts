import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { recordAccess } from '../audit/record-access.js';
import type { Urgency } from '../common/codes/alert-codes.js';
import type { HandlingCode } from '../common/codes/handling-codes.js';
import { Forbidden, NotFound } from '../common/errors.js';
import { ChangeSignal } from '../exchange/change-signal.js';
import { signedObjectOf } from '../exchange/exchange.resolver.js';
import { ObjectKinds } from '../exchange/object-kind.js';
import { type OpenedRow, readObject } from '../exchange/object-pages.js';
import { OBJECT_COLUMNS, type ObjectRow } from '../exchange/object-record.js';
import { payloadOf } from '../exchange/payload.js';
import { AttachmentsService } from '../files/attachments.service.js';
import type { ConsentBody } from './body/consent-body.js';
import { CONSENT_KIND } from './consent-kind.js';
import type { ConsentOfObject, ConsentStanding, ConsentSummary, OpenedConsent, PassedOn } from './consent.models.js';
import {
  type ConsentRow,
  readConsent,
  readConsentsAbout,
  readConsentsOf,
  readOnward,
  shareOnward,
  sideOf,
} from './consent-rows.js';
import { actOf, type ConsentAct, permittedActs } from './consent-states.js';

/** What the holder of a consent does with it: to which object, by which consent, to whom. */
export interface Sharing {
  object: string;
  consent: string | null;
  to: string;
}

@Injectable()
export class ConsentsService implements OnModuleInit {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly kinds: ObjectKinds,
    private readonly attachments: AttachmentsService,
    private readonly signal: ChangeSignal,
  ) {}

  onModuleInit(): void {
    this.kinds.register(CONSENT_KIND);
  }

  /** Opens a consent by the id of any of its objects; each of them that is shown is recorded. */
  open(caller: Caller, id: string): Promise<OpenedConsent> {
    return this.database.as(caller, async (tx) => {
      const consent = await readConsent(tx, id);
      if (!consent) throw new NotFound();
      const steps = await openSteps(tx, consent);
      return {
        ...standingOf(consent, caller),
        steps: steps.map((row) => {
          const body = payloadOf(row.text).body as unknown as ConsentBody;
          return { act: actOf(body), object: signedObjectOf(row), body };
        }),
      };
    });
  }

  /** The consents about an object, for its sender and for each that asked. */
  about(caller: Caller, objectId: string): Promise<ConsentSummary[]> {
    return this.database.as(caller, async (tx) => {
      const object = await readObject(tx, objectId);
      if (!object) throw new NotFound();
      const side = object.from_agency === caller.agencyId ? 'PROVIDER' : 'ASKER';
      return (await readConsentsAbout(tx, object.seq, side)).map((row) => standingOf(row, caller));
    });
  }

  /** What lists show of the consents to which these objects belong, by the object's seq. */
  ofObjects(caller: Caller, rows: readonly ObjectRow[]): Promise<Map<string, ConsentOfObject>> {
    return this.database.as(caller, async (tx) => {
      const consents = await readConsentsOf(
        tx,
        rows.map(({ seq }) => seq),
      );
      return new Map(consents.map((row) => [row.seq, { ...standingOf(row, caller), act: actIn(row, row.seq) }]));
    });
  }

  /** To whom an object was passed on, as far as the caller is concerned. */
  passedOn(caller: Caller, { seq }: ObjectRow): Promise<PassedOn[]> {
    return this.database.as(caller, async (tx) =>
      (await readOnward(tx, seq)).map(({ to_party, by_agency, codes, ...row }) => ({
        ...row,
        to: to_party,
        by: by_agency,
        codes: codes as HandlingCode[],
      })),
    );
  }

  /** Passes an object on by a consent. The database decides; here only what it needs is found. */
  async share(caller: Caller, sharing: Sharing): Promise<ConsentSummary> {
    if (caller.sending && !caller.sending.kinds.has('consent')) throw new Forbidden();
    const shared = await this.database.as(caller, async (tx) => {
      const object = await readObject(tx, sharing.object);
      const consent = sharing.consent === null ? null : await readConsent(tx, sharing.consent);
      if (!object || consent === undefined) throw new NotFound();
      // Keys are wrapped for the agency that a consent names, never for one that is merely asked for.
      const isNamed = consent?.for_agency && consent.object_seq === object.seq;
      const keys = isNamed ? await this.attachments.keysFor(tx, caller, object.seq, consent.for_agency!) : {};
      await shareOnward(tx, { object: object.seq, consent: consent?.ask_seq ?? null, to: sharing.to, keys });
      return standingOf((await readConsentsOf(tx, [consent!.ask_seq]))[0]!, caller);
    });
    this.signal.announce();
    return shared;
  }
}

function standingOf(row: ConsentRow, { agencyId }: Caller): ConsentStanding {
  const side = sideOf(row, agencyId);
  return {
    id: row.ask_id,
    object: row.object_id,
    objectDigest: row.object_digest,
    from: row.from_agency,
    to: row.to_agency,
    side,
    for: row.for_what,
    forAgency: row.for_agency,
    forUnit: row.for_unit,
    urgency: row.urgency as Urgency,
    state: row.state,
    askedAt: row.asked_at,
    dueAt: row.due_at,
    codes: row.codes as HandlingCode[],
    conditions: row.conditions,
    expiresAt: row.expires_at,
    passedOnAt: row.passed_on_at,
    permittedActs: permittedActs(row.state, side),
  };
}

/** What one of its objects does in a consent. */
function actIn(row: ConsentRow, seq: string): ConsentAct {
  if (seq === row.ask_seq) return 'ASK';
  if (seq === row.revoke_seq) return 'REVOKE';
  if (row.state === 'DENIED') return 'DENY';
  return row.codes.length > 0 || row.conditions !== null ? 'GRANT_WITH_CONDITIONS' : 'GRANT';
}

/** The objects of a consent with their signed texts, and the opening of each recorded in the same transaction. */
async function openSteps(tx: EntityManager, { ask_seq, answer_seq, revoke_seq }: ConsentRow): Promise<OpenedRow[]> {
  const rows = await prepared<OpenedRow>(
    tx,
    'consent-opened',
    `SELECT ${OBJECT_COLUMNS}, o.text, o.receipt FROM hub.object o WHERE o.seq = ANY ($1::bigint[]) ORDER BY o.seq`,
    [[ask_seq, answer_seq, revoke_seq].filter((seq) => seq !== null)],
  );
  return recordAccess(tx, 'object.opened', rows);
}
