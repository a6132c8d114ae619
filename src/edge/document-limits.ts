import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { LimitExceeded } from '../common/errors.js';

/** Tokens of a document; graphql-js itself stops reading there. */
export const MAX_TOKENS = 1000;
/** Values of one list, in a document and in variables. */
export const MAX_LIST = 200;

/** A thread read from a page is 10 levels deep. */
const MAX_DEPTH = 12;
const MAX_ALIASES = 10;
const MAX_DIRECTIVES = 10;
/** Each mutation stands in a request of its own, so that none can be tried many times in one. */
const MAX_MUTATIONS = 1;
/** Selections once every fragment is spread out; bounds the work of looking at a document. */
const MAX_SELECTIONS = 2000;

/**
 * A validation rule of GraphQL: refuses, with LIMIT_EXCEEDED and the limit's name in `sub`, a document that has too many
 *
 * - DEPTH: levels of fields
 * - ALIASES: aliases, each counted as often as its fragment is spread
 * - DIRECTIVES: directives
 * - MUTATIONS: fields of a mutation
 * - LIST: values in a list
 * - SELECTIONS: fields and spreads in all
 */
export function documentLimits(context: ValidationContext): ASTVisitor {
  let directives = 0;
  const refuse = (sub: string, limit: number): void => reject(context, new LimitExceeded(sub, limit));
  return {
    Directive: () => {
      directives += 1;
      if (directives === MAX_DIRECTIVES + 1) refuse('DIRECTIVES', MAX_DIRECTIVES);
    },
    ListValue: ({ values }) => {
      if (values.length > MAX_LIST) refuse('LIST', MAX_LIST);
    },
    OperationDefinition: ({ operation, selectionSet }) => {
      const walk = new Walk((name) => context.getFragment(name) ?? undefined, operation === OperationTypeNode.MUTATION);
      try {
        walk.through(selectionSet, 1, []);
      } catch (error) {
        if (!(error instanceof LimitExceeded)) throw error;
        reject(context, error);
      }
    },
  };
}

function reject(context: ValidationContext, error: LimitExceeded): void {
  context.reportError(new GraphQLError(error.message, { originalError: error }));
}

/** One walk through an operation as it would be executed. Throws LimitExceeded at the first limit that it meets. */
class Walk {
  private selections = 0;
  private aliases = 0;
  private mutations = 0;

  constructor(
    private readonly fragment: (name: string) => FragmentDefinitionNode | undefined,
    private readonly isMutation: boolean,
  ) {}

  /** `depth` is that of the fields in this set; `spread` names the fragments that it stands in, since they may form a circle. */
  through(set: SelectionSetNode, depth: number, spread: readonly string[]): void {
    for (const selection of set.selections) {
      this.selections = counted(this.selections, 'SELECTIONS', MAX_SELECTIONS);
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.through(selection.selectionSet, depth, spread);
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        const fragment = spread.includes(name) ? undefined : this.fragment(name);
        if (fragment) this.through(fragment.selectionSet, depth, [...spread, name]);
      } else {
        if (depth > MAX_DEPTH) throw new LimitExceeded('DEPTH', MAX_DEPTH);
        if (selection.alias) this.aliases = counted(this.aliases, 'ALIASES', MAX_ALIASES);
        if (this.isMutation && depth === 1) this.mutations = counted(this.mutations, 'MUTATIONS', MAX_MUTATIONS);
        if (selection.selectionSet) this.through(selection.selectionSet, depth + 1, spread);
      }
    }
  }
}

function counted(count: number, sub: string, limit: number): number {
  if (count === limit) throw new LimitExceeded(sub, limit);
  return count + 1;
}
