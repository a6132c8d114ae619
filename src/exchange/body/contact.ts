import { BodyClass, BodyField } from './rules/body-class.js';
import { Mailbox, PhoneNumber } from './rules/identifier.js';
import { Optional } from './rules/presence.js';
import { UnitCode } from './rules/reference.js';
import { Check } from './rules/rule.js';

@BodyClass('Contact', 'How to reach a unit. A function, never a person.')
export class Contact {
  @BodyField(() => String, { description: 'Code of the unit in the directory.' })
  @UnitCode()
  @Check<Contact>(
    'reachable',
    'problem.reachable',
    ({ phone, mailbox }) => phone !== undefined || mailbox !== undefined,
  )
  unit: string;

  @BodyField(() => String, { nullable: true, description: 'Telephone number, E.164: plus and digits only.' })
  @Optional()
  @PhoneNumber()
  phone?: string;

  @BodyField(() => String, { nullable: true, description: 'Functional mailbox of the unit.' })
  @Optional()
  @Mailbox()
  mailbox?: string;
}
