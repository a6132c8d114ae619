import { Args, GraphQLISODateTime, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { InvalidInput } from '../common/errors.js';
import { deskCommand } from './desk-commands.js';
import { Colleague, StandIn } from './matter.models.js';

const LONGEST_MS = 366 * 86_400_000;

/** Colleagues, and who acts for whom. */
@Resolver()
export class StandInsResolver {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly clock: Clock,
  ) {}

  @Query(() => [Colleague], {
    description: 'Officers in force of a unit of one’s own agency who may be given work, by function; 200 at most',
  })
  @Allow('desk.work')
  colleagues(
    @CurrentCaller() caller: Caller,
    @Args('unit', { type: () => ID, nullable: true, description: 'Left out: one’s own unit' }) unit: string | null,
  ): Promise<Colleague[]> {
    return this.database.as(caller, (tx) => prepared(tx, 'colleagues', COLLEAGUES, [unit ?? caller.unitId]));
  }

  @Query(() => [StandIn], { description: 'Who of one’s own unit is away now or will be, and who acts; 200 at most' })
  @Allow('desk.work')
  standIns(@CurrentCaller() caller: Caller): Promise<StandIn[]> {
    return this.database.as(caller, (tx) => readStandIns(tx, caller.unitId));
  }

  @Mutation(() => [StandIn], {
    description:
      'Names the colleague of one’s unit who acts while one is away: claims and hands over what one holds. A new time takes the place of the last.',
  })
  @Allow('desk.work')
  keepStandIn(
    @CurrentCaller() caller: Caller,
    @Args('officer', { type: () => ID, description: 'Pseudonym of who acts' }) officer: string,
    @Args('from', { type: () => GraphQLISODateTime, description: 'First moment away' }) from: Date,
    @Args('until', { type: () => GraphQLISODateTime, description: 'When one is back; within a year' }) until: Date,
  ): Promise<StandIn[]> {
    const now = this.clock.now().getTime();
    if (from >= until || until.getTime() <= now || until.getTime() - now > LONGEST_MS) {
      throw new InvalidInput([{ pointer: '/until', rule: 'period', key: 'problem.standInPeriod' }]);
    }
    return this.database.as(caller, async (tx) => {
      const values = [officer, from, until];
      await deskCommand(tx, { name: 'keep-stand-in', text: 'SELECT cmd.keep_stand_in($1, $2, $3)', values });
      return readStandIns(tx, caller.unitId);
    });
  }

  @Mutation(() => [StandIn], { description: 'Ends one’s own absence at once; does nothing where there is none' })
  @Allow('desk.work')
  endStandIn(@CurrentCaller() caller: Caller): Promise<StandIn[]> {
    return this.database.as(caller, async (tx) => {
      await deskCommand(tx, { name: 'end-stand-in', text: 'SELECT cmd.end_stand_in()' });
      return readStandIns(tx, caller.unitId);
    });
  }
}

const COLLEAGUES = `
  SELECT o.pseudonym AS officer, o.unit_id AS unit, o.title_en AS "titleEn", o.title_vi AS "titleVi" FROM agency.officer o
  WHERE o.agency_id = cmd.my_agency() AND o.unit_id = $1 AND o.valid_from <= now() AND (o.valid_until IS NULL OR o.valid_until > now())
    AND cmd.works(o.roles)
  ORDER BY o.title_en, o.pseudonym LIMIT 200`;

interface StandInRow {
  officers: { officer: string; unit: string; titleEn: string; titleVi: string }[];
  valid_from: Date;
  valid_until: Date;
}

async function readStandIns(tx: EntityManager, unit: string): Promise<StandIn[]> {
  const rows = await prepared<StandInRow>(tx, 'stand-ins', STAND_INS, [unit]);
  return rows.map(({ officers: [officer, standIn], valid_from, valid_until }) => ({
    officer: officer!,
    standIn: standIn!,
    validFrom: valid_from,
    validUntil: valid_until,
  }));
}

const STAND_INS = `
  SELECT json_build_array(
      json_build_object('officer', a.pseudonym, 'unit', a.unit_id, 'titleEn', a.title_en, 'titleVi', a.title_vi),
      json_build_object('officer', b.pseudonym, 'unit', b.unit_id, 'titleEn', b.title_en, 'titleVi', b.title_vi)) AS officers,
    s.valid_from, s.valid_until
  FROM agency.stand_in s
    JOIN agency.officer a ON a.agency_id = s.agency_id AND a.pseudonym = s.officer
    JOIN agency.officer b ON b.agency_id = s.agency_id AND b.pseudonym = s.stand_in
  WHERE s.agency_id = cmd.my_agency() AND a.unit_id = $1 AND s.valid_until > cmd.now() ORDER BY s.valid_from, a.pseudonym LIMIT 200`;
