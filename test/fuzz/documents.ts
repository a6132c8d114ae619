import {
  getOperationAST,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type NamedTypeNode,
  NoUnusedFragmentsRule,
  parse,
  specifiedRules,
  typeFromAST,
  validate,
} from 'graphql';
import { type Dice, oddText, oddValue } from './dice.js';

/** A GraphQL request: mostly as the schema wants it, sometimes nearly. */
export interface GraphqlRequest {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: unknown;
}

/** Values that arguments of these names may have. */
export type Known = Record<string, readonly unknown[]>;

const MAX_DEPTH = 6;

/** What a document is made of while it is being written. */
class Document {
  readonly variables: Record<string, unknown> = {};
  readonly declared: string[] = [];
  readonly fragments: string[] = [];

  constructor(
    private readonly dice: Dice,
    private readonly valueOf: (name: string, type: GraphQLInputType) => unknown,
  ) {}

  selection(type: GraphQLObjectType, depth: number): string {
    const { dice } = this;
    const fields = Object.values(type.getFields());
    const chosen = dice.some(1, depth === 0 ? 2 : 5, () => this.field(dice.pick(fields), depth));
    if (dice.chance(10)) chosen.push('__typename');
    if (dice.chance(2)) chosen.push(dice.pick(['nothing', '__schema { types { name } }', 'id { id }', '...Nowhere']));
    if (dice.chance(8)) chosen.push(`... on ${type.name} { ${chosen[0]} }`);
    if (dice.chance(8)) {
      const name = `F${this.fragments.length}`;
      this.fragments.push(`fragment ${name} on ${type.name} { ${dice.chance(5) ? `...${name}` : chosen[0]} }`);
      chosen.push(`...${name}`);
    }
    return `{ ${chosen.join(' ')} }`;
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const { dice } = this;
    const given = field.args.filter((argument) => isNonNullType(argument.type) || dice.chance(40));
    const passed = given.map((argument) => this.argument(argument));
    if (dice.chance(1)) passed.push(`${dice.pick(['first', 'id', 'x'])}: ${dice.pick(['1', '"x"', '$nowhere'])}`);
    const type = getNamedType(field.type);
    const alias = dice.chance(10) ? `${dice.pick(['a', 'b', 'id'])}: ` : '';
    const directive = dice.chance(6)
      ? dice.pick([
          ' @include(if: true)',
          ' @skip(if: false)',
          ' @skip(if: true)',
          ' @defer',
          ' @include(if: "x")',
          ' @x',
        ])
      : '';
    const inner = isObjectType(type) && !dice.chance(1) ? this.inner(type, depth) : '';
    return `${alias}${field.name}${passed.length > 0 ? `(${passed.join(', ')})` : ''}${directive} ${inner}`;
  }

  private inner(type: GraphQLObjectType, depth: number): string {
    return depth >= MAX_DEPTH ? '{ __typename }' : this.selection(type, depth + 1);
  }

  private argument({ name, type }: GraphQLArgument): string {
    const { dice } = this;
    const value = this.valueOf(name, type);
    if (dice.chance(25)) return `${name}: ${literal(value, type)}`;
    const variable = `v${this.declared.length}`;
    this.declared.push(`$${variable}: ${dice.chance(2) ? dice.pick(['Int', '[ID!]', 'Nothing']) : String(type)}`);
    if (!dice.chance(3)) this.variables[variable] = value;
    return `${name}: $${variable}`;
  }
}

/** An operation of the schema, its arguments filled from `known` where it has a value of that name. */
export function operationOf(dice: Dice, schema: GraphQLSchema, known: Known): GraphqlRequest {
  const isMutation = dice.chance(25);
  const root = (isMutation ? schema.getMutationType() : schema.getQueryType())!;
  const document = new Document(dice, (name, type) => valueOf(dice, known, name, type));
  const selection = document.selection(root, 0);
  const declared = document.declared.length > 0 ? `(${document.declared.join(', ')})` : '';
  const name = dice.chance(10) ? 'Named' : '';
  const query = `${isMutation ? 'mutation' : 'query'} ${name}${declared} ${selection} ${document.fragments.join(' ')}`;
  return {
    query,
    variables: dice.chance(3) ? { ...document.variables, extra: oddValue(dice) } : document.variables,
    ...(dice.chance(5) ? { operationName: dice.pick(['Named', 'Other', null, 1, '']) } : {}),
  };
}

