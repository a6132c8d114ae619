import { Controller, Get, Header } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { Allow } from './access/permission.js';

/** The GraphQL schema with its descriptions, for signed-in clients: the manual of partner agencies. Introspection is off. */
@Controller()
export class SchemaController {
  private text: string | undefined;

  constructor(private readonly schemaHost: GraphQLSchemaHost) {}

  @Get('schema.graphql')
  @Allow('directory.read')
  @Header('content-type', 'text/plain; charset=utf-8')
  schema(): string {
    return (this.text ??= schemaText(this.schemaHost));
  }
}

/** The schema as it is committed and served. */
export function schemaText(host: GraphQLSchemaHost): string {
  return `# Written by the server (npm run schema); do not edit.\n\n${printSchema(lexicographicSortSchema(host.schema))}\n`;
}
