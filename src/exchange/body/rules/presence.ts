import { ValidateIf } from 'class-validator';
import { all, rule, type Condition } from './rule.js';

/** May be left out. `null` is no way to leave something out. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_record, value) => value !== undefined);
}

/** Must be given when the condition holds, may be given otherwise. `when` completes "is required …". */
export function RequiredWhen<T extends object>(condition: Condition<T>, when: string): PropertyDecorator {
  return all(
    ValidateIf((record: T, value) => value !== undefined || condition(record)),
    rule({ name: 'required', message: `is required ${when}`, holds: (value) => value !== undefined }),
  );
}

/** Must be left out unless the condition holds; may be given then. `when` completes "may be given only …". */
export function OnlyWhen<T extends object>(condition: Condition<T>, when: string): PropertyDecorator {
  return all(
    Optional(),
    rule({
      name: 'unexpected',
      message: `may be given only ${when}`,
      holds: (_value, record) => condition(record as T),
    }),
  );
}

/** Must be given when the condition holds and left out otherwise. */
export function ExactlyWhen<T extends object>(condition: Condition<T>, when: string): PropertyDecorator {
  return all(
    RequiredWhen(condition, when),
    rule({
      name: 'unexpected',
      message: `may be given only ${when}`,
      holds: (_value, record) => condition(record as T),
    }),
  );
}
