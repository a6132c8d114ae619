import type { AlertBody } from '../../alerts/body/alert-body.js';
import type { RecallBody } from '../../exchange/body/recall-body.js';
import { formatTimestamp } from '../../protocol/timestamp.js';
import { DAY, HOUR, hoursBefore, later, type WorldAct } from './acts.js';
import { consignmentBody, methodBody, nominalOf, personBody, type Telling } from './alert-bodies.js';
import { aJourney, type Journey } from './consignment.js';
import { officersOf } from './directory.js';
import { marked, type Words, type WorldLanguage } from './fictional.js';
import type { Chance } from './random.js';
import { References } from './references.js';
import { CONSIGNMENTS, FLASH, FOR_SEVERAL } from './scenarios/consignments.js';
import { METHODS } from './scenarios/methods.js';
import { MISTAKEN_PERSON, PERSONS, type PersonScenario, RECALL_TEXT } from './scenarios/persons.js';
import { FLASH_ROUTE, type Route, ROUTES, ROUTES_OF_SEVERAL } from './scenarios/routes.js';
import type { ConsignmentScenario } from './scenarios/scenario.js';
import { basisFor, handlingFor, Languages } from './sharing.js';

/** Keys of the acts that a newcomer is shown first. */
export const FLASH_KEY = 'alert flash';
export const RECALL_KEY = 'recall mistaken';
export const RECALLED_KEY = 'alert mistaken';

const FLASH_ARRIVES_IN = 3 * HOUR;
const NEWER_VERSIONS = 3;
const NEWER: Words = {
  en: 'Second version: arrival is nine hours later than told before.',
  vi: 'Phiên bản thứ hai: thời gian đến muộn hơn chín giờ so với thông tin trước.',
};

/** Something about to be sent: by whom, to whom, in which language. */
interface Sending {
  key: string;
  at: Date;
  unit: string;
  to: string[];
  language: WorldLanguage;
  body: AlertBody;
  nominal?: object;
  isRestricted?: boolean;
  expiresAt?: Date;
}

/** Plans every alert of the last two days before `now`, newer versions and the recall. */
export class AlertPlan {
  private readonly acts: WorldAct[] = [];
  private readonly references: References;
  private readonly languages = new Languages();

  constructor(
    private readonly chance: Chance,
    private readonly now: Date,
  ) {
    this.references = new References(chance);
  }

  make(): WorldAct[] {
    this.planConsignments();
    this.planForSeveral();
    this.planPersons();
    this.planMethods();
    this.planFlash();
    return this.acts;
  }

  private planConsignments(): void {
    const pairs = pairRoutes(this.chance);
    const step = 45 / pairs.length;
    for (const [i, [scenario, route]] of pairs.entries()) {
      const at = this.about(47 - i * step);
      const language = this.languages.next(route.unit, route.to);
      const journey = aJourney(this.chance, route, at);
      const urgency = scenario.severity === 'LOW' || scenario.severity === 'MEDIUM' ? 'ROUTINE' : 'URGENT';
      const telling = this.telling(route.unit, at, language);
      const body = consignmentBody(telling, scenario, route, journey, urgency);
      const sending: Sending = {
        key: `alert ${scenario.key}`,
        at,
        unit: route.unit,
        to: [route.to],
        language,
        body,
        isRestricted: i % 6 === 2,
        // Some senders limit how long it can be read: never before the result is due.
        ...(i % 9 === 4 && { expiresAt: later(journey.arrival, 5 * DAY) }),
      };
      this.send(sending);
      if (i < NEWER_VERSIONS) this.sendNewer(sending, journey);
    }
  }

  /** The same matter again with a later arrival, in the place of the first version. */
  private sendNewer(first: Sending, { arrival }: Journey): void {
    const at = later(first.at, 6 * HOUR + this.chance.integer(0, 3000) * 1000);
    const { body, language } = first;
    const eta = formatTimestamp(later(arrival, 9 * HOUR));
    this.send(
      {
        ...first,
        key: `${first.key}, newer`,
        at,
        body: {
          ...body,
          summary: `${NEWER[language]} ${body.summary}`,
          ...(body.consignment && { consignment: { ...body.consignment, eta } }),
        },
      },
      first.key,
    );
  }

  private planForSeveral(): void {
    for (const [i, scenario] of FOR_SEVERAL.entries()) {
      const route = ROUTES_OF_SEVERAL[i]!;
      const begin = this.about(31 - i * 16);
      const journey = aJourney(this.chance, route, begin);
      for (const [j, to] of [route.to, ...route.others].entries()) {
        const at = later(begin, j * 20_000);
        const body = consignmentBody(this.telling(route.unit, at, 'en'), scenario, route, journey, 'URGENT');
        this.send({ key: `alert ${scenario.key} ${to}`, at, unit: route.unit, to: [to], language: 'en', body });
      }
    }
  }

