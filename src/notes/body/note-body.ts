import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { Language } from '../../exchange/body/rules/identifier.js';
import { LongText } from '../../exchange/body/rules/text.js';

@BodyClass(
  'NoteBody',
  'A note on an alert or a request: the body of a signed object of the kind "note". The envelope says on which. It moves nothing and owes nothing.',
)
export class NoteBody {
  @BodyField(() => String, { description: 'The note. No personal details: a note has no part for them.' })
  @LongText(2000)
  text: string;

  @BodyField(() => String, { description: 'Language of the note, ISO 639-1.' })
  @Language()
  language: string;
}
