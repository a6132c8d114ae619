import { MeasureUnit } from '../../common/codes/goods-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { Currency } from './rules/identifier.js';
import { DecimalString } from './rules/number.js';

@BodyClass('Quantity', 'A number with its unit.')
export class Quantity {
  @BodyField(() => String, { description: 'Decimal string, up to 12 digits and 6 decimals: "12.500".' })
  @DecimalString({ integerDigits: 12, fractionDigits: 6 })
  value: string;

  @BodyField(() => MeasureUnit, { description: 'Unit, UNECE Recommendation 20.' })
  @CodeOf(MeasureUnit)
  unit: MeasureUnit;
}

@BodyClass('Money', 'An amount with its currency.')
export class Money {
  @BodyField(() => String, { description: 'Decimal string, up to 15 digits and 4 decimals: "1250000".' })
  @DecimalString({ integerDigits: 15, fractionDigits: 4 })
  amount: string;

  @BodyField(() => String, { description: 'Currency, ISO 4217.' })
  @Currency()
  currency: string;
}
