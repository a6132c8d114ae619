import { registerEnumType } from '@nestjs/graphql';

/** What a code means; or, when the payload writes it in a way GraphQL cannot name, how it is written and what it means. */
type Meaning = string | { writtenAs: string; means: string };

type Codes<D extends Record<string, Meaning>> = {
  readonly [K in keyof D & string]: D[K] extends { writtenAs: infer W } ? W : K;
};

/** Every value of a code list, as the signed payload writes it. */
export type Code<L> = L[keyof L] & string;

export interface CodeList {
  name: string;
  description: string;
  /** Name in GraphQL and in the words → the value in the payload. Nearly always the same text. */
  values: Readonly<Record<string, string>>;
  meanings: Readonly<Record<string, string>>;
}

/** Every closed list that has been declared, by name. */
export const CODE_LISTS = new Map<string, CodeList>();

/**
 * Declares a closed list of codes: the object to use in code (`HandlingCode.H1`), the GraphQL enum with its descriptions, and the entry
 * that the words in English and Vietnamese are checked against. Codes are added within v1, never removed or given another meaning.
 */
export function codeList<const D extends Record<string, Meaning>>(
  name: string,
  description: string,
  codes: D,
): Codes<D> {
  const entries = Object.entries(codes);
  const values = Object.fromEntries(
    entries.map(([code, meaning]) => [code, typeof meaning === 'string' ? code : meaning.writtenAs]),
  );
  const meanings = Object.fromEntries(
    entries.map(([code, meaning]) => [code, typeof meaning === 'string' ? meaning : meaning.means]),
  );
  registerEnumType(values, {
    name,
    description,
    valuesMap: Object.fromEntries(entries.map(([code]) => [code, { description: meanings[code] }])),
  });
  CODE_LISTS.set(name, { name, description, values, meanings });
  return Object.freeze(values) as Codes<D>;
}
