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
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { command } from '../access/command.js';
import { CurrentCaller, type GraphqlContext } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Visible } from '../access/visibility.js';
import { Conflict, NotFound } from '../common/errors.js';
import { loaderOf } from '../common/loader.js';
import { checkUuid } from '../common/uuid.js';
import { SignedObject } from './exchange.models.js';
import { ObjectSummary } from './object-record.js';

@ObjectType({
  description:
    'A condition of the provider in its own words (handling code H3). Whoever has one before him reads it before anything else of the object',
})
@Visible('released')
export class Restriction {
  @Field(() => String, { description: 'The condition; with what was added when the object was passed on' })
  text: string;

  @Field(() => String, { description: 'SHA-256 of the text, 64 hexadecimal digits: what acknowledgeRestriction takes' })
  digest: string;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When the caller said that he has read it, here or in the same matter; null: not yet',
  })
  acknowledgedAt: Date | null;
}

const OBJECT = { type: () => ID, description: 'The object' };

/** Conditions in the provider's own words (domain.md 4.1): read first, and said to be read. */
@Injectable()
@Resolver()
export class RestrictionsResolver {
  constructor(private readonly database: ScopedDatabase) {}

  @Mutation(() => Restriction, {
    description:
      'Says that the caller has read the condition, after which the object opens. It holds for the same condition in the whole matter; the provider is told of it once',
  })
  @Allow('objects.read')
  acknowledgeRestriction(
    @CurrentCaller() caller: Caller,
    @Args('id', OBJECT) id: string,
    @Args('digest', { type: () => String, description: 'Of the text that was read' }) digest: string,
  ): Promise<Restriction> {
    checkUuid(id, '/id');
    return this.database.as(caller, async (tx) => {
      const values = [id, digest];
      await command(tx, { name: 'acknowledge', text: 'SELECT cmd.acknowledge($1, $2)', values }, refusalOf);
      return (await readRestrictions(tx, [id]))[0]!;
    });
  }
}

/** Adds to what lists show the condition that is to be read before it is opened. */
@Resolver(() => ObjectSummary)
export class RestrictionOfObjectResolver {
  constructor(private readonly database: ScopedDatabase) {}

  @ResolveField(() => Restriction, {
    nullable: true,
    description: 'The provider’s own condition, to be read before the object is opened; null where there is none',
  })
  restriction(@Parent() { id }: ObjectSummary, @Context() context: GraphqlContext): Promise<Restriction | null> {
    const load = (ids: readonly string[]): Promise<(Restriction | null)[]> =>
      this.database.as(context.caller!, (tx) => readRestrictions(tx, ids));
    return loaderOf(context, 'restrictions', load).load(id);
  }
}

/** The same of an object that was opened: a resolver serves its own type, and none that extends it. */
@Resolver(() => SignedObject)
export class RestrictionOfOpenedResolver extends RestrictionOfObjectResolver {}

/** The conditions of these objects, in their order; null for one that has none, or is not in sight. */
async function readRestrictions(tx: EntityManager, ids: readonly string[]): Promise<(Restriction | null)[]> {
  const text = 'SELECT r.id, r.text, r.digest, r.acknowledged_at AS "acknowledgedAt" FROM cmd.restrictions($1) r';
  const rows = await prepared<Restriction & { id: string }>(tx, 'restrictions', text, [ids]);
  return ids.map((each) => rows.find(({ id }) => id === each) ?? null);
}

function refusalOf(fault: string): Error {
  return fault === 'DIGEST' ? new Conflict('error.restrictionChanged', { sub: fault }) : new NotFound();
}
