/**
 * Canonical JSON: the subset of RFC 8785 (JCS) on which all implementations agree, so that one content has one byte string
 * and one digest. Refused, where libraries drop or convert:
 *
 * - anything but null, booleans, numbers, strings, arrays and plain objects: undefined, functions, dates, maps, holes (SHAPE)
 * - numbers that are not safe integers, and −0 (NUMBER); quantities, money and coordinates are decimal strings
 * - strings and member names that are not well-formed UTF-16 (SURROGATE)
 * - more than 32 levels of arrays and objects (DEPTH), which also ends every circle
 */
import { ProtocolError } from './errors.js';
import { decodeUtf8, isWellFormed } from './utf8.js';

/** What canonical JSON can say. Numbers are safe integers. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. Read members only after checking that they are its own: `__proto__` may be among them. */
export type JsonObject = { [member: string]: JsonValue };

const MAX_DEPTH = 32;

/** The canonical text of a value (RFC 8785 section 3.2, narrowed as above). Throws SHAPE, NUMBER, SURROGATE or DEPTH. */
export function canonicalize(value: unknown): string {
  return write(value, null, 1);
}

/**
 * The value of bytes that are exactly canonical text. Comparing with the text written anew refuses duplicate and unsorted
 * members, spaces and every other spelling of a number or string at one stroke. Throws UTF8, JSON, NOT_CANONICAL and all
 * that `canonicalize` throws. Members named `__proto__` stay data.
 */
export function parseCanonical(bytes: Uint8Array): JsonValue {
  const text = decodeUtf8(bytes);
  const value = parseJson(text);
  if (canonicalize(value) !== text) throw new ProtocolError('NOT_CANONICAL');
  return value;
}

/** JSON.parse that throws JSON and quotes nothing of its input. What it returns is unchecked: duplicate members are lost. */
export function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new ProtocolError('JSON');
  }
}

/** A JSON pointer one step further (RFC 6901 section 3); very long member names are cut. */
export function pointerTo(pointer: string, step: string | number): string {
  return `${pointer}/${String(step).slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Where a value stands, as steps from the inside out; the pointer is only written when something is wrong. */
interface Place {
  within: Place | null;
  step: string | number;
}

function pointerOf(place: Place | null): string {
  return place === null ? '' : pointerTo(pointerOf(place.within), place.step);
}

function write(value: unknown, place: Place | null, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value, place);
  if (typeof value === 'string') return writeString(value, place);
  if (typeof value !== 'object') throw new ProtocolError('SHAPE', pointerOf(place));
  if (depth > MAX_DEPTH) throw new ProtocolError('DEPTH');
  return Array.isArray(value) ? writeArray(value, place, depth) : writeObject(value, place, depth);
}

function writeNumber(value: number, place: Place | null): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new ProtocolError('NUMBER', pointerOf(place));
  return String(value);
}

/** JSON.stringify writes a well-formed string exactly as RFC 8785 section 3.2.2.2 wants it. */
function writeString(value: string, place: Place | null): string {
  if (!isWellFormed(value)) throw new ProtocolError('SURROGATE', pointerOf(place));
  return JSON.stringify(value);
}

/** `Array.from` visits holes as undefined, which is refused; `map` would skip them. */
function writeArray(values: unknown[], place: Place | null, depth: number): string {
  if (Reflect.ownKeys(values).length !== values.length + 1) throw new ProtocolError('SHAPE', pointerOf(place));
  return `[${Array.from(values, (value, step) => write(value, { within: place, step }, depth + 1)).join(',')}]`;
}

/** Members in order of UTF-16 code units (RFC 8785 section 3.2.3), which is how `sort` compares strings. */
function writeObject(object: object, place: Place | null, depth: number): string {
  if (!isPlain(object)) throw new ProtocolError('SHAPE', pointerOf(place));
  const names = Object.keys(object).sort();
  if (Reflect.ownKeys(object).length !== names.length) throw new ProtocolError('SHAPE', pointerOf(place));
  const members = names.map((step) => {
    const here = { within: place, step };
    return `${writeString(step, here)}:${write((object as Record<string, unknown>)[step], here, depth + 1)}`;
  });
  return `{${members.join(',')}}`;
}

/** Made by `{}` (in any realm) or without prototype; instances of classes, dates and maps have a longer chain. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
