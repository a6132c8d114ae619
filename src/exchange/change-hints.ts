import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Resolver, Subscription } from '@nestjs/graphql';
import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { Allow } from '../access/permission.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { WaitingRoom } from '../common/waiting-room.js';
import { ChangeSignal } from './change-signal.js';
import { readChanges, readFeedEnd } from './changes.js';
import { ChangeHint } from './exchange.models.js';

/** Changes that may wait to be told; when there are more, one "resync" takes their place. */
export const MOST_CHANGES = 100;
/** Between a signal and the look at what it means, so that a burst of submissions is one look. */
const GATHER_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
/** Looks at once in this process: whoever reads and submits goes first. */
const LOOKS = 2;

const RESYNC: ChangeHint = { kind: null, resync: true };

/**
 * Tells callers that something changed in what they may see. A signal says nothing, so each caller's own feed is read in a fresh
 * transaction under the caller's rights: a hint goes to those alone who would find the row with `changes`. Hints that a slow client has
 * not taken wait in the database, not here.
 */
@Injectable()
export class ChangeHints {
  private readonly looks = new WaitingRoom(LOOKS);

  constructor(
    private readonly database: ScopedDatabase,
    private readonly signal: ChangeSignal,
  ) {}

  /** Hints from now on; the first at once, so that a client which reads `changes` after it misses nothing. */
  for(caller: Caller): AsyncIterableIterator<{ changed: ChangeHint }> {
    const over = new AbortController();
    const hints = this.hints(caller, over.signal);
    return {
      next: () => hints.next(),
      // A generator that waits inside `next` would not hear of its end before it has something to give.
      return: () => {
        over.abort();
        return hints.return(undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  private async *hints(caller: Caller, over: AbortSignal): AsyncGenerator<{ changed: ChangeHint }, undefined> {
    let from = await this.database.as(caller, readFeedEnd);
    yield { changed: RESYNC };
    let pause = GATHER_MS;
    while (!over.aborted && !this.signal.isStopping) {
      const look = await this.looks.pass(() =>
        this.database.as(caller, async (tx) => {
          const page = await readChanges(tx, from, MOST_CHANGES, caller.clearance);
          return page.isLast ? page : { rows: [], isLast: false, end: await readFeedEnd(tx) };
        }),
      );
      from = look.end;
      if (!look.isLast) yield { changed: RESYNC };
      const kinds = new Set(look.rows.map(({ object }) => object?.kind ?? null));
      for (const kind of kinds) yield { changed: { kind, resync: false } };
      // What a signal meant may become visible a little later, when older transactions have ended.
      const isSignal = await this.signal.wait(pause, over);
      if (isSignal) await sleep(GATHER_MS);
      pause = isSignal ? GATHER_MS : Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }
}

@Resolver()
export class ChangedResolver {
  constructor(private readonly hints: ChangeHints) {}

  @Subscription(() => ChangeHint, {
    description: 'Wakes whoever follows `changes`. Over a WebSocket at /graphql/socket (graphql-transport-ws)',
  })
  @Allow('objects.read')
  changed(@CurrentCaller() caller: Caller): AsyncIterableIterator<{ changed: ChangeHint }> {
    return this.hints.for(caller);
  }
}
