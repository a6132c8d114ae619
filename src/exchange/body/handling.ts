import { Classification, EvidenceUse, HandlingCode, OnwardRule, Purpose } from '../../common/codes/handling-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf, CodesOf } from './rules/code.js';
import { NestedRecord } from './rules/nested.js';
import { ExactlyWhen, Optional } from './rules/presence.js';
import { AgencyCodes, AgreementId } from './rules/reference.js';
import { Check } from './rules/rule.js';
import { LongText, ShortText } from './rules/text.js';
import { UtcTime } from './rules/time.js';

@BodyClass('LegalBasis', 'The agreement under which something is sent.')
export class LegalBasis {
  @BodyField(() => String, { description: 'Id of the agreement in the directory.' })
  @AgreementId()
  agreement: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Article or paragraph of the agreement, as the agreement writes it.',
  })
  @Optional()
  @ShortText(60)
  article?: string;
}

@BodyClass('Handling', 'What the provider allows the addressee to do with the content. Part of the signed text.')
export class Handling {
  @BodyField(() => [HandlingCode], { description: 'Conditions of use: H0 alone, or any of H1, H2 and H3.' })
  @CodesOf(HandlingCode)
  @Check<Handling>('h0Alone', 'problem.h0Alone', ({ codes }) => !has(codes, 'H0') || codes.length === 1)
  codes: HandlingCode[];

  @BodyField(() => String, { nullable: true, description: 'The provider’s own condition. With H3, and only then.' })
  @ExactlyWhen<Handling>(({ codes }) => has(codes, 'H3'), 'when.h3')
  @LongText(2000)
  h3Text?: string;

  @BodyField(() => Classification, { description: 'Protective marking; RESTRICTED is the highest the hub accepts.' })
  @CodeOf(Classification)
  classification: Classification;

  @BodyField(() => OnwardRule, { description: 'How far the addressee may pass the content on without asking.' })
  @CodeOf(OnwardRule)
  onwardRule: OnwardRule;

  @BodyField(() => [String], {
    nullable: true,
    description: 'Codes of the agencies it may be passed on to. With NAMED, and only then.',
  })
  @ExactlyWhen<Handling>(({ onwardRule }) => onwardRule === 'NAMED', 'when.named')
  @AgencyCodes(50)
  onwardNamed?: string[];

  @BodyField(() => EvidenceUse, { description: 'Whether the content may be used as evidence.' })
  @CodeOf(EvidenceUse)
  @Check<Handling>(
    'h1Evidence',
    'problem.h1Evidence',
    ({ codes, evidenceUse }) => !(has(codes, 'H1') && evidenceUse === 'YES'),
  )
  evidenceUse: EvidenceUse;

  @BodyField(() => [Purpose], {
    nullable: true,
    description: 'The only purposes the content may be used for. Absent: the purposes of the agreement.',
  })
  @Optional()
  @CodesOf(Purpose)
  purposeLimit?: Purpose[];

  @BodyField(() => String, {
    nullable: true,
    description: 'When the sight of the object ends for its readers, UTC. Absent: the retention rules decide.',
  })
  @Optional()
  @UtcTime()
  expiresAt?: string;

  @BodyField(() => LegalBasis, { description: 'The agreement under which the object is sent.' })
  @NestedRecord(() => LegalBasis)
  legalBasis: LegalBasis;
}

function has(codes: unknown, code: HandlingCode): boolean {
  return Array.isArray(codes) && codes.includes(code);
}
