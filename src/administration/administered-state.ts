import { InvalidInput } from '../common/errors.js';
import type { KeyOf } from '../common/messages/messages.js';
import { validateBody } from '../exchange/body/validate.js';
import { AGENCY, UNIT } from '../protocol/envelope.js';
import { formatTimestamp } from '../protocol/timestamp.js';
import type {
  ConnectionInput,
  NewUnitInput,
  OfficerInput,
  RulesInput,
  SessionLimitsInput,
  UnitInput,
} from './administered.inputs.js';
import type { State } from './changes.service.js';

type Input = OfficerInput | UnitInput | NewUnitInput | ConnectionInput | RulesInput | SessionLimitsInput;

/**
 * An input that keeps its rules, as the database has it: every member that the class may have, null for what was left out. Throws
 * InvalidInput with what is wrong at each field.
 */
export function stateOf<T extends Input>(inputClass: new () => T, input: T, optional: readonly string[]): State {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const result = validateBody(inputClass, given);
  if ('problems' in result) {
    throw new InvalidInput(result.problems.map((each) => ({ ...each, pointer: `/input${each.pointer}` })));
  }
  const open = optional.map((name): [string, null] => [name, null]);
  const members = Object.entries(result.value) as [string, State[string]][];
  return Object.fromEntries([...open, ...members.map(([name, value]) => [name, asStored(name, value)] as const)]);
}

/** Lists are compared as sets, so they are written in one order: that of their code points. */
function asStored(name: string, value: State[string]): State[string] {
  if (name === 'clearance') return value === 'UNCLASSIFIED' ? 0 : 1;
  return Array.isArray(value) ? [...(value as readonly string[])].sort() : value;
}

/** The end of an officer, effective at once: rounded down to the second, so it has passed. */
export function endedNow(): State {
  return { validUntil: formatTimestamp(new Date()) };
}

/** The end of a connection for which none was said. */
export function inAYear(): string {
  const end = new Date();
  end.setUTCFullYear(end.getUTCFullYear() + 1);
  return formatTimestamp(end);
}

/** Codes of units, agencies and officers as PostgreSQL can compare them; anything else is the client's mistake. */
export const checkUnit = (code: string): string => checkForm(code, UNIT, '/unit', 'form.unit');
export const checkAgency = (code: string): string => checkForm(code, AGENCY, '/agency', 'form.agency');
export const checkOfficer = (pseudonym: string): string =>
  checkForm(pseudonym, /^p:[A-Za-z0-9_-]{6,40}$/, '/officer', 'form.officer');

function checkForm(text: string, pattern: RegExp, pointer: string, form: KeyOf<'form'>): string {
  if (pattern.test(text)) return text;
  throw new InvalidInput([{ pointer, rule: 'pattern', key: 'problem.form', params: { form: { key: form } } }]);
}
