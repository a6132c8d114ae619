import { registerDecorator } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import type { KeyOf, Phrase } from '../../../common/messages/messages.js';

/** The part of a JSON Schema that one rule contributes. */
export type SchemaPart = Record<string, unknown>;

export interface Rule {
  /** Short name of the rule, for programs; a member has no two rules of one name. */
  name: string;
  /** The sentence that says what is right, as the messages have it. It never repeats the value: values may be personal data. */
  key: KeyOf<'problem'>;
  /** What is filled into the sentence. */
  params?: Phrase['params'];
  /** Whether the rule holds. `record` may be malformed elsewhere: other rules say so, this one must not throw. */
  holds: (value: unknown, record: object) => boolean;
  /** Pointers from the member to what is wrong, when that is not the member itself: `['/0', '/2']`. */
  at?: (value: unknown, record: object) => string[];
  schema?: SchemaPart;
}

/** Something that is or is not so of a record; the record may be malformed elsewhere, and the condition must not throw then. */
export type Condition<T> = (record: T) => boolean;

/** How a broken rule travels through class-validator to `validateBody`. */
export interface RuleContext {
  phrase: Phrase;
  at?: (value: unknown, record: object) => string[];
}

/** A rule on one member of a body class. Each member takes any number; none is asked when an optional member is absent. */
export function rule({ name, key, params, holds, at, schema }: Rule): PropertyDecorator {
  return (prototype, property) => {
    registerDecorator({
      name,
      target: prototype.constructor,
      propertyName: property as string,
      // The message is never read, but without one class-validator would drop the context.
      options: { message: key, context: { phrase: { key, params }, at } satisfies RuleContext },
      validator: { validate: (value, args) => holds(value, args?.object ?? {}) },
    });
    if (schema) contribute(schema)(prototype, property);
  };
}

const contributed = new WeakMap<object, Map<string | symbol, SchemaPart>>();

/** Adds to the JSON Schema of a member (or, without a property, of the class). JSONSchema() alone would replace what is there. */
export function contribute(part: SchemaPart): PropertyDecorator {
  return (prototype, property) => {
    const members = contributed.get(prototype) ?? new Map<string | symbol, SchemaPart>();
    contributed.set(prototype, members);
    const merged = { ...members.get(property), ...part };
    members.set(property, merged);
    JSONSchema(merged)(prototype, property as string);
  };
}

/** Several decorators as one. */
export function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (prototype, property) => decorators.forEach((decorate) => decorate(prototype, property));
}

/** The positions in a list where a check fails, as pointers. */
export function failingItems(value: unknown, holds: (item: unknown) => boolean): string[] {
  return Array.isArray(value) ? value.flatMap((item, i) => (holds(item) ? [] : [`/${i}`])) : [];
}

/** A rule that looks at several members of a record; written on the member a person would change. */
export function Check<T extends object>(
  name: string,
  key: KeyOf<'problem'>,
  holds: Condition<T>,
  at?: string,
): PropertyDecorator {
  return rule({
    name,
    key,
    holds: (_value, record) => holds(record as T),
    at: at === undefined ? undefined : () => [at],
  });
}
