import { ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { nestedIn } from './rules/nested.js';

export interface JsonSchema {
  [keyword: string]: unknown;
  properties: Record<string, Record<string, unknown>>;
  required?: string[];
}

type Constructor = new () => object;

/**
 * JSON Schema (2020-12) of a body class and of the records inside it, from the same rules that `validateBody` keeps. Rules that look at
 * several members cannot be said in it; the hub checks them all the same. JSON Schema allows more than the hub, never less.
 */
export function jsonSchemaOf(bodyClass: new () => object, id?: string): JsonSchema {
  const inside = new Map<string, JsonSchema>();
  const own = schemaOf(bodyClass, inside);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(id === undefined ? {} : { $id: id }),
    ...own,
    ...(inside.size > 0 ? { $defs: Object.fromEntries(inside) } : {}),
  };
}

function schemaOf(type: Constructor, inside: Map<string, JsonSchema>): JsonSchema {
  const { properties, ...rest } = targetConstructorToSchema(type, {
    // Our decorators contribute their own parts; the library would guess from the property's type.
    additionalConverters: { [ValidationTypes.CUSTOM_VALIDATION]: {}, [ValidationTypes.NESTED_VALIDATION]: {} },
  }) as JsonSchema;
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => {
      const nested = nestedIn(type).get(name);
      if (!nested) return [name, member];
      const reference = { $ref: `#/$defs/${remember(nested.type(), inside)}` };
      return [name, nested.list ? { ...member, items: reference } : { ...member, ...reference }];
    }),
  );
  return { ...rest, properties: members, additionalProperties: false };
}

function remember(type: Constructor, inside: Map<string, JsonSchema>): string {
  if (!inside.has(type.name)) {
    inside.set(type.name, { properties: {} }); // taken, should the record contain itself
    inside.set(type.name, schemaOf(type, inside));
  }
  return type.name;
}
