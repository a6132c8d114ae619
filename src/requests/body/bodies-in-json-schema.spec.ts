import { describe, expect, it } from '@jest/globals';
import { AlertBody } from '../../alerts/body/alert-body.js';
import { aMethodAlertBody, anAlertBody, aPersonAlertBody } from '../../alerts/body/alert-body.example.js';
import { aHandling, aRecallBody, someNominalData } from '../../exchange/body/body.example.js';
import { Handling } from '../../exchange/body/handling.js';
import { jsonSchemaOf, type JsonSchema } from '../../exchange/body/json-schema.js';
import { NominalData } from '../../exchange/body/nominal-data.js';
import { RecallBody } from '../../exchange/body/recall-body.js';
import { aFeedbackBody } from '../../feedback/body/feedback-body.example.js';
import { FeedbackBody } from '../../feedback/body/feedback-body.js';
import { AnswerBody } from './answer-body.js';
import { anAnswerBody, aRefusalBody, aRequestBody, aStandardRequestBody } from './request-body.example.js';
import { RequestBody } from './request-body.js';

interface Part {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Part;
  properties?: Record<string, Part>;
  required?: string[];
  additionalProperties?: boolean;
}

const KEYWORDS = new Set([
  '$ref', 'type', 'enum', 'pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'uniqueItems', 'items',
  'properties', 'required', 'additionalProperties', 'title', 'description', '$schema', '$id', '$defs',
]); // prettier-ignore

/** As much of JSON Schema as our schemas use: where a value does not conform. */
function breaks(schema: Part, value: unknown, defs: Record<string, Part>, at = ''): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) return [`${at} keyword ${unknown.join(' ')}`];
  if (schema.$ref) return breaks(defs[schema.$ref.replace('#/$defs/', '')] ?? { type: 'nothing' }, value, defs, at);
  if (schema.enum && !schema.enum.includes(value)) return [`${at} enum`];
  switch (schema.type) {
    case 'string': {
      const { minLength = 0, maxLength = Infinity, pattern = '' } = schema;
      const isRight =
        typeof value === 'string' &&
        value.length >= minLength &&
        value.length <= maxLength &&
        new RegExp(pattern, 'u').test(value);
      return isRight ? [] : [`${at} string`];
    }
    case 'integer': {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      return Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
        ? []
        : [`${at} integer`];
    }
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} boolean`];
    case 'array': {
      const { minItems = 0, maxItems = Infinity, items = {} } = schema;
      if (!Array.isArray(value) || value.length < minItems || value.length > maxItems) return [`${at} array`];
      return value.flatMap((item, i) => breaks(items, item, defs, `${at}/${i}`));
    }
    case 'object': {
      if (typeof value !== 'object' || value === null) return [`${at} object`];
      const { properties = {}, required = [] } = schema;
      const missing = required.filter((name) => !(name in value)).map((name) => `${at}/${name} required`);
      const members = Object.entries(value).flatMap(([name, member]) =>
        Object.hasOwn(properties, name)
          ? breaks(properties[name] ?? {}, member, defs, `${at}/${name}`)
          : [`${at}/${name} additional`],
      );
      return [...missing, ...members];
    }
    default:
      return [`${at} type ${schema.type}`];
  }
}

const conforms = (schema: JsonSchema, value: unknown): string[] =>
  breaks(schema, value, (schema['$defs'] ?? {}) as Record<string, Part>);

const BODIES: [string, new () => object, object][] = [
  ['handling', Handling, aHandling()],
  ['nominal data', NominalData, someNominalData()],
  ['alert about a consignment', AlertBody, anAlertBody()],
  ['alert about a person', AlertBody, aPersonAlertBody()],
  ['alert about a method', AlertBody, aMethodAlertBody()],
  ['recall', RecallBody, aRecallBody()],
  ['request', RequestBody, aRequestBody()],
  ['request with standard questions', RequestBody, aStandardRequestBody()],
  ['answer', AnswerBody, anAnswerBody()],
  ['refusal', AnswerBody, aRefusalBody()],
  ['report of the result', FeedbackBody, aFeedbackBody()],
];

describe.each(BODIES)('JSON Schema of %s', (_, bodyClass, body) => {
  const schema = jsonSchemaOf(bodyClass, 'https://hub.example/schemas/x.v1.json');
  const records = [schema as Part, ...Object.values((schema['$defs'] ?? {}) as Record<string, Part>)];

  it('accepts the example', () => {
    expect(conforms(schema, body)).toEqual([]);
  });

  it('refuses an unknown and a missing member', () => {
    const [required = ''] = schema.required ?? [];
    expect(conforms(schema, { ...body, extra: 1 })).toEqual(['/extra additional']);
    expect(conforms(schema, { ...body, [required]: 5 })).not.toEqual([]);
    expect(conforms(schema, Object.fromEntries(Object.entries(body).filter(([name]) => name !== required)))).toEqual([
      `/${required} required`,
    ]);
  });

  it('closes and describes every record, and bounds every text and list', () => {
    for (const record of records) {
      expect(record).toMatchObject({
        type: 'object',
        additionalProperties: false,
        title: expect.any(String),
        description: expect.any(String),
      });
      for (const [name, member] of Object.entries(record.properties ?? {})) {
        const leaf = member.items ?? member;
        expect([name, member]).toEqual([name, expect.objectContaining({ description: expect.any(String) })]);
        if (member.type === 'array')
          expect(member).toMatchObject({ minItems: 1, maxItems: expect.any(Number), items: expect.any(Object) });
        if (leaf.type === 'string')
          expect([name, leaf.maxLength ?? leaf.pattern ?? leaf.enum]).not.toEqual([name, undefined]);
        if (!leaf.$ref) expect(['string', 'integer', 'boolean']).toContain(leaf.type);
      }
    }
  });

  it('names the version of JSON Schema and itself, and is JSON', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://hub.example/schemas/x.v1.json',
    });
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});

it('asks for what is always required and for nothing that depends on other members', () => {
  const { required } = jsonSchemaOf(Handling);
  expect(required).toEqual(['codes', 'classification', 'onwardRule', 'evidenceUse', 'legalBasis']);
});
