import { rule } from './rule.js';
import { listOf } from './text.js';

/** One code of a closed list. */
export function CodeOf(list: Readonly<Record<string, string>>): PropertyDecorator {
  const codes = Object.values(list);
  return rule({
    name: 'code',
    key: 'problem.code',
    params: { codes: codes.join(', ') },
    holds: (value) => codes.includes(value as string),
    schema: { type: 'string', enum: codes },
  });
}

/** At least one code of a closed list, none twice. */
export function CodesOf(list: Readonly<Record<string, string>>): PropertyDecorator {
  const codes = Object.values(list);
  return listOf({
    name: 'codes',
    key: 'problem.codes',
    params: { codes: codes.join(', ') },
    items: codes.length,
    unique: true,
    holds: (item) => codes.includes(item as string),
    schema: { type: 'string', enum: codes },
  });
}
