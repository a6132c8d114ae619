import { isUtf8 } from 'node:buffer';
import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidInput } from '../common/errors.js';
import { MAX_LIST } from './document-limits.js';

const MAX_DEPTH = 20;
const JSON_IN_UTF8 = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;

/**
 * Bodies are JSON in UTF-8 as it is, not compressed; everything else is refused with 415. Refused as well are
 *
 * - more levels or longer lists than any operation takes
 * - a member twice in one object: what checks a body and what executes it could each take another one
 * - a member `__proto__`
 */
export function takeOnlyJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => readJson(request, body),
  );
}

function readJson({ headers }: FastifyRequest, body: Buffer): unknown {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity' || !JSON_IN_UTF8.test(headers['content-type'] ?? '')) {
    throw new UnsupportedMediaTypeException();
  }
  return strictJson(body);
}

/** The value of a JSON text in UTF-8. Throws BadRequestException and InvalidInput. */
export function strictJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new BadRequestException();
  const text = bytes.toString();
  const value = parse(text);
  if (membersIn(value, '', 1) !== membersWritten(text))
    throw new InvalidInput([{ pointer: '', rule: 'duplicate', key: 'problem.memberTwice' }]);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequestException();
  }
}

/** How many members the objects of a value have, checking its form on the way. */
function membersIn(value: unknown, pointer: string, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) {
    throw new InvalidInput([{ pointer, rule: 'depth', key: 'problem.tooDeep', params: { max: MAX_DEPTH } }]);
  }
  if (Array.isArray(value) && value.length > MAX_LIST) {
    throw new InvalidInput([{ pointer, rule: 'list', key: 'problem.tooManyItems', params: { max: MAX_LIST } }]);
  }
  if (Object.hasOwn(value, '__proto__')) {
    throw new InvalidInput([{ pointer, rule: 'name', key: 'problem.forbiddenName' }]);
  }
  const entries = Object.entries(value);
  const inside = entries.reduce((sum, [name, member]) => sum + membersIn(member, `${pointer}/${name}`, depth + 1), 0);
  return inside + (Array.isArray(value) ? 0 : entries.length);
}

/** How many members valid JSON has as it is written: its colons outside of strings. */
function membersWritten(text: string): number {
  let members = 0;
  let isString = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '\\') i += 1;
    else if (character === '"') isString = !isString;
    else if (character === ':' && !isString) members += 1;
  }
  return members;
}
