import { EvaluationScheme, GRADES } from '../../common/codes/evaluation-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { Optional } from './rules/presence.js';
import { all, Check } from './rules/rule.js';
import { LongText } from './rules/text.js';

/** A grade of the scheme that stands beside it. */
function GradeOf(of: 'source' | 'information'): PropertyDecorator {
  const ofAny = Object.assign({}, ...Object.values(GRADES).map((grades) => grades[of])) as Record<string, string>;
  return all(
    CodeOf(ofAny),
    Check<Evaluation>('grade', 'problem.grade', ({ scheme, [of]: grade }) => {
      // Another rule says so where there is no such scheme, or no such grade in any.
      const grades = Object.hasOwn(GRADES, scheme) ? GRADES[scheme][of] : ofAny;
      return Object.hasOwn(grades, grade) || !Object.hasOwn(ofAny, grade);
    }),
  );
}

@BodyClass(
  'Evaluation',
  'Grade of a statement: the source and the information are graded independently. The source is never named.',
)
export class Evaluation {
  // All three are strings in GraphQL, whose names cannot begin with a digit: input and signed text then have one form.
  @BodyField(() => String, {
    description: 'The scheme of grades: "4X4" (Europol), "ADMIRALTY", "3X5X2" (United Kingdom). Kept as it was given.',
  })
  @CodeOf(EvaluationScheme)
  scheme: EvaluationScheme;

  @BodyField(() => String, {
    description:
      'Grade of the source. 4X4: A always reliable so far, B mostly reliable, C mostly unreliable, X not to be assessed. ADMIRALTY: A completely, B usually, C fairly reliable, D not usually reliable, E unreliable, F not to be judged. 3X5X2: 1 reliable, 2 untested, 3 not reliable.',
  })
  @GradeOf('source')
  source: string;

  @BodyField(() => String, {
    description:
      'Grade of the information. 4X4: 1 not in doubt, 2 known to the source personally, 3 not known to the source personally but backed by other information, 4 neither. ADMIRALTY: 1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 not to be judged. 3X5X2: A known directly, B known indirectly and backed, C known indirectly, D not known, E suspected to be false.',
  })
  @GradeOf('information')
  information: string;

  @BodyField(() => String, { nullable: true, description: 'Why it is graded so, without a hint at who the source is.' })
  @Optional()
  @LongText(1000)
  rationale?: string;
}
