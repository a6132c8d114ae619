import type { AlertBody } from '../../alerts/body/alert-body.js';
import type { Contact } from '../../exchange/body/contact.js';
import type { NominalData } from '../../exchange/body/nominal-data.js';
import { formatTimestamp } from '../../protocol/timestamp.js';
import { DAY, HOUR, later } from './acts.js';
import { aConsignment, aConveyance, type Journey, routeOf, wayOf } from './consignment.js';
import { unitById } from './directory.js';
import { marked, type WorldLanguage } from './fictional.js';
import type { Chance } from './random.js';
import { INDICATORS } from './scenarios/indicators.js';
import type { MethodScenario } from './scenarios/methods.js';
import type { PersonScenario } from './scenarios/persons.js';
import type { Route } from './scenarios/routes.js';
import type { ConsignmentScenario } from './scenarios/scenario.js';

/** What every body needs beside its scenario. */
export interface Telling {
  chance: Chance;
  ref: string;
  at: Date;
  language: WorldLanguage;
}

const WELL_FOUNDED = { source: 'B', information: '2' } as const;
const GRADES = [
  { source: 'A', information: '2' },
  WELL_FOUNDED,
  { source: 'B', information: '3' },
  { source: 'X', information: '4' },
] as const;

export function contactOf(unit: string): Contact {
  const { id, phone24h, mailbox } = unitById(unit);
  return { unit: id, phone: phone24h!, mailbox: mailbox! };
}

export function consignmentBody(
  { chance, ref, at, language }: Telling,
  scenario: ConsignmentScenario,
  route: Route,
  journey: Journey,
  urgency: AlertBody['urgency'],
): AlertBody {
  const { goods } = scenario;
  return {
    ref,
    language,
    kind: 'CONSIGNMENT',
    severity: scenario.severity,
    urgency,
    validFrom: formatTimestamp(at),
    validTo: formatTimestamp(later(journey.arrival, 14 * DAY)),
    title: `${scenario.title[language]}: ${wayOf(route, language)}`,
    summary: marked(scenario.summary[language], language),
    commodityGroups: [scenario.group],
    goods: [
      {
        commodityGroup: scenario.group,
        description: goods.description[language],
        ...(goods.hsCode !== undefined && { hsCode: goods.hsCode, hsEdition: 2022 }),
        ...(goods.casNumber !== undefined && { casNumber: goods.casNumber }),
        ...(goods.scientificName !== undefined && { scientificName: goods.scientificName }),
        quantity: { value: String(chance.integer(...goods.quantity)), unit: goods.unit },
        ...(goods.packaging && { packaging: goods.packaging[language], concealed: true }),
      },
    ],
    consignment: aConsignment(chance, scenario, route, journey, language),
    conveyance: aConveyance(chance, route.mode, route.stops[0]!.locode!.slice(0, 2)),
    route: routeOf(route, journey),
    parties: [
      {
        key: 'P1',
        role: 'CONSIGNEE',
        kind: 'BUSINESS',
        involvementLevel: chance.pick(['SUSPECTED', 'UNKNOWN']),
        nationality: route.stops.at(-1)!.locode!.slice(0, 2),
      },
    ],
    indicators: indicatorsOf(scenario.indicators, language),
    evaluation: { scheme: '4X4', ...(urgency === 'FLASH' ? WELL_FOUNDED : chance.pick(GRADES)) },
    requestedAction: scenario.action,
    ...(scenario.doNot && { doNot: scenario.doNot }),
    ...(scenario.safety && { safety: { ...scenario.safety, text: scenario.safety.text[language] } }),
    feedbackRequired: true,
    feedbackDueAt: formatTimestamp(later(journey.arrival, 3 * DAY)),
    ...(urgency !== 'ROUTINE' && { contact24h: contactOf(route.unit) }),
  };
}

export function personBody({ chance, ref, at, language }: Telling, person: PersonScenario): AlertBody {
  const { basis, ...party } = person.party;
  const travels = person.travels;
  return {
    ref,
    language,
    kind: 'PERSON',
    severity: person.severity,
    urgency: person.severity === 'LOW' ? 'ROUTINE' : 'URGENT',
    validFrom: formatTimestamp(at),
    validTo: formatTimestamp(later(at, 30 * DAY)),
    title: person.title[language],
    summary: marked(person.summary[language], language),
    commodityGroups: [person.group],
    ...(travels !== 'ON_FOOT' && { conveyance: aConveyance(chance, travels, person.party.nationality!) }),
    parties: [
      {
        key: 'P1',
        kind: 'PERSON',
        involvementLevel: 'SUSPECTED',
        ...party,
        suspicionBasis: marked(basis[language], language),
      },
    ],
    indicators: indicatorsOf([person.indicator], language),
    evaluation: { scheme: '4X4', ...chance.pick(GRADES) },
    requestedAction: person.action,
    ...(person.safety && { safety: { text: person.safety[language] } }),
    feedbackRequired: true,
    feedbackDueAt: formatTimestamp(later(at, 7 * DAY)),
    contact24h: contactOf(person.unit),
  };
}

/** Who it is: a name that says that it is an example, a document that says the same. */
export function nominalOf(chance: Chance, { name, party }: PersonScenario): NominalData {
  return {
    parties: [
      {
        key: 'P1',
        names: [{ text: name, script: 'Latn' }],
        birthDate: String(chance.integer(1970, 2002)),
        documents: [
          {
            type: 'PASSPORT',
            number: `EXAMPLE${chance.digits(4)}`,
            ...(party.nationality && { issuer: party.nationality }),
          },
        ],
      },
    ],
  };
}

export function methodBody({ chance, ref, at, language }: Telling, method: MethodScenario): AlertBody {
  const validHours = method.readableHours === undefined ? 180 * 24 : method.readableHours - 4;
  return {
    ref,
    language,
    kind: 'MODUS_OPERANDI',
    severity: 'MEDIUM',
    urgency: 'ROUTINE',
    validFrom: formatTimestamp(at),
    validTo: formatTimestamp(later(at, validHours * HOUR)),
    title: method.title[language],
    summary: marked(method.summary[language], language),
    commodityGroups: [method.group],
    indicators: indicatorsOf([method.indicator], language),
    evaluation: { scheme: '4X4', ...chance.pick(GRADES) },
    requestedAction: 'INFORM_ONLY',
    feedbackRequired: false,
  };
}

function indicatorsOf(
  types: AlertBody['indicators'][number]['type'][],
  language: WorldLanguage,
): AlertBody['indicators'] {
  return types.map((type, i) => {
    const { text, weight, grade } = INDICATORS[type];
    return { id: `I${i + 1}`, type, text: text[language], weight, grade: { scheme: '4X4', ...grade } };
  });
}
