import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { type Opening, recordAccess } from '../audit/record-access.js';
import { Cursors } from '../common/cursor.js';
import { InvalidInput, NotFound } from '../common/errors.js';
import { ChangeSignal } from './change-signal.js';
import { type ChangeRow, FEED_START, type FeedPosition, readChanges } from './changes.js';
import { type OpenedRow, openObject, readObject, readObjectPage } from './object-pages.js';
import type { ObjectRow } from './object-record.js';
import { PartVault } from './part-vault.js';
import { partBinding } from './submissions.service.js';

export interface ListRequest {
  box: 'inbox' | 'outbox';
  first: number;
  after: string | null;
  term: string | null;
  /** The term is an identifier that the caller looks up: what others sent and is found by it is recorded as a hit. */
  isLookUp: boolean;
}

export interface ListedPage {
  rows: ObjectRow[];
  cursors: string[];
  hasNextPage: boolean;
}

/** A part as the caller may have it: its text, or the reason why not. */
export interface OpenedPart {
  name: string;
  text: string | null;
  withheld: 'NOT_CLEARED' | 'STEP_UP' | 'CASE_REF' | 'NOT_PASSED_ON' | 'ERASED' | null;
}

const MAX_PAGE = 100;
const LOOK_AGAIN_MS = 1_000;

@Injectable()
export class ObjectsService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly cursors: Cursors,
    private readonly vault: PartVault,
    private readonly signal: ChangeSignal,
  ) {}

  /** One page of what was released to the caller, or of what the caller's agency sent, newest first. */
  async list(caller: Caller, request: ListRequest): Promise<ListedPage> {
    checkPageSize(request.first);
    const scope = scopeOf(caller, `${request.box} ${request.term ?? ''}`);
    const before = request.after === null ? null : (this.cursors.read(scope, request.after)[0] ?? null);
    const { rows, hasNextPage } = await this.database.as(caller, async (tx) => {
      const found = await readObjectPage(tx, {
        ...request,
        before,
        limit: request.first + 1,
        clearance: caller.clearance,
      });
      const page = found.slice(0, request.first);
      return {
        rows: request.isLookUp ? await recordHits(tx, caller, page) : page,
        hasNextPage: found.length > request.first,
      };
    });
    return { rows, cursors: rows.map((row) => this.cursors.write(scope, [row.seq])), hasNextPage };
  }

  /** What lists show of one object. */
  async summary(caller: Caller, id: string): Promise<ObjectRow> {
    const row = await this.database.as(caller, (tx) => readObject(tx, id));
    if (!row) throw new NotFound();
    return row;
  }

  /** Opens an object, of this kind if one is given: its signed text and receipt, with the opening recorded. */
  async open(caller: Caller, id: string, kind: string | null = null, opening?: Opening): Promise<OpenedRow> {
    const row = await this.database.as(caller, (tx) => openObject(tx, id, kind, opening));
    if (!row) throw new NotFound();
    return row;
  }

  /** The parts of an opened object. Each text that is given out is recorded as viewed. */
  async parts(caller: Caller, row: ObjectRow, names: readonly string[]): Promise<OpenedPart[]> {
    if (names.length === 0) return [];
    if (!caller.maySeeNominal) {
      const withheld = caller.session?.nominalNeedsStepUp ? 'STEP_UP' : 'NOT_CLEARED';
      return names.map((name) => ({ name, text: null, withheld }));
    }
    const { caseRef = null } = caller;
    if (caseRef === null && row.from_agency !== caller.agencyId) {
      return names.map((name) => ({ name, text: null, withheld: 'CASE_REF' }));
    }
    return this.database.as(caller, async (tx) => {
      const stored = await prepared<{ name: string; iv: Buffer; ciphertext: Buffer; wrapped: Buffer | null }>(
        tx,
        'parts',
        `SELECT p.name, p.iv, p.ciphertext, k.wrapped FROM hub.part p
         LEFT JOIN hub.part_key k ON k.seq = p.seq AND k.name = p.name AND k.agency_id = $2 WHERE p.seq = $1`,
        [row.seq, caller.agencyId],
      );
      const isOpened = stored.some(({ wrapped }) => wrapped !== null);
      if (isOpened && (await recordAccess(tx, 'nominal.viewed', [row], caseRef)).length === 0) throw new NotFound();
      const opened: OpenedPart[] = [];
      for (const name of names) {
        const part = stored.find((each) => each.name === name);
        const text = part?.wrapped
          ? await this.vault.open(part, partBinding(row.digest, name), caller.agencyId, part.wrapped)
          : null;
        const withheld = part ? 'NOT_PASSED_ON' : 'ERASED'; // whom no key was made for got the object by a consent
        opened.push({ name, text, withheld: text === null ? withheld : null });
      }
      return opened;
    });
  }

  /**
   * What changed after a place in the feed, waiting up to `waitSeconds` for something. Each look is a transaction of its own (an
   * operation that waits has no common one), so that nothing is held while waiting and rights are read afresh.
   */
  async changes(
    caller: Caller,
    request: { first: number; after: string | null; waitSeconds: number },
  ): Promise<{ rows: ChangeRow[]; cursors: string[]; end: string; hasMore: boolean }> {
    checkPageSize(request.first);
    if (request.waitSeconds < 0 || request.waitSeconds > 30) {
      throw new InvalidInput([
        { pointer: '/waitSeconds', rule: 'range', key: 'problem.range', params: { min: 0, max: 30 } },
      ]);
    }
    const scope = scopeOf(caller, 'changes');
    let from = request.after === null ? FEED_START : positionOf(this.cursors.read(scope, request.after));
    const until = Date.now() + request.waitSeconds * 1_000;
    for (;;) {
      const { rows, isLast, end } = await this.database.as(caller, (tx) =>
        readChanges(tx, from, request.first, caller.clearance),
      );
      from = end;
      const left = until - Date.now();
      if (rows.length > 0 || (isLast && (left <= 0 || this.signal.isStopping))) {
        const write = ({ xid, seq, act }: FeedPosition): string => this.cursors.write(scope, [xid, seq, act]);
        return { rows, cursors: rows.map(write), end: write(end), hasMore: !isLast };
      }
      if (isLast) await this.signal.wait(Math.min(left, LOOK_AGAIN_MS));
    }
  }
}

/** Records that others' objects were found. The caller's own agency finds its own as it likes. */
export async function recordHits(tx: EntityManager, caller: Caller, page: ObjectRow[]): Promise<ObjectRow[]> {
  const foreign = page.filter((row) => row.from_agency !== caller.agencyId);
  const shown = new Set(await recordAccess(tx, 'object.hit', foreign));
  return page.filter((row) => row.from_agency === caller.agencyId || shown.has(row));
}

/** Refuses a page of less than 1 or more than 100. */
export function checkPageSize(first: number): void {
  if (first >= 1 && first <= MAX_PAGE) return;
  throw new InvalidInput(
    [{ pointer: '/first', rule: 'range', key: 'problem.range', params: { min: 1, max: MAX_PAGE } }],
    'error.badPageSize',
  );
}

/** A page mark is bound to who reads and to the list, filter included. */
export function scopeOf(caller: Caller, list: string): string {
  return `${caller.agencyId} ${caller.unitId} ${caller.officer ?? ''} ${list}`;
}

function positionOf([xid, seq, act]: string[]): FeedPosition {
  return { xid: xid ?? '0', seq: seq ?? '0', act: act ?? '' };
}
