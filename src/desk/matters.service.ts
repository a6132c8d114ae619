import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import type { Command } from '../access/command.js';
import type { GraphqlContext } from '../access/current-caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { connectionOf } from '../common/connection.js';
import { Cursors } from '../common/cursor.js';
import { Forbidden, InvalidInput, NotFound } from '../common/errors.js';
import { loaderOf } from '../common/loader.js';
import { ChangeSignal } from '../exchange/change-signal.js';
import { checkText } from '../exchange/body/rules/text.js';
import { readObjectPage } from '../exchange/object-pages.js';
import { type ObjectRow, summaryOf } from '../exchange/object-record.js';
import { checkPageSize, recordHits, scopeOf } from '../exchange/objects.service.js';
import { deskCommand } from './desk-commands.js';
import type { Matter, MatterConnection, MatterStep, MatterUnit, RelatedObject } from './matter.models.js';
import {
  type MatterMark,
  type MatterRow,
  readHeldMatters,
  readMatterOf,
  readMatters,
  readNumberedMatters,
  readSteps,
  readTerms,
  readUnits,
  type StepRow,
} from './matter-rows.js';

const LONGEST_NOTE = 1_000;
const LONGEST_NUMBER = 60;
const MOST_UNITS = 50;

/** What an agency does with the alerts and requests on its own desks. */
@Injectable()
export class MattersService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly cursors: Cursors,
    private readonly signal: ChangeSignal,
  ) {}

  /** The matter to which an object belongs. */
  find(caller: Caller, id: string): Promise<Matter> {
    return this.database.as(caller, async (tx) => matterOf(await found(tx, id)));
  }

  /** The matter of a thread, read together with the others that one operation asks for; null where the caller does not see what it is about. */
  ofThread(context: GraphqlContext, threadSeq: string): Promise<Matter | null> {
    return loaderOf(context, 'matters', (seqs: readonly string[]) =>
      this.database.as(context.caller!, async (tx) => {
        const rows = new Map((await readMatters(tx, seqs)).map((row) => [row.thread_seq, matterOf(row)]));
        return seqs.map((seq) => rows.get(seq) ?? null);
      }),
    ).load(threadSeq);
  }

  /** What the officer holds, and what those hold for whom he or she stands in. */
  async held(caller: Caller, { first, after }: { first: number; after: string | null }): Promise<MatterConnection> {
    checkPageSize(first);
    if (caller.officer === null) throw new Forbidden(); // A unit's system holds nothing.
    const { officer } = caller;
    const scope = scopeOf(caller, 'myMatters');
    const mark = after === null ? null : (this.cursors.read(scope, after) as unknown as MatterMark);
    const rows = await this.database.as(caller, (tx) =>
      readHeldMatters(tx, { officer, after: mark, limit: first + 1 }),
    );
    return connectionOf(rows, first, (row) => ({
      cursor: this.cursors.write(scope, [row.held!, row.thread_seq]),
      node: matterOf(row),
    }));
  }

  numbered(caller: Caller, nationalRef: string): Promise<Matter[]> {
    checkText(nationalRef, LONGEST_NUMBER, '/nationalRef');
    return this.database.as(caller, async (tx) => (await readNumberedMatters(tx, nationalRef)).map(matterOf));
  }

  /** What was done with each of these matters, in their order. */
  steps(caller: Caller, threadSeqs: readonly string[]): Promise<MatterStep[][]> {
    return this.database.as(caller, async (tx) => {
      const rows = await readSteps(tx, threadSeqs);
      return threadSeqs.map((seq) => rows.filter(({ thread }) => thread === seq).map(stepOf));
    });
  }

  /** The units that were given each of these matters, in their order. */
  units(caller: Caller, threadSeqs: readonly string[]): Promise<MatterUnit[][]> {
    return this.database.as(caller, async (tx) => {
      const rows = await readUnits(tx, threadSeqs);
      return threadSeqs.map((seq) => rows.filter(({ thread }) => thread === seq));
    });
  }

  /**
   * What else the caller may see, sent or received, that names the same identifiers; the newest first. What others sent is recorded as
   * found by them, as in every look-up.
   */
  related(caller: Caller, id: string, first: number): Promise<RelatedObject[]> {
    checkPageSize(first);
    return this.database.as(caller, async (tx) => {
      const matter = await found(tx, id);
      const hits = new Map<string, { row: ObjectRow; terms: string[] }>();
      for (const term of await readTerms(tx, matter.seq)) {
        for (const box of ['inbox', 'outbox'] as const) {
          const page = { box, term, before: null, limit: first + 1, clearance: caller.clearance };
          for (const row of await readObjectPage(tx, page)) {
            if (row.thread_seq === matter.thread_seq) continue;
            hits.set(row.seq, { row, terms: [...(hits.get(row.seq)?.terms ?? []), term] });
          }
        }
      }
      const newest = [...hits.values()].map(({ row }) => row).toSorted((a, b) => Number(b.seq) - Number(a.seq));
      const shown = await recordHits(tx, caller, newest.slice(0, first));
      return shown.map((row) => ({ object: summaryOf(row), terms: hits.get(row.seq)!.terms }));
    });
  }

  claim(caller: Caller, id: string): Promise<Matter> {
    return this.change(caller, id, { name: 'claim', text: 'SELECT cmd.claim($1)' });
  }

  /** Gives it to an officer: as its holder, or as who directs the work. */
  give(
    caller: Caller,
    id: string,
    { officer, note, isHeld }: { officer: string; note: string | null; isHeld: boolean },
  ): Promise<Matter> {
    if (note !== null) checkText(note, LONGEST_NOTE, '/note');
    const text = 'SELECT cmd.give_matter($1, $2, $3, $4)';
    return this.change(caller, id, { name: 'give-matter', text, values: [officer, note, isHeld] });
  }

  layDown(caller: Caller, id: string, note: string | null): Promise<Matter> {
    if (note !== null) checkText(note, LONGEST_NOTE, '/note');
    return this.change(caller, id, { name: 'lay-down', text: 'SELECT cmd.lay_down($1, $2)', values: [note] });
  }

  number(caller: Caller, id: string, nationalRef: string | null): Promise<Matter> {
    if (nationalRef !== null) checkText(nationalRef, LONGEST_NUMBER, '/nationalRef');
    const text = 'SELECT cmd.number_matter($1, $2)';
    return this.change(caller, id, { name: 'number-matter', text, values: [nationalRef] });
  }

  async distribute(caller: Caller, id: string, units: readonly string[], note: string | null): Promise<Matter> {
    if (note !== null) checkText(note, LONGEST_NOTE, '/note');
    if (units.length < 1 || units.length > MOST_UNITS) {
      throw new InvalidInput([
        { pointer: '/units', rule: 'range', key: 'problem.range', params: { min: 1, max: MOST_UNITS } },
      ]);
    }
    const text = 'SELECT cmd.distribute($1, $2, $3)';
    const matter = await this.change(caller, id, { name: 'distribute', text, values: [units, note] });
    this.signal.announce();
    return matter;
  }

  /** Runs a command whose first value is the object that the caller named. */
  private change(caller: Caller, id: string, { name, text, values = [] }: Command): Promise<Matter> {
    return this.database.as(caller, async (tx) => {
      const { seq, thread_seq } = await found(tx, id);
      await deskCommand(tx, { name, text, values: [seq, ...values] });
      return matterOf((await readMatters(tx, [thread_seq]))[0]!);
    });
  }
}

async function found(tx: EntityManager, id: string): Promise<MatterRow> {
  const row = await readMatterOf(tx, id);
  if (!row) throw new NotFound();
  return row;
}

function stepOf(row: StepRow): MatterStep {
  return {
    act: row.act,
    at: row.at,
    byUnit: row.by_unit,
    byOfficer: row.by_officer,
    toUnit: row.to_unit,
    toOfficer: row.to_officer,
    note: row.note,
  };
}

function matterOf(row: MatterRow): Matter {
  return {
    threadSeq: row.thread_seq,
    object: summaryOf(row),
    nationalRef: row.national_ref,
    heldSince: row.held_since,
    holder:
      row.holder === null
        ? null
        : {
            officer: row.holder,
            unit: row.holder_unit!,
            titleEn: row.holder_title_en!,
            titleVi: row.holder_title_vi!,
          },
  };
}
