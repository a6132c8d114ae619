import { InvalidInput } from '../../common/errors.js';

/** The object under this name in a JSON body. Throws InvalidInput. */
export function checkRecord(body: unknown, name: string): Record<string, unknown> {
  const value = memberOf(body, name);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidInput([{ pointer: `/${name}`, rule: 'object', key: 'problem.record' }]);
}

/** The text under this name in a JSON body, at most 200 characters. Throws InvalidInput. */
export function checkText(body: unknown, name: string): string {
  const value = memberOf(body, name);
  if (typeof value === 'string' && value.length <= 200) return value;
  throw new InvalidInput([{ pointer: `/${name}`, rule: 'text', key: 'problem.textUpTo', params: { max: 200 } }]);
}

/** What an officer calls a device: at most 60 characters that show. Throws InvalidInput. */
export function checkDevice(device: string, pointer: string): string {
  if (/^\P{C}{1,60}$/u.test(device)) return device;
  throw new InvalidInput([{ pointer, rule: 'text', key: 'problem.textUpTo', params: { max: 60 } }]);
}

function memberOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined;
}
