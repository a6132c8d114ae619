import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { all, failingItems, rule } from './rule.js';

type Constructor = new () => object;

interface Nested {
  type: () => Constructor;
  list: boolean;
}

const nestedMembers = new WeakMap<object, Map<string, Nested>>();

/** The records inside a record, by member; those of a class that it extends as well. */
export function nestedIn(constructor: Constructor): ReadonlyMap<string, Nested> {
  const parent = Object.getPrototypeOf(constructor.prototype) as object;
  const inherited = parent === Object.prototype ? [] : nestedIn(parent.constructor as Constructor);
  return new Map([...inherited, ...(nestedMembers.get(constructor.prototype as object) ?? [])]);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A record inside this record. */
export function NestedRecord(type: () => Constructor): PropertyDecorator {
  return all(
    remember({ type, list: false }),
    rule({ name: 'record', key: 'problem.record', holds: isRecord }),
    ValidateNested(),
    Type(type),
  );
}

/** A list of records inside this record; at least one, because a list of nothing is left out. */
export function NestedList(type: () => Constructor, items: number): PropertyDecorator {
  return all(
    remember({ type, list: true }),
    rule({
      name: 'records',
      key: 'problem.records',
      params: { items },
      holds: (value) => Array.isArray(value) && value.length >= 1 && value.length <= items && value.every(isRecord),
      at: (value) => failingItems(value, isRecord),
      schema: { type: 'array', minItems: 1, maxItems: items },
    }),
    ValidateNested({ each: true }),
    Type(type),
  );
}

/** The keys of the records in a list (`key`, `id` or `no`) must differ, since other records refer to them. */
export function UniqueBy(member: string): PropertyDecorator {
  return rule({
    name: 'uniqueBy',
    key: 'problem.uniqueBy',
    params: { member },
    holds: (value) => {
      if (!Array.isArray(value)) return true;
      const keys = value.filter(isRecord).map((record) => (record as Record<string, unknown>)[member]);
      return new Set(keys).size === keys.length;
    },
  });
}

function remember(nested: Nested): PropertyDecorator {
  return (prototype, property) => {
    const members = nestedMembers.get(prototype) ?? new Map<string, Nested>();
    nestedMembers.set(prototype, members.set(property as string, nested));
  };
}
