import type { Consignment } from '../../exchange/body/consignment.js';
import type { Conveyance } from '../../exchange/body/conveyance.js';
import type { RouteStop } from '../../exchange/body/route.js';
import { formatTimestamp } from '../../protocol/timestamp.js';
import { DAY, HOUR, later } from './acts.js';
import { aContainerNumber, anAirWaybill, anImoNumber, aPostalItem, type WorldLanguage } from './fictional.js';
import type { Chance } from './random.js';
import { PLACES, type Route } from './scenarios/routes.js';
import type { ConsignmentScenario, Mode } from './scenarios/scenario.js';

/** When a journey begins and ends. */
export interface Journey {
  departure: Date;
  arrival: Date;
}

const SHIPS = ['LOTUS', 'HERON', 'MONSOON', 'LANTERN', 'BAMBOO', 'CORAL', 'JASMINE', 'KINGFISHER'];
const SIZE_TYPES = ['22G1', '42G1', '45G1'];
/** Least and most, kilograms. */
const GROSS_MASS: Record<Mode, [number, number]> = {
  SEA: [8000, 24_000],
  ROAD: [3000, 14_000],
  AIR: [40, 900],
  POST: [1, 9],
};
/** The region's time, for dates at the place. */
const LOCAL_OFFSET = 7 * HOUR;

/** A journey that began some hours before the alert is written. */
export function aJourney(chance: Chance, route: Route, at: Date): Journey {
  const departure = later(at, -chance.integer(1, 6) * HOUR);
  return { departure, arrival: later(departure, route.days * DAY + chance.integer(0, 8) * HOUR) };
}

export function aConsignment(
  chance: Chance,
  scenario: ConsignmentScenario,
  route: Route,
  journey: Journey,
  language: WorldLanguage,
): Consignment {
  const first = route.stops[0]!.locode!;
  const last = route.stops.at(-1)!.locode!;
  return {
    ...papers(chance, route.mode, first.slice(0, 2)),
    packages: chance.integer(4, 800),
    grossMassKg: String(chance.integer(...GROSS_MASS[route.mode])),
    declaredDescription: scenario.declared[language],
    declaredHs: scenario.declaredHs,
    originCountry: first.slice(0, 2),
    declaredValue: { amount: `${chance.integer(4, 90) * 500}.00`, currency: 'USD' },
    loadingPlace: first,
    dischargePlace: last,
    departureAt: formatTimestamp(journey.departure),
    eta: formatTimestamp(journey.arrival),
  };
}

function papers(chance: Chance, mode: Mode, country: string): Partial<Consignment> {
  switch (mode) {
    case 'SEA':
      return {
        containers: [
          {
            number: aContainerNumber(chance),
            checkDigit: 'OK',
            sizeType: chance.pick(SIZE_TYPES),
            sealsDeclared: [`EX${chance.digits(7)}`],
          },
        ],
        masterBl: `EXMP${chance.digits(8)}`,
      };
    case 'AIR':
      return { awb: anAirWaybill(chance), houseAwb: `EXMP${chance.digits(6)}` };
    case 'ROAD':
      return { roadNote: `EX-CMR-${chance.digits(6)}`, declarationNumber: `EX${chance.digits(10)}` };
    case 'POST':
      return { postalItem: aPostalItem(chance, country) };
  }
}

export function aConveyance(chance: Chance, mode: Mode, country: string): Conveyance {
  switch (mode) {
    case 'SEA':
      return {
        mode,
        vessel: { name: `EXAMPLE ${chance.pick(SHIPS)}`, imo: anImoNumber(chance), voyage: `EX${chance.digits(3)}W` },
      };
    case 'AIR':
      return { mode, flight: { number: `ZZ${chance.digits(3)}` } };
    case 'ROAD':
      return { mode, vehicle: { plate: `DEMO-${chance.digits(4)}`, plateCountry: country } };
    case 'POST':
      return { mode, operator: 'Example Post' };
  }
}

/** The stops with the days of departure and arrival; the last one is what the sender assumes. */
export function routeOf({ stops }: Route, { departure, arrival }: Journey): RouteStop[] {
  return stops.map((stop, i) => ({
    ...stop,
    certainty: i === stops.length - 1 ? ('SUSPECTED' as const) : ('CONFIRMED' as const),
    ...(i === 0 && { actualOn: localDate(departure) }),
    ...(i === stops.length - 1 && { plannedOn: localDate(arrival) }),
  }));
}

/** "Laem Chabang – Hải Phòng". */
export function wayOf({ stops }: Route, language: WorldLanguage): string {
  return [stops[0]!, stops.at(-1)!].map(({ locode }) => PLACES[locode!]![language]).join(' – ');
}

function localDate(time: Date): string {
  return later(time, LOCAL_OFFSET).toISOString().slice(0, 10);
}
