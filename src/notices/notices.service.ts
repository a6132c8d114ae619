import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { command } from '../access/command.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../common/errors.js';
import { validateBody } from '../exchange/body/validate.js';
import { MailServer } from './mail-server.js';
import {
  type NoticeAddress,
  NoticeAddressInput,
  type NoticeRule,
  NoticeRuleInput,
  type NoticeStanding,
  type Shift,
  ShiftInput,
  type UnsentNotice,
} from './notices.models.js';

/** A roster of a year with three ranks and a shift each day has a thousand. */
const MOST_SHIFTS = 1_200;

/** Who is told, where, and what could not be told. PostgreSQL decides whose business it is: an administrator's, or the officer's own. */
@Injectable()
export class NoticesService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly mail: MailServer,
  ) {}

  /** The shifts of a unit of the administrator's agency that have not ended. Throws NotFound. */
  roster(caller: Caller, unit: string): Promise<Shift[]> {
    return this.database.as(caller, async (tx) => {
      await readRule(tx, unit);
      return readRoster(tx, unit);
    });
  }

  /** Writes the roster of a unit anew. Throws InvalidInput, NotFound or Forbidden. */
  keepRoster(caller: Caller, unit: string, shifts: readonly ShiftInput[]): Promise<Shift[]> {
    if (shifts.length > MOST_SHIFTS) {
      throw new InvalidInput([
        { pointer: '/shifts', rule: 'shifts', key: 'problem.shifts', params: { max: MOST_SHIFTS } },
      ]);
    }
    const given = shifts.map((shift, i) => checked(ShiftInput, shift, `/shifts/${i}`));
    return this.database.as(caller, async (tx) => {
      const values = [unit, JSON.stringify(given)];
      await command(tx, { name: 'keep-roster', text: 'SELECT cmd.keep_roster($1, $2)', values }, refusalOf);
      return readRoster(tx, unit);
    });
  }

  /** How a unit of the administrator's agency is told. Throws NotFound. */
  rule(caller: Caller, unit: string): Promise<NoticeRule> {
    return this.database.as(caller, (tx) => readRule(tx, unit));
  }

  /** Throws InvalidInput, NotFound or Forbidden. */
  keepRule(caller: Caller, unit: string, input: NoticeRuleInput): Promise<NoticeRule> {
    const { digestHour, language } = checked(NoticeRuleInput, input, '/input');
    return this.database.as(caller, async (tx) => {
      const values = [unit, digestHour ?? null, language];
      await command(
        tx,
        { name: 'keep-notice-rule', text: 'SELECT cmd.keep_notice_rule($1, $2, $3)', values },
        refusalOf,
      );
      return readRule(tx, unit);
    });
  }

  /** What of the administrator's agency was not sent. */
  standing(caller: Caller): Promise<NoticeStanding> {
    return this.database.as(caller, async (tx) => ({
      isSending: this.mail.isThere,
      unsent: await tx.query<UnsentNotice[]>(UNSENT),
    }));
  }

  /** The officer's own address. */
  address(caller: Caller): Promise<NoticeAddress> {
    return this.database.as(caller, readAddress);
  }

  /** Sends a code to an address, which counts once the code is back. Throws InvalidInput or, within a minute, Conflict. */
  keepAddress(caller: Caller, input: NoticeAddressInput): Promise<NoticeAddress> {
    const { address, language } = checked(NoticeAddressInput, input, '/input');
    return this.database.as(caller, async (tx) => {
      const values = [address, language];
      await command(
        tx,
        { name: 'keep-notice-address', text: 'SELECT cmd.keep_notice_address($1, $2)', values },
        refusalOf,
      );
      return readAddress(tx);
    });
  }

  /** Confirms the address with its code. Throws Conflict for a wrong one; that it was tried stays. */
  async confirmAddress(caller: Caller, code: string): Promise<NoticeAddress> {
    const address = await this.database.as(caller, async (tx) => {
      const confirm = {
        name: 'confirm-notice-address',
        text: 'SELECT cmd.confirm_notice_address($1) AS is_right',
        values: [code],
      };
      const [row] = await command<{ is_right: boolean }>(tx, confirm, refusalOf);
      return row!.is_right ? readAddress(tx) : null;
    });
    if (address === null) throw new Conflict('error.wrongCode', { sub: 'WRONG_CODE' });
    return address;
  }

  async endAddress(caller: Caller): Promise<void> {
    const end = { name: 'end-notice-address', text: 'SELECT cmd.end_notice_address()' };
    await this.database.as(caller, (tx) => command(tx, end, refusalOf));
  }
}

const UNSENT = `
  SELECT n.kind, n.unit_id AS unit, n.to_unit AS "toUnit", n.officer, n.made_at AS "madeAt", n.problem,
    CASE WHEN n.failed_at IS NULL THEN n.send_at END AS "triedAgainAt"
  FROM hub.notice n WHERE n.sent_at IS NULL AND n.problem IS NOT NULL ORDER BY n.made_at DESC, n.id LIMIT 100`;

function readRoster(tx: EntityManager, unit: string): Promise<Shift[]> {
  return tx.query<Shift[]>(
    `SELECT r.officer, r.rank, r.begins_at AS "beginsAt", r.ends_at AS "endsAt",
       r.officer = ANY (cmd.reachable_officers($1)) AS "isReachable"
     FROM agency.roster r WHERE r.unit_id = $1 AND r.ends_at > hub.now() ORDER BY r.begins_at, r.rank, r.officer`,
    [unit],
  );
}

async function readRule(tx: EntityManager, unit: string): Promise<NoticeRule> {
  const text = 'SELECT r.digest_hour AS "digestHour", r.language FROM cmd.own_notice_rule($1) r';
  const [rule] = await tx.query<NoticeRule[]>(text, [unit]);
  if (!rule) throw new NotFound();
  return rule;
}

async function readAddress(tx: EntityManager): Promise<NoticeAddress> {
  const text = `SELECT a.address, a.wanted, a.language FROM agency.notice_address a
    WHERE a.address IS NOT NULL OR a.wanted IS NOT NULL`;
  return (await tx.query<NoticeAddress[]>(text))[0] ?? { address: null, wanted: null, language: null };
}

/** An input that keeps its rules. Throws InvalidInput with what is wrong at each field. */
function checked<T extends object>(inputClass: new () => T, input: T, pointer: string): T {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const result = validateBody(inputClass, given);
  if ('problems' in result) {
    throw new InvalidInput(result.problems.map((each) => ({ ...each, pointer: `${pointer}${each.pointer}` })));
  }
  return result.value;
}

/** What PostgreSQL refused, in the API's words. */
function refusalOf(fault: string): Error {
  switch (fault) {
    case 'MISSING':
      return new NotFound();
    case 'OFFICER':
      return new InvalidInput([{ pointer: '/shifts', rule: 'officerOfUnit', key: 'problem.officerOfUnit' }]);
    case 'TOO_SOON':
      return new Conflict('error.codeTooSoon', { sub: 'TOO_SOON', retryable: true, retryAfter: 60 });
    case 'TOO_MANY':
      return new Conflict('error.codesTooMany', { sub: 'TOO_MANY', retryable: true, retryAfter: 86_400 });
    default:
      return new Forbidden('error.notAdministrator');
  }
}
