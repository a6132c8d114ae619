import { ModulesContainer } from '@nestjs/core';
import { RequestMethod } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLOutputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  isUnionType,
} from 'graphql';

/** A root field of the schema, or a route. */
export interface Operation {
  type: 'Query' | 'Mutation' | 'Subscription' | 'HTTP';
  name: string;
  handler: (...args: never[]) => unknown;
  path?: string;
  method?: string;
}

/** Every resolver method of a root field and every route, found in Nest's container as Nest itself finds them. */
export function operationsOf(app: NestFastifyApplication): Operation[] {
  const found: Operation[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const holder of [...module.providers.values(), ...module.controllers.values()]) {
      const instance: unknown = holder.instance;
      if (typeof instance !== 'object' || instance === null || typeof holder.metatype !== 'function') continue;
      const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const member = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
        if (typeof member !== 'function' || name === 'constructor') continue;
        const handler = member as Operation['handler'];
        const type = Reflect.getMetadata('graphql:resolver_type', handler) as Operation['type'] | undefined;
        if (type !== undefined && ['Query', 'Mutation', 'Subscription'].includes(type)) {
          found.push({
            type,
            name: (Reflect.getMetadata('graphql:resolver_name', handler) as string) ?? name,
            handler,
          });
        }
        const paths = [Reflect.getMetadata('path', handler) as string | string[] | undefined].flat();
        for (const path of paths) {
          if (path === undefined || !module.controllers.has(holder.token)) continue;
          const base = (Reflect.getMetadata('path', holder.metatype) as string | undefined) ?? '';
          const method = RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod];
          const full = `/${base}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
          found.push({ type: 'HTTP', name: `${method} ${full}`, handler, path: full, method });
        }
      }
    }
  }
  return found;
}

/** The fewest arguments with which a field can be asked for. */
export function argumentsFor(args: readonly GraphQLArgument[]): string {
  const needed = args.filter(isRequiredArgument).map((argument) => `${argument.name}: ${literalFor(argument.type)}`);
  return needed.length === 0 ? '' : `(${needed.join(', ')})`;
}

export function literalFor(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalFor(type.ofType);
  if (isListType(type)) return `[${literalFor(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${literalFor(field.type)}`).join(', ')} }`;
  }
  if (type.name === 'Int' || type.name === 'Float') return '1';
  if (type.name === 'Boolean') return 'true';
  if (type.name === 'DateTime') return '"2026-01-01T00:00:00Z"';
  return '"00000000-0000-4000-8000-000000000000"';
}

/** The first scalar that a type leads to. */
export function selectionFor(type: GraphQLOutputType): string {
  if (isNonNullType(type) || isListType(type)) return selectionFor(type.ofType as GraphQLOutputType);
  if (isScalarType(type) || isEnumType(type)) return '';
  if (isUnionType(type)) return '{ __typename }';
  const fields = Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument));
  const leaf = fields.find((field) => selectionFor0(field.type) === '');
  return leaf ? `{ ${leaf.name} }` : '{ __typename }';
}

function selectionFor0(type: GraphQLOutputType): string | null {
  if (isNonNullType(type) || isListType(type)) return selectionFor0(type.ofType as GraphQLOutputType);
  return isScalarType(type) || isEnumType(type) ? '' : null;
}
