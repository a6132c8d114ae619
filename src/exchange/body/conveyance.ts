import { TransportMode } from '../../common/codes/movement-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { Country, ImoNumber, Mmsi } from './rules/identifier.js';
import { NestedRecord } from './rules/nested.js';
import { OnlyWhen, Optional } from './rules/presence.js';
import { Pattern, ShortText } from './rules/text.js';

@BodyClass(
  'Vessel',
  'A ship. Compare its name and flag with its numbers: the check digit of an IMO number is weak and an MMSI can be changed.',
)
export class Vessel {
  @BodyField(() => String, { description: 'Name of the ship.' })
  @ShortText(80)
  name: string;

  @BodyField(() => String, { nullable: true, description: 'IMO ship number: seven digits, check digit right.' })
  @Optional()
  @ImoNumber()
  imo?: string;

  @BodyField(() => String, { nullable: true, description: 'MMSI of the radio: nine digits (ITU-R M.585).' })
  @Optional()
  @Mmsi()
  mmsi?: string;

  @BodyField(() => String, { nullable: true, description: 'Flag, ISO 3166-1 alpha-2.' })
  @Optional()
  @Country()
  flag?: string;

  @BodyField(() => String, { nullable: true, description: 'Radio call sign.' })
  @Optional()
  @Pattern(/^[A-Z0-9]{3,8}$/, 'form.callSign')
  callSign?: string;

  @BodyField(() => String, { nullable: true, description: 'Number of the voyage, as the carrier writes it.' })
  @Optional()
  @ShortText(20)
  voyage?: string;
}

/** Airline and number. */
export const FLIGHT_NUMBER = /^[A-Z0-9]{2,3}\d{1,4}[A-Z]?$/;

@BodyClass('Flight', 'A flight.')
export class Flight {
  @BodyField(() => String, { description: 'Flight number: airline and number without blanks, VN384.' })
  @Pattern(FLIGHT_NUMBER, 'form.flight')
  number: string;

  @BodyField(() => String, { nullable: true, description: 'Registration of the aircraft.' })
  @Optional()
  @Pattern(/^[A-Z0-9]{1,4}-?[A-Z0-9]{1,6}$/, 'form.aircraft')
  registration?: string;
}

@BodyClass('Vehicle', 'A road vehicle.')
export class Vehicle {
  @BodyField(() => String, { description: 'Number plate, as it is read.' })
  @ShortText(20)
  plate: string;

  @BodyField(() => String, { nullable: true, description: 'Country of the plate, ISO 3166-1 alpha-2.' })
  @Optional()
  @Country()
  plateCountry?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Vehicle identification number (ISO 3779): 17 characters without I, O and Q.',
  })
  @Optional()
  @Pattern(/^[A-HJ-NPR-Z0-9]{17}$/, 'form.vin')
  vin?: string;

  @BodyField(() => String, { nullable: true, description: 'Number plate of the trailer.' })
  @Optional()
  @ShortText(20)
  trailerPlate?: string;
}

@BodyClass('Conveyance', 'The means of transport.')
export class Conveyance {
  @BodyField(() => TransportMode, { description: 'How the goods or persons move.' })
  @CodeOf(TransportMode)
  mode: TransportMode;

  @BodyField(() => Vessel, { nullable: true, description: 'The ship; by sea or inland waterway only.' })
  @OnlyWhen<Conveyance>(({ mode }) => mode === 'SEA' || mode === 'INLAND_WATERWAY', 'when.byWater')
  @NestedRecord(() => Vessel)
  vessel?: Vessel;

  @BodyField(() => Flight, { nullable: true, description: 'The flight; by air, post or express only.' })
  @OnlyWhen<Conveyance>(({ mode }) => mode === 'AIR' || mode === 'POST' || mode === 'EXPRESS', 'when.byAir')
  @NestedRecord(() => Flight)
  flight?: Flight;

  @BodyField(() => Vehicle, { nullable: true, description: 'The vehicle; by road, post or express only.' })
  @OnlyWhen<Conveyance>(({ mode }) => mode === 'ROAD' || mode === 'POST' || mode === 'EXPRESS', 'when.byRoad')
  @NestedRecord(() => Vehicle)
  vehicle?: Vehicle;

  @BodyField(() => String, { nullable: true, description: 'Number of the railway wagon or train; by rail only.' })
  @OnlyWhen<Conveyance>(({ mode }) => mode === 'RAIL', 'when.byRail')
  @ShortText(40)
  railWagon?: string;

  @BodyField(() => String, { nullable: true, description: 'Postal or express operator; by post or express only.' })
  @OnlyWhen<Conveyance>(({ mode }) => mode === 'POST' || mode === 'EXPRESS', 'when.byPost')
  @ShortText(120)
  operator?: string;
}
