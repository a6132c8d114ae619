import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { Cursors } from '../common/cursor.js';
import { Forbidden, InvalidInput, NotFound } from '../common/errors.js';
import { ChangeSignal } from '../exchange/change-signal.js';
import { isText } from '../exchange/body/rules/text.js';
import { recordHits } from '../exchange/objects.service.js';
import { readObjectPage } from '../exchange/object-pages.js';
import { type ObjectRow, summaryOf } from '../exchange/object-record.js';
import { checkPageSize, scopeOf } from '../exchange/objects.service.js';
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
} from './matter-rows.js';

const LONGEST_NOTE = 1_000;
const LONGEST_NUMBER = 60;
/** What is looked up of one object, and how many objects are looked at for each. */
const MOST_TERMS = 20;
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

  /** The matters of threads, in their order; null where the caller does not see what it is about. */
  ofThreads(caller: Caller, threadSeqs: readonly string[]): Promise<(Matter | null)[]> {
    return this.database.as(caller, async (tx) => {
      const rows = new Map((await readMatters(tx, threadSeqs)).map((row) => [row.thread_seq, row]));
      return threadSeqs.map((seq) => (rows.has(seq) ? matterOf(rows.get(seq)!) : null));
    });
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
    const edges = rows
      .slice(0, first)
      .map((row) => ({ cursor: this.cursors.write(scope, [row.held!, row.thread_seq]), node: matterOf(row) }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
    };
  }

  numbered(caller: Caller, nationalRef: string): Promise<Matter[]> {
    checkText(nationalRef, LONGEST_NUMBER, '/nationalRef');
    return this.database.as(caller, async (tx) => (await readNumberedMatters(tx, nationalRef)).map(matterOf));
  }

  steps(caller: Caller, threadSeq: string): Promise<MatterStep[]> {
    return this.database.as(caller, async (tx) =>
      (await readSteps(tx, threadSeq)).map((row) => ({
        act: row.act,
        at: row.at,
        byUnit: row.by_unit,
        byOfficer: row.by_officer,
        toUnit: row.to_unit,
        toOfficer: row.to_officer,
        note: row.note,
      })),
    );
  }

  units(caller: Caller, threadSeq: string): Promise<MatterUnit[]> {
    return this.database.as(caller, (tx) => readUnits(tx, threadSeq));
  }

  /**
   * What else the caller may see, sent or received, that names the same identifiers; the newest first. What others sent is recorded as
   * found by them, as in every look-up.
   */
  related(caller: Caller, { row }: Matter['object'], first: number): Promise<RelatedObject[]> {
    checkPageSize(first);
    return this.database.as(caller, async (tx) => {
      const hits = new Map<string, { row: ObjectRow; terms: string[] }>();
      for (const term of (await readTerms(tx, row.seq)).slice(0, MOST_TERMS)) {
        for (const box of ['inbox', 'outbox'] as const) {
          const page = { box, term, before: null, limit: first + 1, clearance: caller.clearance };
          for (const hit of await readObjectPage(tx, page)) {
            if (hit.thread_seq === row.thread_seq) continue;
            const known = hits.get(hit.seq) ?? { row: hit, terms: [] };
            hits.set(hit.seq, { ...known, terms: [...known.terms, term] });
          }
        }
      }
      const newest = [...hits.values()].toSorted((a, b) => Number(b.row.seq) - Number(a.row.seq)).slice(0, first);
      const shown = new Set(await recordHits(tx, caller, newest.map((hit) => hit.row))); // prettier-ignore
      return newest
        .filter((hit) => shown.has(hit.row))
        .map((hit) => ({ object: summaryOf(hit.row), terms: hit.terms }));
    });
  }

  claim(caller: Caller, id: string): Promise<Matter> {
    return this.change(caller, id, 'claim', 'SELECT cmd.claim($1)', []);
  }

  /** Gives it to an officer: as its holder, or as who directs the work. */
  give(
    caller: Caller,
    id: string,
    { officer, note, isHeld }: { officer: string; note: string | null; isHeld: boolean },
  ): Promise<Matter> {
    if (note !== null) checkText(note, LONGEST_NOTE, '/note');
    return this.change(caller, id, 'give-matter', 'SELECT cmd.give_matter($1, $2, $3, $4)', [officer, note, isHeld]);
  }

  layDown(caller: Caller, id: string, note: string | null): Promise<Matter> {
    if (note !== null) checkText(note, LONGEST_NOTE, '/note');
    return this.change(caller, id, 'lay-down', 'SELECT cmd.lay_down($1, $2)', [note]);
  }

  number(caller: Caller, id: string, nationalRef: string | null): Promise<Matter> {
    if (nationalRef !== null) checkText(nationalRef, LONGEST_NUMBER, '/nationalRef');
    return this.change(caller, id, 'number-matter', 'SELECT cmd.number_matter($1, $2)', [nationalRef]);
  }

  async distribute(caller: Caller, id: string, units: readonly string[], note: string | null): Promise<Matter> {
    if (note !== null) checkText(note, LONGEST_NOTE, '/note');
    if (units.length < 1 || units.length > MOST_UNITS) {
      throw new InvalidInput([
        { pointer: '/units', rule: 'range', key: 'problem.range', params: { min: 1, max: MOST_UNITS } },
      ]);
    }
    const matter = await this.change(caller, id, 'distribute', 'SELECT cmd.distribute($1, $2, $3)', [units, note]);
    this.signal.announce();
    return matter;
  }

  private change(caller: Caller, id: string, name: string, text: string, values: unknown[]): Promise<Matter> {
    return this.database.as(caller, async (tx) => {
      const { seq, thread_seq } = await found(tx, id);
      await deskCommand(tx, name, text, [seq, ...values]);
      return matterOf((await readMatters(tx, [thread_seq]))[0]!);
    });
  }
}

async function found(tx: EntityManager, id: string): Promise<MatterRow> {
  const row = await readMatterOf(tx, id);
  if (!row) throw new NotFound();
  return row;
}

/** Refuses a text that is blank, too long or holds what does not show. */
export function checkText(text: string, max: number, pointer: string): void {
  if (isText(text, max, true)) return;
  throw new InvalidInput([{ pointer, rule: 'longText', key: 'problem.longText', params: { max } }]);
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
