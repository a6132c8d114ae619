import { type ApolloServerPlugin, type GraphQLRequestListener, HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { GraphqlContext } from '../access/current-caller.js';
import { HubError, InvalidInput, RateLimited } from '../common/errors.js';
import { costOf, readingCost, sizeOf } from './cost.js';
import { type Limits, principalOf } from './limits.js';

/**
 * Decides, once a document is known to be valid and before anything of it is executed, whether its caller may have it executed now:
 *
 * - no subscription: these come over a socket (`src/sockets`)
 * - no variable that the operation does not declare
 * - it costs no more than one operation may
 * - too many answers NOT_FOUND in this minute close everything; too many bad signatures close mutations
 * - the caller's points of this minute suffice, and not too many of the caller's operations are under way
 *
 * A document that is read for the first time is charged for that, and afterwards what its answer held beyond the estimate. Who has
 * nothing left does not come here (`mountEdge`).
 */
export function limitsPlugin(limits: Limits): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: async ({ contextValue }): Promise<GraphQLRequestListener<GraphqlContext>> => {
      const principal = principalOf(contextValue.request);
      let paid: number | null = null;

      const admit = async (operation: OperationDefinitionNode, cost: number): Promise<void> => {
        await limits.notFound.check(principal);
        if (operation.operation === OperationTypeNode.MUTATION) await limits.badSignatures.check(principal);
        await limits.points.take(principal, cost);
        limits.operations.enter(principal.key);
        paid = cost;
      };

      return {
        parsingDidStart: async ({ source }) => limits.points.charge(principal, readingCost(source)),
        didResolveOperation: async ({ schema, document, operation, request }) => {
          if (!operation) return; // several operations and no name: execution refuses it
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw overSocketOnly();
          try {
            const variables = request.variables ?? {};
            const unknown = unknownIn(variables, operation);
            await limits.points.charge(principal, unknown.length);
            refuseUnknown(unknown);
            await admit(operation, costOf(schema, document, operation, variables));
          } catch (error) {
            throw error instanceof HubError ? beforeExecution(error) : error;
          }
        },
        willSendResponse: async ({ response }) => {
          if (paid === null) return;
          limits.operations.leave(principal.key);
          if (response.body.kind !== 'single') return;
          const { data, errors = [] } = response.body.singleResult;
          await limits.points.charge(principal, Math.max(0, sizeOf(data) - paid));
          await limits.notFound.charge(principal, countOf(errors, 'NOT_FOUND'));
          await limits.badSignatures.charge(principal, countOf(errors, 'BAD_SIGNED_OBJECT'));
        },
      };
    },
  };
}

/** So many variables that nobody asked for are named. */
const MOST_NAMED = 10;

/** The names of variables that the operation does not declare. */
export function unknownIn(
  variables: Record<string, unknown>,
  { variableDefinitions = [] }: OperationDefinitionNode,
): string[] {
  const declared = new Set(variableDefinitions.map(({ variable }) => variable.name.value));
  return Object.keys(variables).filter((name) => !declared.has(name));
}

/** Throws InvalidInput where there are any, which names the first of them: the answer must not be longer than the question. */
export function refuseUnknown(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new InvalidInput(
    unknown.slice(0, MOST_NAMED).map((name) => ({
      pointer: `/variables/${name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`,
      rule: 'unknown',
      key: 'problem.undeclaredVariable',
    })),
  );
}

function overSocketOnly(): GraphQLError {
  const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
  return new GraphQLError('Subscriptions are taken over a WebSocket at /graphql/socket', { extensions });
}

/** As GraphQL over HTTP has it: an operation that was not executed is answered with a status of its own. */
function beforeExecution(error: HubError): GraphQLError {
  const { retryAfter } = error.details;
  const headers = new HeaderMap(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]);
  const http = { status: error instanceof RateLimited ? 429 : 400, headers };
  return new GraphQLError(error.message, { originalError: error, extensions: { http } });
}

function countOf(errors: readonly GraphQLFormattedError[], code: string): number {
  return errors.filter(({ extensions }) => extensions?.['code'] === code).length;
}
