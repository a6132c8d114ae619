import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Clock } from '../common/clock.js';
import { InvalidInput, type Problem } from '../common/errors.js';
import { lettersOf, MOST_ROWS, rowProblems } from './import-rows.js';
import type { LetterRowInput } from './letter.inputs.js';
import { withoutNulls } from './letters.service.js';
import type { ImportState } from './register-codes.js';
import { registerCommand, registerProblem } from './register-commands.js';

/** What became of a row, before it is put into words. */
export interface RowOutcome {
  state: ImportState;
  problems: Problem[];
}

interface ResultRow {
  place: number;
  is_new: boolean;
  fault: string | null;
  /** The letter of the row at which it stopped: 1 is the answer beside a request. */
  of_letter: number;
}

/** Rolls back a dry run. */
class DryRun extends Error {
  constructor(readonly results: ResultRow[]) {
    super('Nothing of a dry run is kept');
  }
}

/** Takes rows of an old register into the register. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * Registers each row that is in order, whole, and tells of each what became of it. The same rows again register nothing twice. With a dry
   * run everything is tried and nothing stays. Throws InvalidInput for no rows or too many.
   */
  async take(caller: Caller, rows: readonly LetterRowInput[], isDryRun: boolean): Promise<RowOutcome[]> {
    if (rows.length === 0 || rows.length > MOST_ROWS) {
      throw new InvalidInput([
        { pointer: '/rows', rule: 'range', key: 'problem.range', params: { min: 1, max: MOST_ROWS } },
      ]);
    }
    const judged = rows
      .map((row) => withoutNulls(row) as LetterRowInput)
      .map((row) => ({ row, problems: rowProblems(row) }));
    const sound = judged.filter(({ problems }) => problems.length === 0);
    const letters = sound.map(({ row }) => lettersOf(row, caller.agencyId, this.clock.now()));
    const results = await this.register(caller, letters, isDryRun);
    const outcomes = new Map(sound.map(({ row }, place) => [row, outcomeOf(results[place]!)]));
    return judged.map(({ row, problems }) => outcomes.get(row) ?? { state: 'REFUSED', problems });
  }

  private async register(caller: Caller, letters: readonly object[][], isDryRun: boolean): Promise<ResultRow[]> {
    try {
      return await this.database.as(caller, async (tx) => {
        const results = await registerCommand<ResultRow>(tx, {
          name: 'import-letters',
          text: 'SELECT * FROM cmd.import_letters($1) ORDER BY place',
          values: [JSON.stringify(letters)],
        });
        if (isDryRun) throw new DryRun(results);
        return results;
      });
    } catch (error) {
      if (error instanceof DryRun) return error.results;
      throw error;
    }
  }
}

function outcomeOf({ is_new, fault, of_letter }: ResultRow): RowOutcome {
  if (fault === null) return { state: is_new ? 'NEW' : 'KNOWN', problems: [] };
  const { pointer, ...problem } = registerProblem(fault) ?? PARTNER_UNKNOWN;
  if (of_letter === 0) return { state: 'REFUSED', problems: [{ pointer, ...problem }] };
  return { state: 'REFUSED', problems: [{ pointer: pointer === '/at' ? '/answer/dated' : '/answer', ...problem }] };
}

/** The other faults are refused before a row comes to the register. */
const PARTNER_UNKNOWN: Problem = { pointer: '/partner', rule: 'LINK', key: 'problem.partnerOfRow' };
