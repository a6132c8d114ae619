import { Int } from '@nestjs/graphql';
import { ContainerCheck } from '../../common/codes/movement-codes.js';
import { parseContainer } from '../../common/identifiers/container.js';
import { Money } from './quantity.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import {
  AirWaybill,
  BillOfLading,
  ContainerNumber,
  Country,
  HsCode,
  PostalItem,
  UnLocode,
} from './rules/identifier.js';
import { NestedList, NestedRecord, UniqueBy } from './rules/nested.js';
import { DecimalString, Flag, WholeNumber } from './rules/number.js';
import { ExactlyWhen, Optional } from './rules/presence.js';
import { Check } from './rules/rule.js';
import { LongText, Pattern, PatternList, ShortText } from './rules/text.js';
import { UtcTime } from './rules/time.js';

@BodyClass('Container', 'A freight container.')
export class Container {
  @BodyField(() => String, { description: 'Container number, ISO 6346, without blanks: CSQU3054383.' })
  @ContainerNumber()
  number: string;

  @BodyField(() => ContainerCheck, {
    description:
      'Whether the check digit fits, said truthfully. OVERRIDDEN: it does not, and the sender means this number all the same.',
  })
  @CodeOf(ContainerCheck)
  @Check<Container>('truthful', 'problem.truthful', ({ number, checkDigit }) => {
    const container = typeof number === 'string' && number.length === 11 ? parseContainer(number) : null;
    return container === null || (container.checkDigit === 'OK') === (checkDigit === 'OK');
  })
  checkDigit: ContainerCheck;

  @BodyField(() => String, {
    nullable: true,
    description: 'Why the number stands although its check digit is wrong. With OVERRIDDEN, and only then.',
  })
  @ExactlyWhen<Container>(({ checkDigit }) => checkDigit === 'OVERRIDDEN', 'when.overridden')
  @ShortText(300)
  overrideReason?: string;

  @BodyField(() => String, { nullable: true, description: 'Size and type code, ISO 6346: 22G1.' })
  @Optional()
  @Pattern(/^[A-Z0-9]{4}$/, 'form.containerType')
  sizeType?: string;

  @BodyField(() => [String], { nullable: true, description: 'Seal numbers that the documents give.' })
  @Optional()
  @PatternList(/^[A-Z0-9][A-Z0-9 /-]{0,28}[A-Z0-9]$/, 'form.seal', 10)
  sealsDeclared?: string[];

  @BodyField(() => [String], { nullable: true, description: 'Seal numbers that were found.' })
  @Optional()
  @PatternList(/^[A-Z0-9][A-Z0-9 /-]{0,28}[A-Z0-9]$/, 'form.seal', 10)
  sealsFound?: string[];
}

const IDENTIFYING = [
  'containers',
  'masterBl',
  'houseBl',
  'awb',
  'houseAwb',
  'roadNote',
  'tirCarnet',
  'railNote',
  'postalItem',
  'ucr',
  'declarationNumber',
  'declaredDescription',
] as const satisfies readonly (keyof Consignment)[];

@BodyClass('Consignment', 'Goods that travel together. At least one number or the declared description must be given.')
export class Consignment {
  @BodyField(() => [Container], { nullable: true, description: 'Containers.' })
  @Optional()
  @NestedList(() => Container, 200)
  @UniqueBy('number')
  containers?: Container[];

  @BodyField(() => String, {
    nullable: true,
    description: 'Master bill of lading or sea waybill, as the document prints it.',
  })
  @Optional()
  @BillOfLading()
  masterBl?: string;

