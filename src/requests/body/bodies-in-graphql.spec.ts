import { beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, GraphQLSchemaBuilderModule, GraphQLSchemaFactory, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  getNamedType,
  graphql,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { AlertBody } from '../../alerts/body/alert-body.js';
import { aMethodAlertBody, anAlertBody, aPersonAlertBody } from '../../alerts/body/alert-body.example.js';
import { aHandling, aRecallBody, someNominalData } from '../../exchange/body/body.example.js';
import { Handling } from '../../exchange/body/handling.js';
import { NominalData } from '../../exchange/body/nominal-data.js';
import { RecallBody } from '../../exchange/body/recall-body.js';
import { validateBody } from '../../exchange/body/validate.js';
import { aFeedbackBody } from '../../feedback/body/feedback-body.example.js';
import { FeedbackBody } from '../../feedback/body/feedback-body.js';
import { AnswerBody } from './answer-body.js';
import { anAnswerBody, aRefusalBody, aRequestBody, aStandardRequestBody } from './request-body.example.js';
import { RequestBody } from './request-body.js';

/** Each mutation gives back what it was given: one class as input and as output. */
@Resolver()
class EchoResolver {
  @Query(() => Boolean)
  ready(): boolean {
    return true;
  }

  @Mutation(() => Handling)
  handling(@Args('input', { type: () => Handling }) input: Handling): Handling {
    return input;
  }

  @Mutation(() => NominalData)
  nominal(@Args('input', { type: () => NominalData }) input: NominalData): NominalData {
    return input;
  }

  @Mutation(() => AlertBody)
  alert(@Args('input', { type: () => AlertBody }) input: AlertBody): AlertBody {
    return input;
  }

  @Mutation(() => RecallBody)
  recall(@Args('input', { type: () => RecallBody }) input: RecallBody): RecallBody {
    return input;
  }

  @Mutation(() => RequestBody)
  request(@Args('input', { type: () => RequestBody }) input: RequestBody): RequestBody {
    return input;
  }

  @Mutation(() => AnswerBody)
  answer(@Args('input', { type: () => AnswerBody }) input: AnswerBody): AnswerBody {
    return input;
  }

  @Mutation(() => FeedbackBody)
  feedback(@Args('input', { type: () => FeedbackBody }) input: FeedbackBody): FeedbackBody {
    return input;
  }
}

@Module({ imports: [GraphQLSchemaBuilderModule] })
class SchemaModule {}

let schema: GraphQLSchema;

beforeAll(async () => {
  const context = await NestFactory.createApplicationContext(SchemaModule, { logger: false });
  schema = await context.get(GraphQLSchemaFactory).create([EchoResolver]);
  await context.close();
});

const ours = () => Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** Asks for every field, down to the leaves. */
function everythingOf(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).map((field) => {
    const named = getNamedType(field.type);
    return isLeafType(named) ? field.name : `${field.name} ${everythingOf(named as GraphQLObjectType)}`;
  });
  return `{ ${fields.join(' ')} }`;
}

const withoutNulls = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, member: unknown) => (member === null ? undefined : member)));

describe('bodies in GraphQL', () => {
  it('make an input type and an output type with the same fields from each class', () => {
    const outputs = ours().filter((type) => isObjectType(type) && type.name !== 'Query' && type.name !== 'Mutation');
    expect(outputs.length).toBeGreaterThan(30);
    for (const output of outputs) {
      const input = schema.getType(`${output.name}Input`);
      if (!isInputObjectType(input) || !isObjectType(output)) throw new Error(`${output.name} has no input type`);
      expect(Object.keys(input.getFields())).toEqual(Object.keys(output.getFields()));
      expect(Object.values(input.getFields()).map(({ type }) => String(type).replaceAll('Input', ''))).toEqual(
        Object.values(output.getFields()).map(({ type }) => String(type)),
      );
    }
  });

  it('describe every type, field and code', () => {
    const undescribed = ours().flatMap((type) => {
      if (type.name === 'Query' || type.name === 'Mutation' || (isLeafType(type) && !isEnumType(type))) return [];
      const members =
        isObjectType(type) || isInputObjectType(type)
          ? Object.values(type.getFields())
          : isEnumType(type)
            ? type.getValues()
            : [];
      return [type, ...members]
        .filter(({ description }) => !description?.trim())
        .map(({ name }) => `${type.name} ${name}`);
    });
    expect(undescribed).toEqual([]);
  });

  it.each<[string, string, new () => object, object]>([
    ['handling', 'Handling', Handling, aHandling({ codes: ['H3'], h3Text: 'Ask first.' })],
    ['nominal', 'NominalData', NominalData, someNominalData()],
    ['alert', 'AlertBody', AlertBody, anAlertBody()],
    ['alert', 'AlertBody', AlertBody, aPersonAlertBody()],
    ['alert', 'AlertBody', AlertBody, aMethodAlertBody()],
    ['recall', 'RecallBody', RecallBody, aRecallBody()],
    ['request', 'RequestBody', RequestBody, aRequestBody()],
    ['request', 'RequestBody', RequestBody, aStandardRequestBody()],
    ['answer', 'AnswerBody', AnswerBody, anAnswerBody()],
    ['answer', 'AnswerBody', AnswerBody, aRefusalBody()],
    ['feedback', 'FeedbackBody', FeedbackBody, aFeedbackBody()],
  ])('%s: what goes in as %s passes the rules and comes out unchanged', async (field, typeName, bodyClass, body) => {
    let seen: unknown;
    const type = schema.getType(typeName) as GraphQLObjectType;
    const result = await graphql({
      schema,
      source: `mutation ($input: ${typeName}Input!) { ${field}(input: $input) ${everythingOf(type)} }`,
      variableValues: { input: body },
      rootValue: {
        [field]: ({ input }: { input: object }) => {
          seen = input;
          return input;
        },
      },
    });
    expect(result.errors).toBeUndefined();
    expect(validateBody(bodyClass, seen)).toEqual({ value: body });
    expect(withoutNulls(result.data?.[field])).toEqual(body);
  });
});
