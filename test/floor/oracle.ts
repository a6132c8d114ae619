import type { Caller } from '../../src/access/caller.js';
import type { World } from '../support/world.js';

/** What one caller may see of a world, told without SQL. */
export interface Sight {
  objects: number[];
  releases: string[];
  terms: string[];
  changes: string[];
  parts: number[];
  partKeys: string[];
  alerts: number[];
  /** Ids of the openings that may be known: of the own agency's objects, by anybody, and by the own agency, of anything. */
  openings: number[];
  /** Those of one object by agencies other than its owner, or by the caller's own, newest first. */
  openingsOf(seq: number, by: 'OTHERS' | 'OWN'): number[];
  inbox(term: string | null): number[];
  outbox(term: string | null): number[];
  byId(id: string): number | undefined;
  /** The feed, in its order: what a partner's system is told. */
  feed: { seq: number; act: string; objectId: string; isShown: boolean }[];
}

/**
 * The rule of the hub: an object is seen by whoever belongs to an audience it was released to, at the time of its release,
 * with the clearance it needs, until it is recalled or its time is over. Nothing else shows anything. Who opened an object is known to
 * the agency that sent it; an agency knows its own acts.
 */
export function sightOf(world: World, caller: Caller): Sight {
  const belongs = (audience: number, seq: number): boolean =>
    world.memberships.some(
      (m) =>
        m.audience === audience &&
        m.agency === caller.agencyId &&
        (m.unit === null || m.unit === caller.unitId) &&
        seq >= m.since &&
        seq < m.until,
    );
  const isCleared = (row: { clearance: number }): boolean => row.clearance <= caller.clearance;
  const isOutbox = (audience: number): boolean => world.audiences.some((a) => a.id === audience && a.kind === 'SENT');

  const releases = world.releases.filter(
    (r) => belongs(r.audience, r.seq) && isCleared(r) && !r.isRecalled && r.until !== 'past',
  );
  const seen = new Set(releases.map((r) => r.seq));
  const objects = world.objects.filter((o) => seen.has(o.seq));
  const changes = world.changes.filter((c) => belongs(c.audience, c.seq) && isCleared(c));
  const parts = world.parts.filter((p) => caller.maySeeNominal && seen.has(p.seq));
  const openings = world.openings.filter(({ seq, agency }) => {
    const { from, clearance } = world.objects.find((o) => o.seq === seq)!;
    return [from, agency].includes(caller.agencyId) && isCleared({ clearance });
  });
  const termsOf = (seq: number): string[] => world.objects.find((o) => o.seq === seq)!.terms;
  const box = (wanted: boolean, term: string | null): number[] =>
    distinct(
      releases
        .filter((r) => r.isLive && isOutbox(r.audience) === wanted && (term === null || termsOf(r.seq).includes(term)))
        .map((r) => r.seq),
    ).sort((a, b) => b - a);
  const told = changes
    .filter((c) => c.act !== 'RELEASED' || seen.has(c.seq))
    .sort((a, b) => a.xid - b.xid || a.seq - b.seq || (a.act < b.act ? -1 : 1))
    .map(({ seq, act, objectId }) => JSON.stringify({ seq, act, objectId, isShown: act === 'RELEASED' }));
  return {
    objects: objects.map((o) => o.seq),
    releases: releases.map((r) => `${r.audience}/${r.seq}`),
    terms: releases.flatMap((r) => termsOf(r.seq).map((term) => `${r.audience}/${r.seq}/${term}`)),
    changes: changes.map((c) => `${c.audience}/${c.seq}/${c.act}`),
    parts: parts.map((p) => p.seq),
    partKeys: parts.filter((p) => p.agencies.includes(caller.agencyId)).map((p) => `${p.seq}/${caller.agencyId}`),
    alerts: objects.filter((o) => o.kind === 'alert').map((o) => o.seq),
    openings: openings.map((opening) => opening.id),
    openingsOf: (seq, by) =>
      openings
        .filter((o) => o.seq === seq && (by === 'OWN') === (o.agency === caller.agencyId))
        .map((o) => o.id)
        .toReversed(),
    inbox: (term) => box(false, term),
    outbox: (term) => box(true, term),
    byId: (id) => objects.find((o) => o.id === id)?.seq,
    feed: distinct(told).map((text) => JSON.parse(text) as Sight['feed'][number]),
  };
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}
