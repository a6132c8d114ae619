import { Urgency } from '../../common/codes/alert-codes.js';
import { HandlingCode } from '../../common/codes/handling-codes.js';
import { UUID } from '../../common/uuid.js';
import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { CodeOf, CodesOf } from '../../exchange/body/rules/code.js';
import { ExactlyWhen, OnlyWhen, RequiredWhen, UnexpectedUnless } from '../../exchange/body/rules/presence.js';
import { AgencyCode, UnitCode } from '../../exchange/body/rules/reference.js';
import { Check } from '../../exchange/body/rules/rule.js';
import { LongText, Pattern } from '../../exchange/body/rules/text.js';
import { UtcTime } from '../../exchange/body/rules/time.js';
import { DIGEST } from '../../protocol/digest.js';
import { ConsentStepKind, ConsentUse } from '../consent-codes.js';

@BodyClass(
  'ConsentBody',
  'A consent asked for, given, refused or taken back: the body of a signed object of the kind "consent". Each of them says what it covers, so that it proves that by itself: one version of one object, for one use.',
)
export class ConsentBody {
  @BodyField(() => ConsentStepKind, { description: 'What is said.' })
  @CodeOf(ConsentStepKind)
  act: ConsentStepKind;

  @BodyField(() => String, { description: 'Id of the object that it is about.' })
  @Pattern(UUID, 'form.objectId')
  targetId: string;

  @BodyField(() => String, {
    description: 'Digest of the version that it is about. A newer version needs a consent of its own.',
  })
  @Pattern(DIGEST, 'form.digest')
  targetDigest: string;

  @BodyField(() => ConsentUse, { description: 'What for.' })
  @CodeOf(ConsentUse)
  for: ConsentUse;

  @BodyField(() => String, {
    nullable: true,
    description: 'Code of the agency to which the object is to be passed on. With ONWARD, and only then.',
  })
  @ExactlyWhen<ConsentBody>(isOnward, 'when.onward')
  @AgencyCode()
  forAgency?: string;

  @BodyField(() => String, {
    nullable: true,
    description:
      'Code of the one unit of that agency which is to have it; absent: the whole agency. With ONWARD alone.',
  })
  @OnlyWhen<ConsentBody>(isOnward, 'when.onward')
  @UnitCode()
  @Check<ConsentBody>(
    'unitOfAgency',
    'problem.unitOfAgency',
    ({ forAgency, forUnit }) => typeof forUnit !== 'string' || forUnit.startsWith(`${forAgency}-`),
  )
  forUnit?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Why it is asked for, refused or taken back. With all but GRANT. No personal details.',
  })
  @ExactlyWhen<ConsentBody>(({ act }) => act !== 'GRANT', 'when.notGrant')
  @LongText(2000)
  reason?: string;

  @BodyField(() => Urgency, { nullable: true, description: 'How soon the answer is needed. With ASK, and only then.' })
  @ExactlyWhen<ConsentBody>(({ act }) => act === 'ASK', 'when.asking')
  @CodeOf(Urgency)
  urgency?: Urgency;

  @BodyField(() => [HandlingCode], {
    nullable: true,
    description: 'Conditions of use on top of those of the object: any of H1, H2 and H3. With GRANT alone.',
  })
  @OnlyWhen<ConsentBody>(isGrant, 'when.grant')
  @CodesOf(HandlingCode)
  @Check<ConsentBody>('noH0', 'problem.noH0', ({ codes }) => !has(codes, 'H0'))
  codes?: HandlingCode[];

  @BodyField(() => String, {
    nullable: true,
    description:
      'Conditions in the words of the provider, which whoever gets the object reads. Required with H3; with GRANT alone.',
  })
  @RequiredWhen<ConsentBody>(({ codes }) => has(codes, 'H3'), 'when.h3')
  @UnexpectedUnless<ConsentBody>(isGrant, 'when.grant')
  @LongText(2000)
  conditions?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Until when the consent holds, UTC; what is passed on goes out of sight then. With GRANT alone.',
  })
  @OnlyWhen<ConsentBody>(isGrant, 'when.grant')
  @UtcTime()
  expiresAt?: string;
}

function isOnward(body: ConsentBody): boolean {
  return body.for === 'ONWARD';
}

function isGrant({ act }: ConsentBody): boolean {
  return act === 'GRANT';
}

function has(codes: unknown, code: HandlingCode): boolean {
  return Array.isArray(codes) && codes.includes(code);
}
