import type { FeedbackDraft } from '../../feedback/feedback.models.js';
import { formatTimestamp } from '../../protocol/timestamp.js';
import type { AnswerDraft } from '../../requests/request.inputs.js';
import { DAY, HOUR, later, type WorldAct } from '../world/acts.js';
import { consignmentBody, contactOf } from '../world/alert-bodies.js';
import { pairRoutes } from '../world/alerts.js';
import { aJourney } from '../world/consignment.js';
import { AGENCIES, agencyOfUnit, officersOf } from '../world/directory.js';
import { Chance } from '../world/random.js';
import { References } from '../world/references.js';
import { requestBody } from '../world/request-bodies.js';
import { REQUESTS } from '../world/scenarios/requests.js';
import { basisFor, handlingFor } from '../world/sharing.js';

/** Something that a unit does in the year: it sends, or it opens what it got. */
export type YearAct = { at: Date } & ({ sends: WorldAct } | { unit: string; opens: string });

const YEAR = 365 * DAY;

/** The seven administrations, each by the unit that exchanges for it. */
export const OFFICES: readonly string[] = AGENCIES.filter(({ agency }) => agency.kind === 'CUSTOMS').map(
  ({ units }) => units[0]!.id,
);

/** What became of a request in the year, and of how many of a hundred. */
const FATES = [
  ['answered', 50],
  ['answered late', 8],
  ['nothing known', 8],
  ['refused', 8],
  ['made clear', 7],
  ['never made clear', 3],
  ['waits for a court', 4],
  ['postponed', 3],
  ['withdrawn', 3],
  ['sent elsewhere', 2],
  ['never answered', 4],
] as const;
type Fate = (typeof FATES)[number][0];

/** Hours that the hub gives, and grounds on which administrations refuse. */
const ANSWER_HOURS = { FLASH: 8, URGENT: 72, ROUTINE: 720 };
const GROUNDS = ['R03', 'R04', 'R05', 'R08', 'R10', 'R11'] as const;

/** How much happens in the year. */
export interface YearSize {
  requests: number;
  alerts: number;
}

