import {
  InvolvementLevel,
  PartyKind,
  PartyRole,
  Sex,
  SuggestedAction,
  WarningCode,
} from '../../common/codes/party-codes.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf, CodesOf } from './rules/code.js';
import { Country } from './rules/identifier.js';
import { OnlyWhen, Optional, RequiredWhen } from './rules/presence.js';
import { PartyKey } from './rules/reference.js';
import { LongText, ShortText } from './rules/text.js';

@BodyClass(
  'Party',
  'What may be said of a person or business without personal details. Names, documents and addresses travel in the nominal part, under the same key.',
)
export class Party {
  @BodyField(() => String, { description: 'Key inside this object: P1, P2 … The nominal part refers to it.' })
  @PartyKey()
  key: string;

  @BodyField(() => PartyRole, { description: 'The part it plays.' })
  @CodeOf(PartyRole)
  role: PartyRole;

  @BodyField(() => PartyKind, { description: 'Person or business.' })
  @CodeOf(PartyKind)
  kind: PartyKind;

  @BodyField(() => InvolvementLevel, { description: 'How it stands in the matter.' })
  @CodeOf(InvolvementLevel)
  involvementLevel: InvolvementLevel;

  @BodyField(() => String, {
    nullable: true,
    description: 'The facts for which it is named here; required for a person. No personal details in this text.',
  })
  @RequiredWhen<Party>(({ kind }) => kind === 'PERSON', 'when.person')
  @LongText(2000)
  suspicionBasis?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'Nationality, or country of establishment; ISO 3166-1 alpha-2.',
  })
  @Optional()
  @Country()
  nationality?: string;

  @BodyField(() => Sex, { nullable: true, description: 'Sex, as the travel document writes it; not of a business.' })
  @OnlyWhen<Party>(({ kind }) => kind !== 'BUSINESS', 'when.person')
  @CodeOf(Sex)
  sex?: Sex;

  @BodyField(() => String, { nullable: true, description: 'Line of business.' })
  @Optional()
  @ShortText(120)
  sector?: string;

  @BodyField(() => [WarningCode], { nullable: true, description: 'Dangers to officers.' })
  @Optional()
  @CodesOf(WarningCode)
  warningCodes?: WarningCode[];

  @BodyField(() => SuggestedAction, { nullable: true, description: 'What is suggested with regard to this party.' })
  @Optional()
  @CodeOf(SuggestedAction)
  suggestedAction?: SuggestedAction;
}
