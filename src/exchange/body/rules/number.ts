import { rule } from './rule.js';

/**
 * A quantity, an amount of money or a coordinate: a decimal string such as "12.500", never a JSON number, whose precision no two parsers
 * agree on. Zeros at the end are kept: they say how precisely it was measured.
 */
export function DecimalString(options: { integerDigits: number; fractionDigits: number }): PropertyDecorator {
  const { integerDigits, fractionDigits } = options;
  const fraction = fractionDigits > 0 ? `(\\.\\d{1,${fractionDigits}})?` : '';
  const pattern = new RegExp(`^(0|[1-9]\\d{0,${integerDigits - 1}})${fraction}$`);
  return rule({
    name: 'decimalString',
    key: 'problem.decimalString',
    params: { integerDigits, fractionDigits },
    holds: (value) => typeof value === 'string' && pattern.test(value),
    schema: { type: 'string', pattern: pattern.source },
  });
}

/** A whole number. */
export function WholeNumber(min: number, max: number): PropertyDecorator {
  return rule({
    name: 'wholeNumber',
    key: 'problem.wholeNumber',
    params: { min, max },
    holds: (value) => isWholeNumber(value, min, max),
    schema: { type: 'integer', minimum: min, maximum: max },
  });
}

export function isWholeNumber(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && !Object.is(value, -0) && (value as number) >= min && (value as number) <= max;
}

/** True or false. */
export function Flag(): PropertyDecorator {
  return rule({
    name: 'flag',
    key: 'problem.flag',
    holds: (value) => typeof value === 'boolean',
    schema: { type: 'boolean' },
  });
}
