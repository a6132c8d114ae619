import { RecallReason } from '../../common/codes/alert-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { Optional } from './rules/presence.js';
import { LongText } from './rules/text.js';
import { UtcTime } from './rules/time.js';

@BodyClass(
  'RecallBody',
  'Why an object is withdrawn: the body of a signed object of the kind "recall". The envelope says which object. Every reader must stop using it.',
)
export class RecallBody {
  @BodyField(() => RecallReason, { description: 'Reason.' })
  @CodeOf(RecallReason)
  reason: RecallReason;

  @BodyField(() => String, {
    description: 'The reason in words, and what readers who have used the object should do. No personal details.',
  })
  @LongText(2000)
  text: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'From when the object must not be used, UTC. Absent: it should never have been used.',
  })
  @Optional()
  @UtcTime()
  appliesFrom?: string;
}
