import { Args, Field, GraphQLISODateTime, ID, ObjectType, Query, registerEnumType, Resolver } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Visible } from '../access/visibility.js';
import { type AccessRow, readAccessPage } from '../audit/access-log.js';
import { connectionOf } from '../common/connection.js';
import { Cursors } from '../common/cursor.js';
import { NotFound } from '../common/errors.js';
import { checkUuid } from '../common/uuid.js';
import { AFTER, FIRST, PageInfo } from './exchange.models.js';
import { readObject } from './object-pages.js';
import { checkPageSize, scopeOf } from './objects.service.js';

/** What a reader did with an object. */
export enum AccessAct {
  OPENED = 'object.opened',
  EXPORTED = 'object.exported',
  HIT = 'object.hit',
  NOMINAL_VIEWED = 'nominal.viewed',
  FILE_DOWNLOADED = 'file.downloaded',
  ACKNOWLEDGED = 'restriction.acknowledged',
}
registerEnumType(AccessAct, {
  name: 'AccessAct',
  description: 'What a reader did with an object',
  valuesMap: {
    OPENED: { description: 'Read its text' },
    EXPORTED: { description: 'Took its text elsewhere, for instance in a bundle' },
    HIT: { description: 'Found it by an identifier that the reader looked up, such as a container number' },
    NOMINAL_VIEWED: { description: 'Was given personal details' },
    FILE_DOWNLOADED: { description: 'Was given an attached file' },
    ACKNOWLEDGED: { description: 'Said that the provider’s own condition (H3) was read' },
  },
});

/** Whose acts on an object are asked for. */
export enum AccessBy {
  OTHERS = 'OTHERS',
  OWN = 'OWN',
}
registerEnumType(AccessBy, {
  name: 'AccessBy',
  description: 'Whose acts on an object',
  valuesMap: {
    OTHERS: { description: "Those of agencies other than the object's owner. The owner alone sees any." },
    OWN: { description: "Those of the caller's own agency" },
  },
});

@ObjectType({ description: 'One act of a reader on an object' })
@Visible('owner')
export class ObjectAccess {
  @Field(() => AccessAct, { description: 'What was done' })
  act: AccessAct;

  @Field(() => GraphQLISODateTime, { description: 'When' })
  at: Date;

  @Field(() => ID)
  agency: string;

  @Field(() => ID)
  unit: string;

  @Field(() => ID, { nullable: true, description: "Pseudonym of the officer; null for a unit's system" })
  officer: string | null;

  @Field(() => String, { nullable: true, description: "The officer's function, for the officer's own agency alone" })
  officerTitleEn: string | null;

  @Field(() => String, { nullable: true, description: 'The same in Vietnamese' })
  officerTitleVi: string | null;

  @Field(() => String, { description: 'Purpose code under which the reader worked' })
  purpose: string;

  @Field(() => String, {
    nullable: true,
    description: 'The case for which personal details were given out, for the reader’s own agency alone',
  })
  caseRef: string | null;
}

@ObjectType({ description: 'An act with its place in the list' })
@Visible('list')
export class ObjectAccessEdge {
  @Field(() => String)
  cursor: string;

  @Field(() => ObjectAccess)
  node: ObjectAccess;
}

@ObjectType({ description: 'Newest first' })
@Visible('list')
export class ObjectAccessConnection {
  @Field(() => [ObjectAccessEdge])
  edges: ObjectAccessEdge[];

  @Field(() => [ObjectAccess])
  nodes: ObjectAccess[];

  @Field(() => PageInfo)
  pageInfo: PageInfo;
}

/** Who opened it: for the owner of an object what others did with it, for each reader what its own agency did. */
@Resolver()
export class ObjectAccessResolver {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly cursors: Cursors,
  ) {}

  @Query(() => ObjectAccessConnection, {
    description:
      'Who opened, exported or found an object, with agency, unit, time and purpose, newest first. Officers appear as pseudonyms.',
  })
  @Allow('objects.read')
  async objectAccess(
    @CurrentCaller() caller: Caller,
    @Args('id', { type: () => ID }) id: string,
    @Args('by', { type: () => AccessBy, defaultValue: AccessBy.OTHERS, description: 'Whose acts' }) by: AccessBy,
    @Args('first', FIRST) first: number,
    @Args('after', AFTER) after: string | null,
  ): Promise<ObjectAccessConnection> {
    checkUuid(id, '/id');
    checkPageSize(first);
    const scope = scopeOf(caller, `access ${by} ${id}`);
    const before = (after ?? null) === null ? null : (this.cursors.read(scope, after!)[0] ?? null);
    const rows = await this.database.as(caller, async (tx) => {
      const object = await readObject(tx, id);
      if (!object) throw new NotFound();
      return readAccessPage(tx, { agencyId: caller.agencyId, objectSeq: object.seq, by, before, limit: first + 1 });
    });
    return connectionOf(rows, first, (row) => ({ cursor: this.cursors.write(scope, [row.id]), node: accessOf(row) }));
  }
}

function accessOf(row: AccessRow): ObjectAccess {
  return {
    act: row.event as AccessAct,
    at: row.at,
    agency: row.agency_id,
    unit: row.unit_id,
    officer: row.officer,
    officerTitleEn: row.title_en,
    officerTitleVi: row.title_vi,
    purpose: row.purpose,
    caseRef: row.case_ref,
  };
}
