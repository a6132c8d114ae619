import * as fc from 'fast-check';
import type { Caller } from '../../src/access/caller.js';
import type { TestDatabase } from './database.js';

/** Agencies, communities and released objects as rows, small enough to reason about and varied enough to surprise. */
export interface World {
  agencies: { id: string; units: string[] }[];
  audiences: { id: number; kind: 'AGENCY' | 'SENT' | 'UNIT' | 'COMMUNITY'; owner: string }[];
  memberships: {
    audience: number;
    agency: string;
    unit: string | null;
    since: number;
    until: number;
    outbox: boolean;
  }[];
  objects: { seq: number; id: string; kind: string; from: string; unit: string; clearance: number; terms: string[] }[];
  releases: {
    audience: number;
    seq: number;
    clearance: number;
    until: 'never' | 'past' | 'future';
    isRecalled: boolean;
    isLive: boolean;
  }[];
  changes: { audience: number; xid: number; seq: number; act: string; objectId: string; clearance: number }[];
  parts: { seq: number; name: string; agencies: string[] }[];
  /** Who opened what, in the order in which they did; `id` is the row's. */
  openings: { id: number; seq: number; agency: string }[];
}

export const FOREVER = Number.MAX_SAFE_INTEGER;
/** The far end of a membership, as the table has it. */
const END_OF_SEQ = '9223372036854775807';
const TERMS = ['container:AAAU0000001', 'container:BBBU0000002'];

interface MemberPlan {
  agency: number;
  unit: number | null;
  since: number;
  length: number | null;
}

interface ObjectPlan {
  from: number;
  unit: number;
  to: { kind: 'AGENCY' | 'UNIT' | 'COMMUNITY'; index: number }[];
  clearance: number;
  until: 'never' | 'past' | 'future';
  isRecalled: boolean;
  isSwept: boolean;
  isLeftOut: boolean;
  kind: string;
  terms: string[];
  keysFor: number[] | null;
  openedBy: number[];
  sameIdAs: number | null;
}

interface Plan {
  units: number[];
  communities: MemberPlan[][];
  objects: ObjectPlan[];
}

const memberPlan: fc.Arbitrary<MemberPlan> = fc.record({
  agency: fc.nat(20),
  unit: fc.option(fc.nat(3), { freq: 2 }),
  since: fc.oneof(fc.constant(0), fc.nat(12)),
  length: fc.option(fc.nat(8), { freq: 2 }),
});

const objectPlan: fc.Arbitrary<ObjectPlan> = fc.record({
  from: fc.nat(20),
  unit: fc.nat(3),
  to: fc.array(fc.record({ kind: fc.constantFrom('AGENCY', 'UNIT', 'COMMUNITY'), index: fc.nat(20) }), {
    minLength: 1,
    maxLength: 3,
  }),
  clearance: fc.constantFrom(0, 0, 1),
  until: fc.constantFrom('never', 'never', 'past', 'future'),
  isRecalled: fc.constantFrom(false, false, false, true),
  isSwept: fc.boolean(),
  isLeftOut: fc.constantFrom(false, false, false, false, false, true),
  kind: fc.constantFrom('alert', 'alert', 'recall'),
  terms: fc.subarray(TERMS),
  keysFor: fc.option(fc.array(fc.nat(20), { maxLength: 4 })),
  openedBy: fc.array(fc.nat(20), { maxLength: 4 }),
  sameIdAs: fc.option(fc.nat(11), { freq: 4 }),
});

/** Random worlds: at most 5 agencies with 1 or 2 units each, 3 communities and 12 objects. */
export const anyWorld: fc.Arbitrary<World> = fc
  .record({
    units: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 5 }),
    communities: fc.array(fc.array(memberPlan, { maxLength: 5 }), { maxLength: 3 }),
    objects: fc.array(objectPlan, { minLength: 1, maxLength: 12 }),
  })
  .map(worldOf);

/** Every caller a world has: each unit, with and without clearance, with and without the right to personal details. */
export function callersOf(world: World): Caller[] {
  return world.agencies.flatMap(({ id, units }) =>
    units.flatMap((unit) =>
      [0, 1].flatMap((clearance) =>
        [false, true].map((maySeeNominal) => aCaller({ agencyId: id, unitId: unit, clearance, maySeeNominal })),
      ),
    ),
  );
}

export function aCaller(changes: Partial<Caller> & { agencyId: string; unitId: string }): Caller {
  return {
    officer: null,
    clearance: 1,
    maySeeNominal: true,
    purpose: 'PREVENT_DETECT',
    permissions: new Set(['directory.read', 'objects.read', 'objects.submit', 'keys.publish']),
    ...changes,
  };
}

