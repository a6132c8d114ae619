import { registerEnumType } from '@nestjs/graphql';

type Codes<D extends Record<string, string>> = { readonly [K in keyof D & string]: K };

/** Every value of a code list. */
export type Code<L> = L[keyof L] & string;

export interface CodeList {
  name: string;
  description: string;
  /** Code → what it means, in a sentence. */
  meanings: Readonly<Record<string, string>>;
}

/** Every closed list that has been declared, by name. */
export const CODE_LISTS = new Map<string, CodeList>();

/**
 * Declares a closed list of codes: the object to use in code (`HandlingCode.H1`), the GraphQL enum with its descriptions, and the entry
 * that the words in English and Vietnamese are checked against. Codes are added within v1, never removed or given another meaning.
 */
export function codeList<const D extends Record<string, string>>(
  name: string,
  description: string,
  meanings: D,
): Codes<D> {
  const codes = codeListOutsideGraphql(name, description, meanings);
  const valuesMap = Object.fromEntries(
    Object.entries(meanings).map(([code, meaning]) => [code, { description: meaning }]),
  );
  registerEnumType<Record<string, string>>(codes, { name, description, valuesMap });
  return codes;
}

/** A list with codes that begin with a digit. GraphQL cannot name them, so they are strings there, written as in the signed text. */
export function codeListOutsideGraphql<const D extends Record<string, string>>(
  name: string,
  description: string,
  meanings: D,
): Codes<D> {
  CODE_LISTS.set(name, { name, description, meanings });
  return Object.freeze(Object.fromEntries(Object.keys(meanings).map((code) => [code, code]))) as Codes<D>;
}