  private planPersons(): void {
    for (const [i, person] of PERSONS.entries()) {
      this.sendPerson(person, this.about(42 - i * 8), this.languages.next(person.unit, person.to));
    }
    this.sendPerson(MISTAKEN_PERSON, this.about(22), 'en');
    const body: RecallBody = { reason: 'MISTAKEN_IDENTITY', text: marked(RECALL_TEXT.en, 'en') };
    this.acts.push({
      key: RECALL_KEY,
      at: this.about(6),
      unit: MISTAKEN_PERSON.unit,
      kind: 'recall',
      input: (idOf) => ({ object: idOf(RECALLED_KEY), body }),
    });
  }

  private sendPerson(person: PersonScenario, at: Date, language: WorldLanguage): void {
    this.send({
      key: `alert ${person.key}`,
      at,
      unit: person.unit,
      to: [person.to],
      language,
      body: personBody(this.telling(person.unit, at, language), person),
      nominal: nominalOf(this.chance, person),
      isRestricted: person.isRestricted,
    });
  }

  private planMethods(): void {
    for (const [i, method] of METHODS.entries()) {
      const at = this.about(45 - i * 9);
      this.send({
        key: `alert ${method.key}`,
        at,
        unit: method.unit,
        to: method.to,
        language: 'en',
        body: methodBody(this.telling(method.unit, at, 'en'), method),
        ...(method.readableHours !== undefined && { expiresAt: later(at, method.readableHours * HOUR) }),
      });
    }
  }

  private planFlash(): void {
    const at = hoursBefore(this.now, 0.4);
    const journey: Journey = { departure: hoursBefore(this.now, 4.6 * 24), arrival: later(this.now, FLASH_ARRIVES_IN) };
    const body = consignmentBody(this.telling(FLASH_ROUTE.unit, at, 'en'), FLASH, FLASH_ROUTE, journey, 'FLASH');
    this.send({ key: FLASH_KEY, at, unit: FLASH_ROUTE.unit, to: [FLASH_ROUTE.to], language: 'en', body });
  }

  /** A moment at most an hour after the one that many hours ago. */
  private about(hours: number): Date {
    return hoursBefore(this.now, hours - this.chance.next());
  }

  private telling(unit: string, at: Date, language: WorldLanguage): Telling {
    return { chance: this.chance, ref: this.references.next(unit, 'ALR', at), at, language };
  }

  private send(sending: Sending, supersedes?: string): void {
    const { key, at, unit, to, language, body, nominal, isRestricted = false, expiresAt } = sending;
    const { author, releaser } = officersOf(unit);
    const handling = handlingFor(this.chance, basisFor(unit, to), language, {
      isRestricted,
      ...(expiresAt && { expiresAt: formatTimestamp(expiresAt) }),
    });
    this.acts.push({
      key,
      at,
      unit,
      kind: 'alert',
      input: (idOf) => ({
        to,
        addresseesSeeEachOther: to.length > 1,
        handling,
        authoredBy: author,
        releasedBy: releaser,
        ...(supersedes !== undefined && { supersedes: idOf(supersedes) }),
        body,
        ...(nominal && { nominal }),
      }),
    });
  }
}

/** The unit whose inbox a newcomer is shown: what it receives comes last, so that it is new. */
const FIRST_SEEN = 'TH-CUS-LCB';

/** Each consignment with a way that its goods can take; every way is taken once before any is taken twice. */
/** Each consignment with a route that fits its means of transport. */
export function pairRoutes(chance: Chance): [ConsignmentScenario, Route][] {
  let free = chance.shuffle(ROUTES);
  // Those with the least choice choose first.
  const pairs = chance
    .shuffle(CONSIGNMENTS)
    .toSorted((a, b) => a.modes.length - b.modes.length)
    .map((scenario): [ConsignmentScenario, Route] => {
      const fits = (route: Route): boolean => scenario.modes.includes(route.mode);
      const route = free.find(fits) ?? chance.shuffle(ROUTES).find(fits)!;
      free = free.filter((each) => each !== route);
      return [scenario, route];
    });
  return chance.shuffle(pairs).toSorted((a, b) => isForNewcomer(a) - isForNewcomer(b));
}

function isForNewcomer([, route]: [ConsignmentScenario, Route]): number {
  return Number(route.to === FIRST_SEEN);
}