/** Plans name things by numbers of any size. */
function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length]!;
}

function worldOf(plan: Plan): World {
  const agencies = plan.units.map((count, i) => {
    const id = `${String.fromCharCode(65 + i).repeat(2)}-CUS`;
    return { id, units: Array.from({ length: count }, (_, j) => `${id}-U${j}`) };
  });
  const world: World = {
    agencies,
    audiences: [],
    memberships: [],
    objects: [],
    releases: [],
    changes: [],
    parts: [],
    openings: [],
  };
  const audience = (kind: World['audiences'][number]['kind'], owner: string): number => {
    const known = world.audiences.find((each) => each.kind === kind && each.owner === owner);
    if (known) return known.id;
    world.audiences.push({ id: world.audiences.length + 1, kind, owner });
    return world.audiences.length;
  };
  const join = (id: number, agency: string, unit: string | null, since = 0, until = FOREVER, outbox = false): void => {
    world.memberships.push({ audience: id, agency, unit, since, until, outbox });
  };
  for (const { id, units } of agencies) {
    join(audience('AGENCY', id), id, null);
    join(audience('SENT', id), id, null, 0, FOREVER, true);
    for (const unit of units) join(audience('UNIT', unit), id, unit);
  }
  const communities = plan.communities.map((members, i) => {
    const community = audience('COMMUNITY', `00000000-0000-4000-8000-c0000000000${i}`);
    for (const member of members) {
      const agency = at(agencies, member.agency);
      const unit = member.unit === null ? null : at(agency.units, member.unit);
      const until = member.length === null ? FOREVER : member.since + member.length;
      join(community, agency.id, unit, member.since, until);
    }
    return community;
  });
  for (const [i, object] of plan.objects.entries()) addObject(world, communities, object, i + 1);
  return world;
}

function addObject(world: World, communities: readonly number[], plan: ObjectPlan, seq: number): void {
  const { agencies, audiences, objects, changes } = world;
  const audience = (kind: string, owner: string): number =>
    audiences.find((each) => each.kind === kind && each.owner === owner)!.id;
  const { clearance } = plan;
  const from = at(agencies, plan.from);
  const copied = plan.sameIdAs === null ? undefined : objects[plan.sameIdAs]?.id;
  const isFree = copied !== undefined && !objects.some((each) => each.from === from.id && each.id === copied);
  const id = isFree ? copied : `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`;
  const terms = [`kind:${plan.kind}`, ...plan.terms];
  objects.push({ seq, id, kind: plan.kind, from: from.id, unit: at(from.units, plan.unit), clearance, terms });

  const to = plan.to.map(({ kind, index }) => {
    const agency = at(agencies, index);
    if (kind === 'AGENCY') return audience('AGENCY', agency.id);
    if (kind === 'UNIT') return audience('UNIT', at(agency.units, index));
    return communities.length > 0 ? at(communities, index) : audience('AGENCY', agency.id);
  });
  const isOver = plan.until === 'past';
  for (const each of new Set(to)) {
    const isLive = !plan.isRecalled && !(isOver && plan.isSwept) && !plan.isLeftOut;
    world.releases.push({ audience: each, seq, clearance, until: plan.until, isRecalled: plan.isRecalled, isLive });
    changes.push({ audience: each, xid: seq * 10, seq, act: 'RELEASED', objectId: id, clearance });
    if (plan.isRecalled)
      changes.push({ audience: each, xid: seq * 10 + 3, seq, act: 'RECALLED', objectId: id, clearance });
    if (isOver && plan.isSwept) {
      changes.push({ audience: each, xid: seq * 10 + 25, seq, act: 'EXPIRED', objectId: id, clearance });
    }
  }
  const sent = audience('SENT', from.id);
  world.releases.push({ audience: sent, seq, clearance, until: 'never', isRecalled: false, isLive: true });
  changes.push({ audience: sent, xid: seq * 10, seq, act: 'RELEASED', objectId: id, clearance });
  if (plan.keysFor) {
    const readers = [from.id, ...plan.keysFor.map((index) => at(agencies, index).id)];
    world.parts.push({ seq, name: 'nominal', agencies: [...new Set(readers)] });
  }
  for (const index of plan.openedBy) {
    world.openings.push({ id: world.openings.length + 1, seq, agency: at(agencies, index).id });
  }
}