/** Plans a year from `begin`: the same seed gives the same year. Of few requests, each fate has one. */
export function planYear(seed: string, begin: Date, { requests, alerts }: YearSize): YearAct[] {
  const chance = new Chance(seed);
  const references = new References(chance);
  const acts: YearAct[] = [];
  const fates = chance.shuffle(
    FATES.flatMap(([fate, share]) => Array<Fate>(Math.ceil((share * requests) / 100)).fill(fate)),
  );
  for (const [i, fate] of fates.entries())
    acts.push(...aRequest(chance, references, { name: `request ${i + 1}`, begin, fate }));
  const pairs = pairRoutes(chance).filter(
    ([, { unit, to }]) => OFFICES.some((office) => isOf(office, unit)) && OFFICES.some((office) => isOf(office, to)),
  );
  for (let i = 0; i < alerts; i += 1)
    acts.push(...anAlert(chance, references, { name: `alert ${i + 1}`, begin, pair: pairs[i % pairs.length]! }));
  return acts.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

const isOf = (office: string, place: string): boolean => agencyOfUnit(office) === agencyOfUnit(place);

interface Matter {
  name: string;
  begin: Date;
}

function aRequest(chance: Chance, references: References, { name, begin, fate }: Matter & { fate: Fate }): YearAct[] {
  const [unit, answers] = chance.shuffle(OFFICES) as [string, string];
  const at = later(begin, Math.floor(chance.next() * YEAR * 0.95));
  const urgency = chance.pick(['FLASH', 'URGENT', 'URGENT', 'ROUTINE', 'ROUTINE', 'ROUTINE', 'ROUTINE'] as const);
  const basis = basisFor(unit, [answers]);
  const scenario = { ...chance.pick(REQUESTS.filter(({ language }) => language === 'en')), unit, to: answers, answers };
  const whole = ANSWER_HOURS[urgency];
  const body = {
    ...requestBody(chance, scenario, { ref: references.next(unit, 'REQ', at), at, basis }),
    urgency,
    urgencyReason: urgency === 'ROUTINE' ? undefined : 'The goods move on within days.',
    neededBy: formatTimestamp(later(at, 2 * whole * HOUR)),
    feedbackPromisedBy: formatTimestamp(later(at, 2 * whole * HOUR + 90 * DAY)),
  };
  const handling = handlingFor(chance, basis, 'en', { article: basis.onRequest });
  const acts: YearAct[] = [];
  let newest = name;
  let time = at;
  /** After so much of the time for the answer. */
  const pass = (least: number, most: number): Date =>
    (time = later(time, Math.round((least + chance.next() * (most - least)) * whole * HOUR)));
  const ask = (key: string, supersedes?: string): void => {
    newest = key;
    const input: WorldAct['input'] = (idOf) => ({
      to: [answers],
      handling,
      ...signers(unit),
      body,
      ...(supersedes && { supersedes: idOf(supersedes) }),
    });
    acts.push({ at: time, sends: { key, at: time, unit, kind: 'request', input } });
  };
  const answer = (draft: Omit<AnswerDraft, 'language'>): void => {
    const [key, about] = [`${name}, ${acts.length}`, newest];
    const input: WorldAct['input'] = (idOf) => ({
      request: idOf(about),
      ...signers(answers),
      body: { language: 'en', ...draft },
    });
    acts.push({ at: time, sends: { key, at: time, unit: answers, kind: 'answer', input } });
  };
  const report = (draft: FeedbackDraft): void => {
    const [key, object] = [`${name}, ${acts.length}`, newest];
    const input: WorldAct['input'] = (idOf) => ({ object: idOf(object), ...signers(unit), body: draft });
    acts.push({ at: time, sends: { key, at: time, unit, kind: 'feedback', input } });
  };
  const results = body.questions.map(({ no }) => ({
    questionNo: no,
    result: 'ANSWERED' as const,
    text: 'It is so. Fictional example.',
  }));
  const last: FeedbackDraft = {
    language: 'en',
    stage: 'CLOSED',
    disposition: 'USED_IN_TARGETING',
    contribution: chance.pick(['DECISIVE', 'SUBSTANTIAL', 'SUPPORTING', 'NONE']),
  };

  ask(name);
  if (fate === 'never answered') return acts;
  if (fate === 'withdrawn') {
    pass(0.1, 0.5);
    const input: WorldAct['input'] = (idOf) => ({
      object: idOf(name),
      body: { reason: 'NO_LONGER_NEEDED', text: 'It was found here. Fictional example.' },
    });
    acts.push({ at: time, sends: { key: `${name}, withdrawn`, at: time, unit, kind: 'recall', input } });
    return acts;
  }
  pass(0.005, 0.03);
  answer({ kind: 'ACKNOWLEDGEMENT' });
  if (fate === 'made clear' || fate === 'never made clear') {
    pass(0.05, 0.2);
    answer({ kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which consignments are meant?' } });
    if (fate === 'never made clear') return acts;
    pass(0.1, 0.8);
    ask(`${name}, made clear`, name);
  }
  if (fate === 'waits for a court') {
    pass(0.1, 0.3);
    const expectedAt = formatTimestamp(later(time, 2 * whole * HOUR));
    answer({
      kind: 'DELAY_NOTICE',
      delay: { expectedAt, reason: 'A judge decides.' },
      authorisation: { status: 'NEEDED' },
    });
  }
  if (fate === 'postponed') {
    pass(0.1, 0.3);
    const consultUntil = formatTimestamp(later(time, 2 * whole * HOUR));
    answer({
      kind: 'POSTPONEMENT',
      refusal: { ground: 'R08', reasonText: 'It would disturb an investigation.', scope: 'ALL', consultUntil },
    });
  }
  pass(fate === 'answered late' ? 1.1 : 0.05, fate === 'answered late' ? 1.6 : 0.6);
  if (fate === 'refused')
    answer({
      kind: 'REFUSAL',
      refusal: { ground: chance.pick(GROUNDS), reasonText: 'Fictional example.', scope: 'ALL' },
    });
  else if (fate === 'sent elsewhere')
    answer({ kind: 'TRANSFER_NOTICE', transfer: { authority: 'Port police', forwarded: true } });
  else if (fate === 'nothing known') answer({ kind: 'NEGATIVE' });
  else answer({ kind: 'FINAL', results });
  // One of six asks and is never heard of again.
  if (chance.next() < 1 / 6) return acts;
  time = later(time, chance.integer(2, 80) * DAY);
  report(last);
  return acts;
}

function anAlert(
  chance: Chance,
  references: References,
  { name, begin, pair: [scenario, route] }: Matter & { pair: ReturnType<typeof pairRoutes>[number] },
): YearAct[] {
  const { unit } = route;
  const to = route.to.split('-').length > 2 ? route.to : OFFICES.find((office) => isOf(office, route.to))!;
  const at = later(begin, Math.floor(chance.next() * YEAR * 0.95));
  const journey = aJourney(chance, route, at);
  const urgency = chance.pick(['FLASH', 'URGENT', 'URGENT', 'ROUTINE', 'ROUTINE'] as const);
  const telling = { chance, ref: references.next(unit, 'ALR', at), at, language: 'en' as const };
  const body = { ...consignmentBody(telling, scenario, route, journey, urgency), contact24h: contactOf(unit) };
  const handling = handlingFor(chance, basisFor(unit, [to]), 'en');
  const acts: YearAct[] = [
    {
      at,
      sends: { key: name, at, unit, kind: 'alert', input: () => ({ to: [to], handling, ...signers(unit), body }) },
    },
  ];
  const heed = chance.next();
  // One of ten is not even opened; two more are read and not reported on.
  if (heed < 0.1) return acts;
  let time = later(at, chance.integer(1, urgency === 'FLASH' ? 2 : 30) * HOUR);
  acts.push({ at: time, unit: to, opens: name });
  if (heed < 0.3) return acts;
  const report = (draft: FeedbackDraft): void => {
    const key = `${name}, ${acts.length}`;
    const sends: WorldAct = {
      key,
      at: time,
      unit: to,
      kind: 'feedback',
      input: (idOf) => ({ object: idOf(name), ...signers(to), body: draft }),
    };
    acts.push({ at: time, sends });
  };
  time = later(journey.arrival, chance.integer(2, 60) * HOUR);
  const controlDetail = { methods: ['SCAN_XRAY' as const], at: formatTimestamp(time) };
  const disposition = chance.pick([
    'CHECKED_NIL',
    'CHECKED_NIL',
    'CHECKED_NIL',
    'NOT_ARRIVED',
    'CHECKED_IRREGULARITY',
    'SEIZED',
  ] as const);
  const isChecked = disposition !== 'NOT_ARRIVED';
  const found = { language: 'en', disposition, ...(isChecked && { controlDetail }) };
  report({ ...found, stage: 'CONTROLLED' });
  if (heed < 0.36) return acts;
  time = later(time, chance.integer(1, 10) * DAY);
  report({
    ...found,
    stage: 'CLOSED',
    contribution: disposition === 'SEIZED' ? 'DECISIVE' : isChecked ? 'SUPPORTING' : 'NONE',
    timeliness: 'IN_TIME',
  });
  return acts;
}

function signers(unit: string): { authoredBy: string; releasedBy: string } {
  const { author, releaser } = officersOf(unit);
  return { authoredBy: author, releasedBy: releaser };
}
