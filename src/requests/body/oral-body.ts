import { Urgency } from '../../common/codes/alert-codes.js';
import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { CodeOf } from '../../exchange/body/rules/code.js';
import { Language } from '../../exchange/body/rules/identifier.js';
import { Optional } from '../../exchange/body/rules/presence.js';
import { OfficerPseudonym, Reference } from '../../exchange/body/rules/reference.js';
import { LongText } from '../../exchange/body/rules/text.js';
import { UtcTime } from '../../exchange/body/rules/time.js';

@BodyClass(
  'OralBody',
  'A request for assistance that came by word of mouth, as the side that was asked notes it: the body of a signed object of the kind "oral". Whoever asked confirms it by a request in writing that names it.',
)
export class OralBody {
  @BodyField(() => String, {
    description: 'Reference that people quote, unique within the agency that was asked: VN-ORL-2026-MPLRSA.',
  })
  @Reference('ORL')
  ref: string;

  @BodyField(() => String, { description: 'Language of the note, ISO 639-1; one that the side which asked accepts.' })
  @Language()
  language: string;

  @BodyField(() => String, { nullable: true, description: 'Pseudonym of the officer who asked, where it is known.' })
  @Optional()
  @OfficerPseudonym()
  by?: string;

  @BodyField(() => String, { description: 'When it was asked, UTC; not after the note was made.' })
  @UtcTime()
  at: string;

  @BodyField(() => String, { description: 'What was asked, as it was understood. No personal details.' })
  @LongText(2000)
  text: string;

  @BodyField(() => Urgency, { description: 'How urgent it was said to be. The time to confirm it depends on it.' })
  @CodeOf(Urgency)
  urgency: Urgency;
}
