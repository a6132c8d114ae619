import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { type DocumentNode, type NameNode, OperationTypeNode, visit } from 'graphql';
import type { GraphqlContext } from './access/current-caller.js';
import type { ScopedDatabase } from './access/scoped-database.js';
import type { Clock } from './common/clock.js';
import { formatError, inLanguage } from './common/format-error.js';
import { languageOf } from './common/messages/messages.js';

/** Fields that may wait: an operation with one of them has no common transaction, each of its reads has its own. */
const WAITING_NAMES: ReadonlySet<string> = new Set(['changes']);

/**
 * Gives each query operation its one transaction. One that may open something is committed before the answer leaves, so that nothing is
 * shown whose access event was not stored; an answer without data leaves no event. Errors are put into the reader's language on the way out.
 */
export function operationPlugin(
  database: ScopedDatabase,
  recordedNames: ReadonlySet<string>,
  clock: Clock,
): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: async (): Promise<GraphQLRequestListener<GraphqlContext>> => ({
      didResolveOperation: async ({ operation, document, contextValue }) => {
        if (!contextValue.caller || operation?.operation !== OperationTypeNode.QUERY) return;
        if (usesAny(document, WAITING_NAMES)) return;
        database.openOperation(contextValue.caller, { readOnly: !usesAny(document, recordedNames) });
      },
      willSendResponse: async ({ response, contextValue }) => {
        if (response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        try {
          if (contextValue.caller)
            await database.closeOperation(contextValue.caller, { isShown: Boolean(singleResult.data) });
        } catch (error) {
          singleResult.data = null;
          singleResult.errors = [formatError({ message: '' }, error, clock)];
        }
        const language = languageOf(contextValue.request.headers['accept-language']);
        singleResult.errors = singleResult.errors?.map((error) => inLanguage(error, language));
        if (!singleResult.errors) delete singleResult.errors;
      },
    }),
  };
}

/** Whether a document has a field or an argument of one of these names, at any depth: a superset of what it opens. */
function usesAny(document: DocumentNode, names: ReadonlySet<string>): boolean {
  let found = false;
  const look = ({ name }: { name: NameNode }): void => {
    found ||= names.has(name.value);
  };
  visit(document, { Field: look, Argument: look });
  return found;
}
