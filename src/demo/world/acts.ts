import type { Composable } from '../../cli/client-models.js';

/** The id of what an earlier act has sent, by the key of the act. */
export type IdOf = (key: string) => string;

/** One thing that one unit sends at one moment. Acts are planned first and played in the order of their times. */
export interface WorldAct {
  /** Names the act in the world, so that later ones can refer to it. */
  key: string;
  at: Date;
  unit: string;
  kind: Composable;
  /** Input of the query that composes it, once the ids of what was sent before are known. */
  input: (idOf: IdOf) => object;
}

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A moment so many hours (and parts of hours) before another, on a whole second. */
export function hoursBefore(now: Date, hours: number): Date {
  return new Date(Math.floor((now.getTime() - hours * HOUR) / 1000) * 1000);
}

export function later(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds);
}
