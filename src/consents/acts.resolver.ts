import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from '../access/current-caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { loaderOf } from '../common/loader.js';
import { SignedObject } from '../exchange/exchange.models.js';
import { ObjectSummary } from '../exchange/object-record.js';
import { ActOnObject } from './acts.models.js';

/** Adds to what lists show of an object what may be done with it, as PostgreSQL decides it. */
@Resolver(() => ObjectSummary)
export class ActsOfObjectResolver {
  constructor(private readonly database: ScopedDatabase) {}

  @ResolveField(() => [ActOnObject], {
    description: 'What its handling lets the caller do with it now, and why, before it is tried',
  })
  acts(@Parent() { row }: ObjectSummary, @Context() context: GraphqlContext): Promise<ActOnObject[]> {
    const load = (seqs: readonly string[]): Promise<ActOnObject[][]> =>
      this.database.as(context.caller!, async (tx) => {
        const found = await prepared<ActOnObject & { seq: string }>(tx, 'acts-of', ACTS_OF, [seqs]);
        return seqs.map((each) => found.filter(({ seq }) => seq === each));
      });
    return loaderOf(context, 'acts', load).load(row.seq);
  }
}

/** The same of an object that was opened: a resolver serves its own type, and none that extends it. */
@Resolver(() => SignedObject)
export class ActsOfOpenedResolver extends ActsOfObjectResolver {}

const ACTS_OF = `SELECT s.seq, a.act, a.outcome, a.because, a.consent
  FROM unnest($1::bigint[]) s(seq) CROSS JOIN LATERAL cmd.acts_of(s.seq) a ORDER BY a.act`;
