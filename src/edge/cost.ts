import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  getNullableType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { LimitExceeded } from '../common/errors.js';

/** Points that one operation may cost. A page of 100 with every field of its objects costs about 4 500. */
const MAX_COST = 5000;

const QUERY = 10;
const MUTATION = 100;
const LARGEST_PAGE = 100;
const POINTS_PER_CHARACTER = 5;
/** Characters beyond which a document can hold no more tokens that matter. */
const LONG_DOCUMENT = 4000;
/** Of a text in an answer. */
const CHARACTERS_PER_POINT = 1024;
/** Length that is assumed of a list which is not a page. */
const ASSUMED_LIST = 5;

/**
 * What an operation may cost before anything is read: a point for each field, as often as the lists around it are long, and more
 * for each field of the root, which reads the database or verifies signatures. A page is as long as its `first`. `__typename` costs
 * like any other field.
 *
 * The document has passed `documentLimits`, so its fragments can be spread out. Throws LimitExceeded for more than one operation may cost.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): number {
  const fragments = new Map(
    document.definitions
      .filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment.selectionSet]),
  );
  const perRootField = operation.operation === OperationTypeNode.MUTATION ? MUTATION : QUERY;

  const costOfSet = (set: SelectionSetNode, type: GraphQLCompositeType | undefined, page: number | null): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + costOfField(selection, type, page);
      const spread =
        selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value)!;
      return sum + costOfSet(spread, type, page);
    }, 0);

  const costOfField = (node: FieldNode, parent: GraphQLCompositeType | undefined, page: number | null): number => {
    const field = fieldOf(parent, node.name.value);
    if (!field) return 1;
    const type = getNamedType(field.type);
    const times = isListType(getNullableType(field.type)) ? (page ?? ASSUMED_LIST) : 1;
    const inside =
      node.selectionSet && isCompositeType(type)
        ? costOfSet(node.selectionSet, type, pageSize(field, node, variables))
        : 0;
    return times * (1 + inside);
  };

  const root = schema.getRootType(operation.operation) ?? undefined;
  const cost = operation.selectionSet.selections.length * perRootField + costOfSet(operation.selectionSet, root, null);
  if (cost > MAX_COST) throw new LimitExceeded('COST', MAX_COST);
  return cost;
}

/**
 * What it costs to read a document that is not remembered from before, whether it is valid or not: a thousand tokens made for it keep
 * GraphQL's own validation busy for 0.2 s. Values belong into variables, which cost nothing here.
 */
export function readingCost(source: string): number {
  return POINTS_PER_CHARACTER * Math.min(source.length, LONG_DOCUMENT);
}

/** What the operation turned out to cost: how many values its answer holds, lists and objects counted like their fields, and long texts more. */
export function sizeOf(answer: unknown): number {
  if (typeof answer === 'string') return 1 + Math.floor(answer.length / CHARACTERS_PER_POINT);
  if (typeof answer !== 'object' || answer === null) return 1;
  return Object.values(answer).reduce((sum: number, value) => sum + sizeOf(value), 1);
}

/** A field of the schema; none for `__typename`, nor on a union. */
function fieldOf(type: GraphQLCompositeType | undefined, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

/** The `first` of a field that has one; whether it is allowed is for the field to say. */
function pageSize(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Record<string, unknown>,
): number | null {
  if (!field.args.some(({ name }) => name === 'first')) return null;
  try {
    return Math.min(Math.max(Number(getArgumentValues(field, node, variables)['first']), 1), LARGEST_PAGE);
  } catch {
    return LARGEST_PAGE; // execution will refuse these arguments
  }
}
