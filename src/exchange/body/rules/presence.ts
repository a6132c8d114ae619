import { ValidateIf } from 'class-validator';
import type { KeyOf } from '../../../common/messages/messages.js';
import { all, rule, type Condition } from './rule.js';

/** May be left out. `null` is no way to leave something out. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_record, value) => value !== undefined);
}

/** Must be given when the condition holds, may be given otherwise. `when` completes "is required …". */
export function RequiredWhen<T extends object>(condition: Condition<T>, when: KeyOf<'when'>): PropertyDecorator {
  return all(
    ValidateIf((record: T, value) => value !== undefined || condition(record)),
    rule({
      name: 'required',
      key: 'problem.requiredWhen',
      params: { when: { key: when } },
      holds: (value) => value !== undefined,
    }),
  );
}

/** Must be left out unless the condition holds. `when` completes "may be given only …". Stands beside what says when it must be given. */
export function UnexpectedUnless<T extends object>(condition: Condition<T>, when: KeyOf<'when'>): PropertyDecorator {
  return rule({
    name: 'unexpected',
    key: 'problem.onlyWhen',
    params: { when: { key: when } },
    holds: (_value, record) => condition(record as T),
  });
}

/** Must be left out unless the condition holds; may be given then. */
export function OnlyWhen<T extends object>(condition: Condition<T>, when: KeyOf<'when'>): PropertyDecorator {
  return all(Optional(), UnexpectedUnless(condition, when));
}

/** Must be given when the condition holds and left out otherwise. */
export function ExactlyWhen<T extends object>(condition: Condition<T>, when: KeyOf<'when'>): PropertyDecorator {
  return all(RequiredWhen(condition, when), UnexpectedUnless(condition, when));
}
