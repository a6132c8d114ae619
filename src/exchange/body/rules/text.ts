import { InvalidInput } from '../../../common/errors.js';
import type { KeyOf } from '../../../common/messages/messages.js';
import { isText } from '../../../common/text.js';
import { failingItems, rule, type Rule, type SchemaPart } from './rule.js';

/** Refuses a text beside a body, which may have lines: one that is blank, too long or holds what does not show. */
export function checkText(text: string, max: number, pointer: string): void {
  if (isText(text, max, true)) return;
  throw new InvalidInput([{ pointer, rule: 'longText', key: 'problem.longText', params: { max } }]);
}

/** A text of one line. */
export function ShortText(max: number): PropertyDecorator {
  return rule({
    name: 'shortText',
    key: 'problem.shortText',
    params: { max },
    holds: (value) => isText(value, max, false),
    schema: { type: 'string', minLength: 1, maxLength: max },
  });
}

/** A text that may have several lines, separated by a line feed. */
export function LongText(max: number): PropertyDecorator {
  return rule({
    name: 'longText',
    key: 'problem.longText',
    params: { max },
    holds: (value) => isText(value, max, true),
    schema: { type: 'string', minLength: 1, maxLength: max },
  });
}

/** A list of texts, at least one: a list of nothing is left out. */
export function TextList({ items, max }: { items: number; max: number }): PropertyDecorator {
  return listOf({
    name: 'textList',
    key: 'problem.textList',
    params: { items, max },
    items,
    holds: (item) => isText(item, max, true),
    schema: { type: 'string', minLength: 1, maxLength: max },
  });
}

/** A text of a given form. `form` completes "must be …". */
export function Pattern(pattern: RegExp, form: KeyOf<'form'>): PropertyDecorator {
  return rule({
    name: 'pattern',
    key: 'problem.form',
    params: { form: { key: form } },
    holds: (value) => typeof value === 'string' && pattern.test(value),
    schema: { type: 'string', pattern: pattern.source },
  });
}

/** A list of texts of a given form, none twice. */
export function PatternList(pattern: RegExp, form: KeyOf<'form'>, items: number): PropertyDecorator {
  return listOf({
    name: 'pattern',
    key: 'problem.formList',
    params: { items, form: { key: form } },
    items,
    unique: true,
    holds: (item) => typeof item === 'string' && pattern.test(item),
    schema: { type: 'string', pattern: pattern.source },
  });
}

/** A list of simple values, each of which keeps a rule; a broken item is named by its place. */
export function listOf(
  list: Pick<Rule, 'name' | 'key' | 'params'> & {
    items: number;
    atLeast?: number;
    unique?: boolean;
    holds: (item: unknown) => boolean;
    schema: SchemaPart;
  },
): PropertyDecorator {
  const { name, key, params, items, atLeast = 1, unique = false } = list;
  return rule({
    name,
    key,
    params,
    holds: (value) =>
      Array.isArray(value) &&
      value.length >= atLeast &&
      value.length <= items &&
      (!unique || new Set(value).size === value.length) &&
      value.every(list.holds),
    at: (value) => failingItems(value, list.holds),
    schema: {
      type: 'array',
      minItems: atLeast,
      maxItems: items,
      ...(unique ? { uniqueItems: true } : {}),
      items: list.schema,
    },
  });
}
