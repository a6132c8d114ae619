import { Injectable } from '@nestjs/common';
import {
  Args,
  Context,
  Field,
  GraphQLISODateTime,
  ID,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Visible } from '../access/visibility.js';
import { Clock } from '../common/clock.js';
import { Forbidden, NotFound } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import { checkUuid } from '../common/uuid.js';
import { canonicalize } from '../protocol/canonical.js';
import { readSignedObject, verifySignatures } from '../protocol/signed-object.js';
import { assemble } from '../protocol/signing.js';
import { Assertions } from '../session/people/assertions.js';
import { readKeys } from '../trust/key-directory.js';
import { refusing } from '../trust/protocol-faults.js';
import { SignatureInput, SignedObject } from './exchange.models.js';
import { payloadOf } from './payload.js';
import { checkReleaser, refusal } from './signatories.js';

@ObjectType({ description: 'The second signature of what an officer on duty sent alone (FLASH)' })
@Visible('released')
export class Confirmation {
  @Field(() => String, {
    description: 'PENDING: one officer stands behind it so far. CONFIRMED: a second has signed it',
  })
  state: string;

  @Field(() => GraphQLISODateTime, { description: 'When the second signature is due' })
  dueAt: Date;

  @Field(() => ID, { nullable: true, description: 'Pseudonym of who confirmed it' })
  by: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was confirmed' })
  at: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The second signature, a member of `signatures` as RFC 7515 section 7.2.1 has it, as JSON',
  })
  signature: string | null;
}

@ObjectType({
  description: 'A second signature that waits, as who could give it sees it; object(id) opens what is to be signed',
})
@Visible('released')
export class OwedConfirmation {
  @Field(() => ID, { description: 'The object' })
  id: string;

  @Field(() => String, { nullable: true, description: "The sender's reference" })
  ref: string | null;

  @Field(() => ID, { description: 'Pseudonym of who sent it alone' })
  sentBy: string;

  @Field(() => GraphQLISODateTime, { description: 'When the second signature is due' })
  dueAt: Date;
}

interface Owed {
  seq: string;
  text: string;
  officer: string;
}

/**
 * Second signatures that are owed: an agency may let an officer on duty send FLASH alone where two are needed. Whoever sees the object
 * sees that it is unconfirmed, until another officer who may send has signed the same bytes.
 */
@Injectable()
@Resolver(() => SignedObject)
export class ConfirmationsResolver {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly hub: HubIdentity,
    private readonly clock: Clock,
    private readonly assertions: Assertions,
  ) {}

  @ResolveField(() => Confirmation, {
    nullable: true,
    description: 'Null where no second signature was left owing; PENDING: act on it with care',
  })
  confirmation(@Parent() { row }: SignedObject, @Context() context: GraphqlContext): Promise<Confirmation | null> {
    return this.database.as(context.caller!, async (tx) => {
      const text = `SELECT CASE WHEN w.given_at IS NULL THEN 'PENDING' ELSE 'CONFIRMED' END AS state, w.due_at AS "dueAt", w.given_by AS by,
        w.given_at AS at, (w.signature->'member')::text AS signature FROM hub.owed_signature w WHERE w.seq = $1`;
      return (await prepared<Confirmation>(tx, 'confirmation', text, [row.seq]))[0] ?? null;
    });
  }

  @Query(() => [OwedConfirmation], {
    description:
      'Second signatures that this officer could give now, for FLASH of the own unit; the first due first, 100 at most',
  })
  @Allow('objects.submit')
  async owedConfirmations(@CurrentCaller() caller: Caller): Promise<OwedConfirmation[]> {
    if (!caller.session) throw new Forbidden(); // A unit's system gives none.
    return this.database.as(caller, (tx) => prepared(tx, 'owed-confirmations', OWED, [caller.unitId, caller.officer]));
  }

  @Mutation(() => Boolean, {
    description: 'Gives the second signature that is owed for a FLASH of one’s own unit, with a touch for that object',
  })
  @Allow('objects.submit')
  async confirmObject(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID, description: 'The object' }) id: string,
    @Args('signature', { type: () => SignatureInput, description: 'By the own key, over the payload as it was sent' })
    signature: SignatureInput,
    @Args('assertion', { description: "The passkey's answer to the object's SHA-256, as for submit" })
    assertion: string,
  ): Promise<boolean> {
    if (!caller.session) throw new Forbidden(); // A unit's system has no officer who could have touched.
    await this.database.as(caller, (tx) => this.confirm(tx, caller, checkUuid(id, '/id'), { signature, assertion }));
    return true;
  }

  private async confirm(
    tx: EntityManager,
    caller: Caller,
    id: string,
    { signature, assertion }: { signature: SignatureInput; assertion: string },
  ): Promise<void> {
    const owed = await readOwed(tx, caller, id);
    if (!owed) throw new NotFound();
    const now = this.clock.now();
    const text = assemble(canonicalize(payloadOf(owed.text)), [signature]);
    const read = await refusing(() => readSignedObject(text, { hub: this.hub.id, now }));
    const keys = await readKeys(tx, [read.signatures[0]!.kid]);
    const [key] = await refusing(() => verifySignatures(read, keys, { at: now }));
    if (key!.holder !== caller.officer || caller.officer === owed.officer) throw refusal('FOUR_EYES');
    await checkReleaser(tx, read.envelope, caller.officer, now);
    const kept = await this.assertions.verify(caller.session!, read.digest, assertion);
    const { protected: header, signature: value } = signature;
    const given = {
      member: { protected: header, signature: value },
      assertion: kept.text,
      publicKey: kept.publicKey.toString('base64url'),
    };
    await prepared(tx, 'give-signature', 'SELECT cmd.give_signature($1, $2)', [owed.seq, JSON.stringify(given)]);
  }
}

/** What somebody else of the unit sent alone and nobody has confirmed; what was taken back needs no confirmation. */
const OWED = `
  SELECT o.id, o.ref, w.officer AS "sentBy", w.due_at AS "dueAt" FROM hub.owed_signature w JOIN hub.object o ON o.seq = w.seq
  WHERE w.agency_id = cmd.my_agency() AND o.from_unit = $1 AND w.officer <> $2 AND w.given_at IS NULL AND o.recalled_by_seq IS NULL
  ORDER BY w.due_at, o.id LIMIT 100`;

async function readOwed(tx: EntityManager, { agencyId }: Caller, id: string): Promise<Owed | undefined> {
  const text = `SELECT o.seq, o.text, w.officer FROM hub.object o JOIN hub.owed_signature w ON w.seq = o.seq
    WHERE o.id = $1 AND o.from_agency = $2 AND w.given_at IS NULL`;
  return (await prepared<Owed>(tx, 'owed-signature', text, [id, agencyId]))[0];
}
