import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { Problem } from '../../common/errors.js';
import type { KeyOf } from '../../common/messages/messages.js';
import { nestedIn } from './rules/nested.js';
import type { RuleContext } from './rules/rule.js';

export type Validated<T> = { value: T } | { problems: Problem[] };

type Constructor<T extends object = object> = new () => T;
type Plain = Record<string, unknown>;

const MAX_DEPTH = 16;
/** More members than any real body has: beyond that, checking each one would only serve whoever wants to keep the hub busy. */
const MAX_MEMBERS = 10_000;
const MAX_PROBLEMS = 100;
const TOO_LARGE: Problem = { pointer: '', rule: 'tooLarge', key: 'problem.tooLarge' };
/** Member names worth repeating in a pointer; any other is the client's text and may hold anything. */
const PRINTABLE_NAME = /^[A-Za-z0-9_]{1,64}$/;

/**
 * Checks a body against the rules of its class and returns it as plain data, exactly the members that were sent. Nothing is repaired or
 * dropped: what is signed is what was checked.
 *
 * 1. At most 16 levels and 10,000 members.
 * 2. Only what JSON can say, and no null (leave the member out); numbers are safe integers.
 * 3. No member that the class does not know, at any level, so neither `__proto__` nor `constructor`. class-validator's own whitelist
 *    would let names such as `hasOwnProperty` through.
 * 4. The rules of the class and of the records inside it.
 */
export function validateBody<T extends object>(bodyClass: new () => T, value: unknown): Validated<T> {
  const reading = new Reading();
  const body = reading.record(bodyClass, value, '', 0);
  if (reading.isTooLarge) return { problems: [TOO_LARGE] };
  if (!body) return { problems: reading.problems };

  const errors = validateSync(body.instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
  });
  const unread = new Set(reading.problems.map(({ pointer }) => pointer)); // what could not be read needs no second complaint
  const broken = errors.flatMap((error) => problemsOf(error, '')).filter(({ pointer }) => !unread.has(pointer));
  const problems = [...reading.problems, ...broken];
  if (problems.length > 0) return { problems: problems.slice(0, MAX_PROBLEMS) };
  return { value: body.copy as T };
}

/** The value if it keeps the rules of its class; otherwise undefined, with the problems added at this place in the whole input. */
export function checked<T extends object>(
  bodyClass: new () => T,
  value: unknown,
  at: string,
  problems: Problem[],
): T | undefined {
  const result = validateBody(bodyClass, value);
  if ('value' in result) return result.value;
  problems.push(...result.problems.map((problem) => ({ ...problem, pointer: `${at}${problem.pointer}` })));
  return undefined;
}

interface Read<C = unknown, I = unknown> {
  copy: C;
  instance: I;
}

/** One pass over an untrusted value: a plain copy to return, and instances of the body classes for class-validator to look at. */
class Reading {
  readonly problems: Problem[] = [];
  isTooLarge = false;
  private members = 0;

  record(type: Constructor, value: unknown, pointer: string, depth: number): Read<Plain, object> | null {
    if (!isPlainRecord(value)) return this.refuse(pointer, 'record', 'problem.record');

    const known = knownMembers(type);
    const nested = nestedIn(type);
    const copy: Plain = {};
    const instance = Object.create(type.prototype as object) as Plain;
    for (const [name, member] of Object.entries(value)) {
      if (this.hasReachedTheLimit(depth)) break;
      if (member === undefined) continue;
      const read = known.has(name)
        ? this.member(nested.get(name)?.type(), member, `${pointer}/${name}`, depth + 1)
        : this.refuseMember(pointer, name);
      if (read === null) continue;
      copy[name] = read.copy;
      instance[name] = read.instance;
    }
    return { copy, instance };
  }

  private member(type: Constructor | undefined, value: unknown, pointer: string, depth: number): Read | null {
    if (Array.isArray(value)) return this.list(type, value, pointer, depth);
    if (value === null) return this.refuse(pointer, 'null', 'problem.null');
    if (typeof value === 'string' || typeof value === 'boolean') return { copy: value, instance: value };
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { copy: value, instance: value };
      return this.refuse(pointer, 'number', 'problem.number');
    }
    if (type) return this.record(type, value, pointer, depth);
    return { copy: null, instance: {} }; // a record where a simple value belongs: the member's own rule refuses it
  }

  private list(
    type: Constructor | undefined,
    items: unknown[],
    pointer: string,
    depth: number,
  ): Read<unknown[], unknown[]> {
    const read: (Read | null)[] = [];
    for (const [i, item] of items.entries()) {
      if (this.hasReachedTheLimit(depth)) break;
      read.push(this.member(type, item, `${pointer}/${i}`, depth + 1));
    }
    return { copy: read.map((item) => item?.copy), instance: read.map((item) => item?.instance) };
  }

  private hasReachedTheLimit(depth: number): boolean {
    this.members += 1;
    this.isTooLarge ||= depth > MAX_DEPTH || this.members > MAX_MEMBERS;
    return this.isTooLarge;
  }

  private refuseMember(pointer: string, name: string): null {
    if (PRINTABLE_NAME.test(name)) return this.refuse(`${pointer}/${name}`, 'unknownMember', 'problem.unknown');
    return this.refuse(pointer, 'unknownMember', 'problem.unknownMember');
  }

  private refuse(pointer: string, rule: string, key: KeyOf<'problem'>): null {
    this.problems.push({ pointer, rule, key });
    return null;
  }
}

/** A record of JSON, of GraphQL (no prototype), or an instance of a body class as Nest's ValidationPipe makes them. */
function isPlainRecord(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  if (prototype === null || prototype === Object.prototype) return true;
  return typeof prototype.constructor === 'function' && knownMembers(prototype.constructor as Constructor).size > 0;
}

const knownByClass = new WeakMap<Constructor, ReadonlySet<string>>();

function knownMembers(type: Constructor): ReadonlySet<string> {
  const remembered = knownByClass.get(type);
  if (remembered) return remembered;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  const members = new Set(metadata.map(({ propertyName }) => propertyName));
  knownByClass.set(type, members);
  return members;
}

function problemsOf(error: ValidationError, parent: string): Problem[] {
  const pointer = `${parent}/${error.property}`;
  const contexts = (error.contexts ?? {}) as Record<string, RuleContext>;
  const broken = Object.keys(error.constraints ?? {});
  const children = (error.children ?? []).flatMap((child) => problemsOf(child, pointer));
  if (broken.length === 0) return children;
  if (error.value === undefined) {
    return [{ pointer, rule: 'required', ...(contexts['required']?.phrase ?? { key: 'problem.required' }) }];
  }
  const unexpected = contexts['unexpected'];
  if (unexpected) return [{ pointer, rule: 'unexpected', ...unexpected.phrase }];

  const own = broken
    .filter((rule) => rule !== 'nestedValidation') // our own rules "record" and "records" say it more exactly
    .flatMap((rule) => {
      const { phrase, at } = contexts[rule]!;
      const places = at?.(error.value, error.target ?? {}) ?? [];
      return (places.length > 0 ? places : ['']).map((place) => ({ pointer: pointer + place, rule, ...phrase }));
    });
  return [...own, ...children];
}