/** Puts the world in the place of whatever the database held. */
export async function settle(database: TestDatabase, world: World): Promise<void> {
  const put = (text: string, rows: readonly object[]): Promise<unknown> => database.sql(text, [JSON.stringify(rows)]);
  await database.sql('BEGIN');
  try {
    await database.sql(`TRUNCATE hub.agency, hub.audience, hub.membership, hub.community, hub.object, hub.release,
      hub.release_term, hub.change, hub.part, hub.part_key, hub.alert, audit.access CASCADE`);
    await put(
      `INSERT INTO hub.agency (id, kind, country, name_en, name_vi, valid_from)
       SELECT x.id, 'CUSTOMS', left(x.id, 2), x.id, x.id, '2000-01-01Z' FROM jsonb_to_recordset($1) AS x (id text)`,
      world.agencies,
    );
    await put(
      `INSERT INTO hub.audience (id, kind, owner) OVERRIDING SYSTEM VALUE
       SELECT * FROM jsonb_to_recordset($1) AS x (id integer, kind text, owner text)`,
      world.audiences,
    );
    await put(
      `INSERT INTO hub.membership (audience_id, agency_id, unit_id, since_seq, until_seq, outbox)
       SELECT * FROM jsonb_to_recordset($1)
         AS x (audience integer, agency text, unit text, since bigint, until bigint, outbox boolean)`,
      world.memberships.map((row) => ({ ...row, until: row.until === FOREVER ? END_OF_SEQ : row.until })),
    );
    await put(
      `INSERT INTO hub.object (seq, id, kind, from_agency, from_unit, recipients, digest, text, receipt, clearance, has_parts,
         thread_seq, created_at, received_at) OVERRIDING SYSTEM VALUE
       SELECT seq, id, kind, "from", unit, '{}', 'd', '{"payload":"e30"}', 'r', clearance, false, seq, now(), now() FROM jsonb_to_recordset($1)
         AS x (seq bigint, id uuid, kind text, "from" text, unit text, clearance smallint)`,
      world.objects,
    );
    await put(
      `INSERT INTO hub.release (audience_id, seq, clearance, until, recalled_at, live)
       SELECT audience, seq, clearance,
         CASE until WHEN 'past' THEN now() - interval '1 second' WHEN 'future' THEN now() + interval '1 hour' END,
         CASE WHEN "isRecalled" THEN now() END, "isLive" FROM jsonb_to_recordset($1)
         AS x (audience integer, seq bigint, clearance smallint, until text, "isRecalled" boolean, "isLive" boolean)`,
      world.releases,
    );
    await put(
      `INSERT INTO hub.release_term (audience_id, term, seq, clearance, live)
       SELECT * FROM jsonb_to_recordset($1) AS x (audience integer, term text, seq bigint, clearance smallint, "isLive" boolean)`,
      world.releases.flatMap((row) => world.objects[row.seq - 1]!.terms.map((term) => ({ ...row, term }))),
    );
    await put(
      `INSERT INTO hub.change (audience_id, xid, seq, act, object_id, clearance)
       SELECT audience, xid::xid8, seq, act, "objectId", clearance FROM jsonb_to_recordset($1)
         AS x (audience integer, xid text, seq bigint, act text, "objectId" uuid, clearance smallint)`,
      world.changes,
    );
    await put(
      `INSERT INTO hub.part (seq, name, sha256, iv, ciphertext)
       SELECT seq, name, 'x', '\\x00', '\\x00' FROM jsonb_to_recordset($1) AS x (seq bigint, name text)`,
      world.parts,
    );
    await put(
      `INSERT INTO hub.part_key (seq, name, agency_id, wrapped)
       SELECT seq, name, agency, '\\x00' FROM jsonb_to_recordset($1) AS x (seq bigint, name text, agency text)`,
      world.parts.flatMap((part) => part.agencies.map((agency) => ({ ...part, agency }))),
    );
    // Its duties are read from signed texts, which these objects have not.
    await database.sql('SET LOCAL session_replication_role = replica');
    await put(
      `INSERT INTO hub.alert (seq, kind, severity, valid_from, valid_to)
       SELECT seq, 'CONSIGNMENT', 'HIGH', now(), now() + interval '1 day' FROM jsonb_to_recordset($1) AS x (seq bigint)`,
      world.objects.filter((object) => object.kind === 'alert'),
    );
    await database.sql('SET LOCAL session_replication_role = origin');
    await put(
      `INSERT INTO audit.access (id, object_seq, owner_agency, clearance, event, agency_id, unit_id, purpose) OVERRIDING SYSTEM VALUE
       SELECT id, seq, owner, clearance, 'object.opened', agency, agency || '-U0', 'PREVENT_DETECT' FROM jsonb_to_recordset($1)
         AS x (id bigint, seq bigint, owner text, clearance smallint, agency text)`,
      world.openings.map((row) => {
        const { from, clearance } = world.objects[row.seq - 1]!;
        return { ...row, owner: from, clearance };
      }),
    );
    await database.sql('COMMIT');
  } catch (error) {
    await database.sql('ROLLBACK');
    throw error;
  }
}
