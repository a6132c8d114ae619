import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { connectionOf } from '../common/connection.js';
import { Cursors } from '../common/cursor.js';
import { InvalidInput, NotFound, type Problem } from '../common/errors.js';
import { checkText } from '../exchange/body/rules/text.js';
import { checked } from '../exchange/body/validate.js';
import { checkPageSize, scopeOf } from '../exchange/objects.service.js';
import { freshReference } from '../exchange/reference.js';
import { LetterDetailsInput, LetterInput, OutsidePartnerInput } from './letter.inputs.js';
import type {
  Letter,
  LetterConnection,
  LetterCounts,
  LetterStep,
  MatterLetter,
  OutsidePartner,
  PartnerStatistics,
} from './letter.models.js';
import { detailProblems } from './letter-problems.js';
import {
  readAllPartners,
  readLetterPage,
  readLetters,
  readLetterSteps,
  readMatters,
  readNumberedLetters,
  readPartners,
} from './letter-rows.js';
import { readLetterCounts } from './letter-statistics.js';
import { LETTER_CODE, type LetterClosing, type LetterDirection } from './register-codes.js';
import { registerCommand } from './register-commands.js';

const LONGEST_REASON = 1_000;
const LONGEST_NUMBER = 60;
/** Years of which statistics can be asked. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

/** The register of letters: an agency's own record of what goes to and fro outside the hub. */
@Injectable()
export class LettersService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly cursors: Cursors,
    private readonly clock: Clock,
  ) {}

  /** Throws NotFound. */
  find(caller: Caller, id: string): Promise<Letter> {
    return this.database.as(caller, (tx) => readLetter(tx, id));
  }

  /** Letters in this order; null where the caller does not see one. */
  ofIds(caller: Caller, ids: readonly string[]): Promise<(Letter | null)[]> {
    return this.database.as(caller, async (tx) => inOrder(ids, await readLetters(tx, ids)));
  }

  /** Administrations outside, in this order. A letter is never seen without its partner. */
  partnersOf(caller: Caller, ids: readonly string[]): Promise<OutsidePartner[]> {
    return this.database.as(caller, async (tx) => inOrder(ids, await readPartners(tx, ids)) as OutsidePartner[]);
  }

  partners(caller: Caller, country: string | null): Promise<OutsidePartner[]> {
    return this.database.as(caller, (tx) => readAllPartners(tx, country));
  }

  /** One page of the register, what was registered last first. */
  async list(caller: Caller, { direction, partner, first, after }: ListOptions): Promise<LetterConnection> {
    checkPageSize(first);
    const scope = scopeOf(caller, `letters ${direction} ${partner}`);
    const before = after === null ? null : (this.cursors.read(scope, after)[0] ?? null);
    const { unitId, clearance } = caller;
    const rows = await this.database.as(caller, (tx) =>
      readLetterPage(tx, { direction, partner, unitId, clearance, before, limit: first + 1 }),
    );
    return connectionOf(rows, first, (node) => ({ cursor: this.cursors.write(scope, [node.seq]), node }));
  }

  numbered(caller: Caller, number: string): Promise<Letter[]> {
    checkText(number, LONGEST_NUMBER, '/number');
    return this.database.as(caller, (tx) => readNumberedLetters(tx, number));
  }

  /** What was done with each of these letters. */
  steps(caller: Caller, ids: readonly string[]): Promise<LetterStep[][]> {
    return this.database.as(caller, (tx) => readLetterSteps(tx, ids));
  }

  /** The letters of each of these matters. */
  matters(caller: Caller, rootIds: readonly string[]): Promise<MatterLetter[][]> {
    return this.database.as(caller, (tx) => readMatters(tx, rootIds));
  }

  /** Throws InvalidInput, NotFound or Conflict. */
  register(caller: Caller, input: LetterInput): Promise<Letter> {
    const letter = soundInput(LetterInput, input, (given) => detailProblems(given, given));
    const id = randomUUID();
    const given = { ...letter, id, ref: freshReference(caller.agencyId, LETTER_CODE, this.clock.now()) };
    return this.database.as(caller, async (tx) => {
      await registerCommand(tx, {
        name: 'register-letter',
        text: 'SELECT cmd.register_letter($1)',
        values: [JSON.stringify(given)],
      });
      return readLetter(tx, id);
    });
  }

  /** Throws InvalidInput, NotFound or Conflict. */
  correct(caller: Caller, id: string, input: LetterDetailsInput, reason: string): Promise<Letter> {
    checkText(reason, LONGEST_REASON, '/reason');
    const details = soundInput(LetterDetailsInput, input, () => []);
    return this.database.as(caller, async (tx) => {
      const letter = await readLetter(tx, id);
      refuse(detailProblems(letter, details));
      await registerCommand(tx, {
        name: 'correct-letter',
        text: 'SELECT cmd.correct_letter($1, $2, $3)',
        values: [id, JSON.stringify(details), reason],
      });
      return readLetter(tx, id);
    });
  }

  /** Throws InvalidInput, NotFound or Conflict. */
  close(caller: Caller, id: string, as: LetterClosing, reason: string): Promise<Letter> {
    checkText(reason, LONGEST_REASON, '/reason');
    return this.database.as(caller, async (tx) => {
      await registerCommand(tx, {
        name: 'close-letter',
        text: 'SELECT cmd.close_letter($1, $2, $3)',
        values: [id, as, reason],
      });
      return readLetter(tx, id);
    });
  }

  /** Writes down a new administration, or changes what is written of one. Throws InvalidInput, NotFound or Conflict. */
  keepPartner(caller: Caller, id: string | null, input: OutsidePartnerInput): Promise<OutsidePartner> {
    const partner = soundInput(OutsidePartnerInput, input, () => []);
    const kept = id ?? randomUUID();
    return this.database.as(caller, async (tx) => {
      const given = JSON.stringify({ ...partner, isNew: id === null });
      await registerCommand(tx, {
        name: 'keep-outside-partner',
        text: 'SELECT cmd.keep_outside_partner($1, $2)',
        values: [kept, given],
      });
      return (await readPartners(tx, [kept]))[0]!;
    });
  }

  /** A year of requests by letter, by partner. */
  statistics(caller: Caller, year: number): Promise<PartnerStatistics[]> {
    if (year < FIRST_YEAR || year > LAST_YEAR) {
      throw new InvalidInput([
        { pointer: '/year', rule: 'range', key: 'problem.range', params: { min: FIRST_YEAR, max: LAST_YEAR } },
      ]);
    }
    return this.database.as(caller, async (tx) => {
      const counts = await readLetterCounts(tx, year);
      const partners = await readPartners(tx, [...new Set(counts.map(({ partnerId }) => partnerId))]);
      const of = (partner: OutsidePartner, direction: LetterDirection): LetterCounts =>
        counts.find((each) => each.partnerId === partner.id && each.direction === direction) ?? NONE;
      return partners
        .toSorted((a, b) => (a.nameEn < b.nameEn ? -1 : 1))
        .map((partner) => ({ partner, incoming: of(partner, 'IN'), outgoing: of(partner, 'OUT') }));
    });
  }
}

export interface ListOptions {
  direction: LetterDirection | null;
  partner: string | null;
  first: number;
  after: string | null;
}

const NONE: LetterCounts = { asked: 0, answered: 0, open: 0, overdue: 0, medianHours: null, refusals: [] };

async function readLetter(tx: EntityManager, id: string): Promise<Letter> {
  const [letter] = await readLetters(tx, [id]);
  if (!letter) throw new NotFound();
  return letter;
}

function inOrder<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): (T | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** An input that keeps its rules, without what is null. Throws InvalidInput with what is wrong at each field. */
function soundInput<T extends object>(inputClass: new () => T, input: T, more: (given: T) => Problem[]): T {
  const problems: Problem[] = [];
  const value = checked(inputClass, withoutNulls(input), '', problems);
  refuse([...problems, ...(value ? more(value) : [])]);
  return value!;
}

/** GraphQL says null where JSON leaves out. */
export function withoutNulls(input: object): object {
  return JSON.parse(JSON.stringify(input, (_, value: unknown) => (value === null ? undefined : value))) as object;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new InvalidInput(problems.map((problem) => ({ ...problem, pointer: `/input${problem.pointer}` })));
}
