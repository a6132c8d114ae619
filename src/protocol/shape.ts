/** Small checks of form. Each returns what it checked and throws SHAPE with a pointer otherwise. */
import { pointerTo, type JsonObject, type JsonValue } from './canonical.js';
import { ProtocolError } from './errors.js';

/** A JSON object, neither null nor an array. */
export function asObject(value: unknown, pointer = ''): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ProtocolError('SHAPE', pointer);
  return value as JsonObject;
}

/** A JSON object with exactly these members. */
export function exactly(value: unknown, names: readonly string[], pointer = ''): JsonObject {
  const object = asObject(value, pointer);
  const unknown = Object.keys(object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new ProtocolError('SHAPE', pointerTo(pointer, unknown));
  const missing = names.find((name) => !Object.hasOwn(object, name));
  if (missing !== undefined) throw new ProtocolError('SHAPE', pointerTo(pointer, missing));
  return object;
}

/** A list of `min` to `max` entries. */
export function asList(value: unknown, min: number, max: number, pointer: string): JsonValue[] {
  if (!Array.isArray(value) || value.length < min || value.length > max) throw new ProtocolError('SHAPE', pointer);
  return value as JsonValue[];
}

/** A list of `min` to `max` strings of this form, none of them twice. */
export function distinct(value: unknown, form: RegExp, min: number, max: number, pointer: string): string[] {
  const entries = asList(value, min, max, pointer).map((entry, i) => matching(entry, form, pointerTo(pointer, i)));
  if (new Set(entries).size !== entries.length) throw new ProtocolError('SHAPE', pointer);
  return entries;
}

/** A string. */
export function asString(value: unknown, pointer: string): string {
  if (typeof value !== 'string') throw new ProtocolError('SHAPE', pointer);
  return value;
}

/** A string of this form. */
export function matching(value: unknown, form: RegExp, pointer: string): string {
  const text = asString(value, pointer);
  if (!form.test(text)) throw new ProtocolError('SHAPE', pointer);
  return text;
}

/** A whole number of at least `min`. */
export function whole(value: unknown, min: number, pointer: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < min) throw new ProtocolError('SHAPE', pointer);
  return value as number;
}

/** Exactly this value. */
export function constant(value: unknown, expected: string | number, pointer: string): void {
  if (value !== expected) throw new ProtocolError('SHAPE', pointer);
}
