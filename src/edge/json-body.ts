import { isUtf8 } from 'node:buffer';
import { BadRequestException, PayloadTooLargeException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidInput } from '../common/errors.js';
import { MAX_LIST } from './document-limits.js';
import { type Limits, OWN_ADDRESS, principalOf } from './limits.js';

const MAX_DEPTH = 20;
/** Of whoever has not shown who they are: what signs in is short. */
const STRANGERS_BYTES = 64 * 1024;
/** Values of one body, about; a page of signed objects has some hundreds, and what signs in some dozens. */
const MAX_VALUES = 20_000;
const STRANGERS_VALUES = 1_000;
const BYTES_PER_POINT = 1024;
const VALUES_PER_POINT = 10;
const JSON_IN_UTF8 = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;

/**
 * Bodies are JSON in UTF-8 as it is, not compressed; everything else is refused with 415. Refused as well are
 *
 * - more than 64 kB or a thousand values from whoever has not signed in (413); where the length is told, before any of it is taken
 * - more levels, longer lists or more values than any operation takes
 * - a member twice in one object: what checks a body and what executes it could each take another one
 * - a member `__proto__`
 *
 * Before a body is read it costs its caller points, wherever it was sent.
 */
export function takeOnlyJson(fastify: FastifyInstance, limits: Limits): void {
  fastify.addHook('preParsing', async ({ headers, caller, socket }) => {
    const isJson = headers['content-type']?.toLowerCase().startsWith('application/json');
    if (!isJson || caller || socket.remoteAddress === OWN_ADDRESS) return;
    if (Number(headers['content-length'] ?? 0) > STRANGERS_BYTES) throw new PayloadTooLargeException();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => readJson(request, body, limits),
  );
}

async function readJson(request: FastifyRequest, body: Buffer, limits: Limits): Promise<unknown> {
  const { headers, caller, socket } = request;
  const isOwn = socket.remoteAddress === OWN_ADDRESS;
  const written = countWritten(body);
  if (!caller && !isOwn && (body.length > STRANGERS_BYTES || written.values > STRANGERS_VALUES)) {
    throw new PayloadTooLargeException();
  }
  if (!isOwn) await limits.points.take(principalOf(request), readingCost(body, written));
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity' || !JSON_IN_UTF8.test(headers['content-type'] ?? '')) {
    throw new UnsupportedMediaTypeException();
  }
  return valueOf(body, written);
}

/** The value of a JSON text in UTF-8. Throws BadRequestException and InvalidInput. */
export function strictJson(bytes: Buffer): unknown {
  return valueOf(bytes, countWritten(bytes));
}

function readingCost({ length }: Buffer, { values }: Written): number {
  return Math.floor(length / BYTES_PER_POINT) + Math.floor(values / VALUES_PER_POINT);
}

function valueOf(bytes: Buffer, { members, values }: Written): unknown {
  if (!isUtf8(bytes)) throw new BadRequestException();
  if (values > MAX_VALUES) {
    throw new InvalidInput([
      { pointer: '', rule: 'values', key: 'problem.tooManyValues', params: { max: MAX_VALUES } },
    ]);
  }
  const value = parse(bytes.toString());
  if (membersIn(value, '', 1) !== members)
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

/** What a JSON text holds as it is written. */
interface Written {
  members: number;
  /** About: each member and each item after the first of its list. */
  values: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** Counts what stands outside of strings, before anything is made of it. Of what is no JSON it says nothing. */
function countWritten(bytes: Buffer): Written {
  let members = 0;
  let values = 0;
  let isString = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === BACKSLASH) i += 1;
    else if (byte === QUOTE) isString = !isString;
    else if (isString) continue;
    else if (byte === COLON) members += 1;
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) values += 1;
  }
  return { members, values };
}