  @BodyField(() => String, { nullable: true, description: 'House bill of lading, as the document prints it.' })
  @Optional()
  @BillOfLading()
  houseBl?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Master air waybill: eleven digits, check digit right, no dash.',
  })
  @Optional()
  @AirWaybill()
  awb?: string;

  @BodyField(() => String, { nullable: true, description: 'House air waybill, as the document prints it.' })
  @Optional()
  @BillOfLading()
  houseAwb?: string;

  @BodyField(() => String, { nullable: true, description: 'Number of the road consignment note (CMR).' })
  @Optional()
  @ShortText(35)
  roadNote?: string;

  @BodyField(() => String, { nullable: true, description: 'Number of the TIR carnet.' })
  @Optional()
  @ShortText(20)
  tirCarnet?: string;

  @BodyField(() => String, { nullable: true, description: 'Number of the rail consignment note.' })
  @Optional()
  @ShortText(35)
  railNote?: string;

  @BodyField(() => String, { nullable: true, description: 'Postal item number, UPU S10: RR473124829FI.' })
  @Optional()
  @PostalItem()
  postalItem?: string;

  @BodyField(() => String, { nullable: true, description: 'Unique consignment reference (ISO 15459).' })
  @Optional()
  @ShortText(35)
  ucr?: string;

  @BodyField(() => String, { nullable: true, description: 'Number of the customs declaration.' })
  @Optional()
  @ShortText(35)
  declarationNumber?: string;

  @BodyField(() => String, { nullable: true, description: 'Customs office of the declaration.' })
  @Optional()
  @ShortText(80)
  declarationOffice?: string;

  @BodyField(() => Int, { nullable: true, description: 'Number of packages.' })
  @Optional()
  @WholeNumber(1, 10_000_000)
  packages?: number;

  @BodyField(() => String, { nullable: true, description: 'Gross mass in kilograms, decimal string: "18240.5".' })
  @Optional()
  @DecimalString({ integerDigits: 12, fractionDigits: 3 })
  grossMassKg?: string;

  @BodyField(() => String, { nullable: true, description: 'Net mass in kilograms, decimal string.' })
  @Optional()
  @DecimalString({ integerDigits: 12, fractionDigits: 3 })
  netMassKg?: string;

  @BodyField(() => String, { nullable: true, description: 'Goods as declared.' })
  @Optional()
  @LongText(1000)
  declaredDescription?: string;

  @BodyField(() => String, { nullable: true, description: 'Tariff code as declared; six to ten digits, dots allowed.' })
  @Optional()
  @HsCode()
  declaredHs?: string;

  @BodyField(() => String, { nullable: true, description: 'Declared country of origin, ISO 3166-1 alpha-2.' })
  @Optional()
  @Country()
  originCountry?: string;

  @BodyField(() => Money, { nullable: true, description: 'Declared value.' })
  @Optional()
  @NestedRecord(() => Money)
  declaredValue?: Money;

  @BodyField(() => String, { nullable: true, description: 'Delivery term (Incoterms): three letters.' })
  @Optional()
  @Pattern(/^[A-Z]{3}$/, 'form.incoterm')
  incoterm?: string;

  @BodyField(() => String, { nullable: true, description: 'UN/LOCODE where the goods are loaded.' })
  @Optional()
  @UnLocode()
  loadingPlace?: string;

  @BodyField(() => String, { nullable: true, description: 'UN/LOCODE where the goods are to be discharged.' })
  @Optional()
  @UnLocode()
  dischargePlace?: string;

  @BodyField(() => String, { nullable: true, description: 'Time of departure, expected or actual, UTC.' })
  @Optional()
  @UtcTime()
  departureAt?: string;

  @BodyField(() => String, { nullable: true, description: 'Expected time of arrival, UTC.' })
  @Optional()
  @UtcTime()
  eta?: string;

  @BodyField(() => String, { nullable: true, description: 'Actual time of arrival, UTC.' })
  @Optional()
  @UtcTime()
  ata?: string;

  @BodyField(() => Boolean, { nullable: true, description: 'Whether the goods go to or come from a free zone.' })
  @Optional()
  @Flag()
  freeZone?: boolean;
}

/** Whether a consignment can be recognised at all: by one of its numbers or at least by its description. */
export function isIdentifiable(consignment: object): boolean {
  return IDENTIFYING.some((member) => (consignment as Consignment)[member] !== undefined);
}
