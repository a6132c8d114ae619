import type { EntityManager } from 'typeorm';
import { databaseDetail, databaseFault } from '../common/database-fault.js';
import { prepared } from './prepared.js';

/** A call of one of our own functions in PostgreSQL (schema `cmd`). */
export interface Command {
  /** Under which each connection keeps its plan. */
  name: string;
  text: string;
  values?: unknown[];
}

/** Runs a command. What PostgreSQL refuses is thrown in the API's words, which the caller has for each fault; any other error as it is. */
export async function command<Row>(
  tx: EntityManager,
  { name, text, values = [] }: Command,
  refusalOf: (fault: string, detail: string | undefined) => Error,
): Promise<Row[]> {
  try {
    return await prepared<Row>(tx, name, text, values);
  } catch (error) {
    const fault = databaseFault(error);
    throw fault === undefined ? error : refusalOf(fault, databaseDetail(error));
  }
}
