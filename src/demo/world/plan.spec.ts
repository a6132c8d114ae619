import { describe, expect, it } from '@jest/globals';
import { AlertBody } from '../../alerts/body/alert-body.js';
import { brokenRules } from '../../exchange/body/body.example.js';
import { Handling } from '../../exchange/body/handling.js';
import { NominalData } from '../../exchange/body/nominal-data.js';
import { RequestBody } from '../../requests/body/request-body.js';
import type { WorldAct } from './acts.js';
import { planWorld } from './plan.js';

const NOW = new Date('2026-11-22T05:00:00Z');
const SEEDS = Array.from({ length: 20 }, (_, i) => `seed ${i}`);
const HOURS = 3_600_000;

interface AlertInput {
  to: string[];
  body: AlertBody;
  handling: Handling;
  nominal?: NominalData;
  supersedes?: string;
}

const inputOf = (act: WorldAct): AlertInput => act.input((key) => key) as AlertInput;
const alertsOf = (acts: readonly WorldAct[]): AlertInput[] =>
  acts
    .filter(({ kind }) => kind === 'alert')
    .map(inputOf)
    .filter(({ supersedes }) => supersedes === undefined);
/** The plan as data, with what each act would send. */
const told = (acts: readonly WorldAct[]): object[] => acts.map((act) => ({ ...act, input: inputOf(act) }));

describe('planWorld', () => {
  it('tells the same with the same seed and something else with another', () => {
    expect(told(planWorld('a', NOW))).toEqual(told(planWorld('a', NOW)));
    expect(told(planWorld('a', NOW))).not.toEqual(told(planWorld('b', NOW)));
  });

  it.each(SEEDS)('says only what the hub would accept (%s)', (seed) => {
    const acts = planWorld(seed, NOW);
    const bodies = { alert: AlertBody, request: RequestBody };
    for (const act of acts) {
      const { body, handling, nominal } = inputOf(act);
      if (act.kind === 'alert' || act.kind === 'request') {
        expect(brokenRules(bodies[act.kind], body)).toEqual([]);
        expect(brokenRules(Handling, handling)).toEqual([]);
      }
      if (nominal) expect(brokenRules(NominalData, nominal)).toEqual([]);
    }
  });

  it.each(SEEDS)('keeps to two days and to the order of causes (%s)', (seed) => {
    const acts = planWorld(seed, NOW);
    const times = new Map(acts.map(({ key, at }) => [key, at.getTime()]));
    for (const act of acts) {
      expect(act.at.getTime()).toBeLessThan(NOW.getTime());
      expect(act.at.getTime()).toBeGreaterThanOrEqual(NOW.getTime() - 48 * HOURS);
      act.input((key) => {
        expect(times.get(key)).toBeLessThan(act.at.getTime());
        return key;
      });
    }
    expect(times.size).toBe(acts.length);
  });

  it.each(SEEDS)('is varied as promised (%s)', (seed) => {
    const alerts = alertsOf(planWorld(seed, NOW));
    const share = alerts.filter(({ body }) => body.language === 'vi').length / alerts.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.42);
    expect(new Set(alerts.map(({ body }) => body.kind)).size).toBe(3);
    expect(new Set(alerts.flatMap(({ body }) => body.commodityGroups)).size).toBeGreaterThan(15);
    expect(new Set(alerts.map(({ body }) => body.ref)).size).toBe(alerts.length);
    expect(alerts.some(({ handling }) => handling.classification === 'RESTRICTED')).toBe(true);
    expect(alerts.some(({ handling }) => handling.expiresAt !== undefined)).toBe(true);
    expect(alerts.filter(({ body }) => body.urgency === 'FLASH')).toMatchObject([
      {
        to: ['VN-CUS-PCUHPH'],
        body: { consignment: { eta: '2026-11-22T08:00:00Z' }, contact24h: { unit: 'TH-CUS-LCB' } },
      },
    ]);
  });

  it('names persons by examples only, and only in the nominal part', () => {
    const named = alertsOf(planWorld('a', NOW)).filter(({ nominal }) => nominal);
    expect(named.length).toBeGreaterThan(4);
    for (const { body, nominal } of named) {
      expect(body.kind).toBe('PERSON');
      expect(nominal!.parties.flatMap(({ names }) => names.map(({ text }) => text)).join()).toMatch(
        /^EXAMPLE PERSON [A-Z]+$/,
      );
      expect(JSON.stringify(body)).not.toContain('EXAMPLE PERSON');
    }
  });
});