/** A value of this type, mostly: one of `known` where it has some of that name. */
function valueOf(dice: Dice, known: Known, name: string, type: GraphQLInputType, depth = 0): unknown {
  if (dice.chance(4)) return oddValue(dice);
  if (isNonNullType(type)) return valueOf(dice, known, name, type.ofType, depth);
  if (isListType(type)) return dice.some(0, 2, () => valueOf(dice, known, name, type.ofType, depth));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || (depth < 4 && dice.chance(30)),
    );
    return Object.fromEntries(
      fields.map((field) => [field.name, valueOf(dice, known, field.name, field.type, depth + 1)]),
    );
  }
  if (isEnumType(type)) return dice.pick(type.getValues()).name;
  if (known[name] && dice.chance(85)) return dice.pick(known[name]);
  switch (String(type)) {
    case 'Int':
      return dice.pick([1, 2, 0, -1, 20, 100, 101, 2 ** 31]);
    case 'Float':
      return dice.pick([1, 0, -1.5, 1e300, 0.1]);
    case 'Boolean':
      return dice.chance(50);
    case 'DateTime':
      return dice.pick(['2026-01-01T00:00:00Z', '2030-12-31T23:59:59Z', 'yesterday', '2026-13-01T00:00:00Z']);
    default:
      return dice.chance(70) ? dice.pick(['x', 'A text of some words', 'VN', 'en', '1']) : oddText(dice);
  }
}

/** Variables for a document, by the types that it declares. */
export function variablesFor(dice: Dice, schema: GraphQLSchema, text: string, known: Known): Record<string, unknown> {
  const declared = getOperationAST(parse(text))?.variableDefinitions ?? [];
  const variables = declared.map(({ variable: { name }, type }) => {
    const input = typeFromAST(schema, type as NamedTypeNode) as GraphQLInputType;
    return [name.value, valueOf(dice, known, name.value, input)] as const;
  });
  return Object.fromEntries(variables);
}

/**
 * Documents as a console could have them: each field of Query and Mutation by itself, all that it takes as variables named like its
 * arguments. A console of today asks far fewer; whoever adds one finds it tried.
 */
export function consoleDocuments(diceFor: () => Dice, schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType()!, schema.getMutationType()!];
  return roots.flatMap((root) =>
    Object.values(root.getFields()).map((field) => {
      const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
      const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
      const head = `${root.name.toLowerCase()}${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`}`;
      const type = getNamedType(field.type);
      return `${head} ${isObjectType(type) ? validSelection(diceFor, schema, type) : ''} }`;
    }),
  );
}

/** A fragment alone is used by nothing. */
const RULES = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);

/** A selection that asks for nothing which is not there and takes no arguments of its own. */
function validSelection(diceFor: () => Dice, schema: GraphQLSchema, type: GraphQLObjectType): string {
  for (let tries = 0; tries < 20; tries += 1) {
    const document = new Document(diceFor(), () => null);
    const selection = document.selection(type, 2);
    const text = `fragment F on ${type.name} ${selection} ${document.fragments.join(' ')}`;
    const isWhole = document.declared.length === 0 && document.fragments.length === 0;
    if (isWhole && validate(schema, parse(text), RULES).length === 0) return selection;
  }
  return '{ __typename }';
}

/** A value as it stands in a document. */
function literal(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (Array.isArray(value)) {
    const item = isListType(type) ? type.ofType : type;
    return `[${value.map((each) => literal(each, item)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(type) ? type.getFields() : {};
    const members = Object.entries(value).map(
      ([name, each]) => `${name}: ${literal(each, fields[name]?.type ?? type)}`,
    );
    return `{ ${members.join(', ')} }`;
  }
  return isEnumType(type) && typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null');
}
