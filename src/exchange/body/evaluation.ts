import { EvaluationScheme, InformationGrade, SourceGrade } from '../../common/codes/evaluation-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { Optional } from './rules/presence.js';
import { LongText } from './rules/text.js';

@BodyClass(
  'Evaluation',
  'Grade of a statement: the source and the information are graded independently. The source is never named.',
)
export class Evaluation {
  // Scheme and information are strings in GraphQL, whose names cannot begin with a digit: input and signed text then have one form.
  @BodyField(() => String, { description: 'The scheme of grades: "4X4" (Europol).' })
  @CodeOf(EvaluationScheme)
  scheme: EvaluationScheme;

  @BodyField(() => SourceGrade, { description: 'Grade of the source.' })
  @CodeOf(SourceGrade)
  source: SourceGrade;

  @BodyField(() => String, {
    description:
      'Grade of the information. "1": not in doubt. "2": known to the source personally. "3": not known to the source personally, but backed by other information. "4": neither.',
  })
  @CodeOf(InformationGrade)
  information: InformationGrade;

  @BodyField(() => String, { nullable: true, description: 'Why it is graded so, without a hint at who the source is.' })
  @Optional()
  @LongText(1000)
  rationale?: string;
}
