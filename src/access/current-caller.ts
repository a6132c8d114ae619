import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the sign-in hook when the request carries a valid token. */
    caller?: Caller;
  }
}

/** What resolvers share during one GraphQL operation. */
export interface GraphqlContext {
  request: FastifyRequest;
  caller: Caller | undefined;
}

/** The caller of a GraphQL operation or an HTTP request, undefined when nobody is signed in. */
export function callerOf(context: ExecutionContext): Caller | undefined {
  if (context.getType<string>() === 'graphql') return context.getArgByIndex<GraphqlContext>(2).caller;
  return context.switchToHttp().getRequest<FastifyRequest>().caller;
}

/** The signed-in caller; the guard has already refused requests without one. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context)!,
);
