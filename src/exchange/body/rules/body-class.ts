import { Field, InputType, ObjectType, type FieldOptions, type ReturnTypeFunc } from '@nestjs/graphql';
import { JSONSchema } from 'class-validator-jsonschema';
import { Visible } from '../../../access/visibility.js';
import { all, contribute } from './rule.js';

/**
 * One record of a signed payload. The class is three things at once: the rules the payload must keep (class-validator), the GraphQL
 * output type `name` and the input type `nameInput`, and the source of the JSON Schema.
 *
 * Body classes have no initialisers and no methods: what the sender left out must stay out of the signed text.
 */
export function BodyClass(name: string, description: string): ClassDecorator {
  return (target) => {
    InputType(`${name}Input`, { description })(target);
    ObjectType(name, { description })(target);
    Visible('released')(target);
    JSONSchema({ title: name, description })(target);
  };
}

/** A member of a record, described once for GraphQL and for the JSON Schema: what, in which unit, from which source. */
export function BodyField(type: ReturnTypeFunc, options: FieldOptions & { description: string }): PropertyDecorator {
  return all(Field(type, options), contribute({ description: options.description }));
}
