import { InvalidArgumentError } from 'commander';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of an object; a file name and a variable of a query are made of it. */
export function objectId(value: string): string {
  if (UUID.test(value)) return value;
  throw new InvalidArgumentError('UUID');
}

export function objectIds(value: string, before: string[] = []): string[] {
  return [...before, objectId(value)];
}
