import { BusinessIdScheme, DocumentType } from '../../common/codes/party-codes.js';
import { parseImoCompany } from '../../common/identifiers/imo-company.js';
import { parseLei } from '../../common/identifiers/lei.js';
import { BodyClass, BodyField } from './rules/body-class.js';
import { CodeOf } from './rules/code.js';
import { Country, Mailboxes, PhoneNumbers } from './rules/identifier.js';
import { NestedList, UniqueBy } from './rules/nested.js';
import { Optional } from './rules/presence.js';
import { PartyKey } from './rules/reference.js';
import { Check } from './rules/rule.js';
import { LongText, Pattern, ShortText } from './rules/text.js';
import { LocalDate, PartialDate } from './rules/time.js';

@BodyClass('PartyName', 'A name of a party, also a former name or an alias.')
export class PartyName {
  @BodyField(() => String, { description: 'The name in its own script.' })
  @ShortText(200)
  text: string;

  @BodyField(() => String, { nullable: true, description: 'Script of the name, ISO 15924: Latn, Hans, Thai.' })
  @Optional()
  @Pattern(/^[A-Z][a-z]{3}$/, 'form.script')
  script?: string;

  @BodyField(() => String, {
    nullable: true,
    description: 'The name in Latin letters, as the travel document writes it.',
  })
  @Optional()
  @ShortText(200)
  latin?: string;
}

@BodyClass('IdentityDocument', 'A document that shows who somebody is.')
export class IdentityDocument {
  @BodyField(() => DocumentType, { description: 'Type of the document.' })
  @CodeOf(DocumentType)
  type: DocumentType;

  @BodyField(() => String, { description: 'Number of the document: capital letters and digits.' })
  @Pattern(/^[A-Z0-9]([A-Z0-9 /-]{0,28}[A-Z0-9])?$/, 'form.documentNumber')
  number: string;

  @BodyField(() => String, { nullable: true, description: 'Country that issued it, ISO 3166-1 alpha-2.' })
  @Optional()
  @Country()
  issuer?: string;

  @BodyField(() => String, { nullable: true, description: 'Day of issue.' })
  @Optional()
  @LocalDate()
  issuedOn?: string;

  @BodyField(() => String, { nullable: true, description: 'Last day of validity.' })
  @Optional()
  @LocalDate()
  expiresOn?: string;
}

@BodyClass('PartyAddress', 'An address of a party.')
export class PartyAddress {
  @BodyField(() => String, { description: 'The address as it is written on a letter.' })
  @LongText(400)
  text: string;

  @BodyField(() => String, { nullable: true, description: 'Country, ISO 3166-1 alpha-2.' })
  @Optional()
  @Country()
  country?: string;
}

@BodyClass('BusinessId', 'A number that a register gave to a business.')
export class BusinessId {
  @BodyField(() => BusinessIdScheme, { description: 'The register.' })
  @CodeOf(BusinessIdScheme)
  scheme: BusinessIdScheme;

  @BodyField(() => String, { description: 'The number; check digits of LEI and IMO company numbers must be right.' })
  @ShortText(40)
  @Check<BusinessId>('businessId', 'problem.businessId', ({ scheme, number }) => {
    if (typeof number !== 'string') return true;
    if (scheme === 'LEI') return parseLei(number) === number;
    if (scheme === 'IMO_COMPANY') return parseImoCompany(number) === number;
    return true;
  })
  number: string;

  @BodyField(() => String, { nullable: true, description: 'Country of the register, ISO 3166-1 alpha-2.' })
  @Optional()
  @Country()
  country?: string;
}

@BodyClass('PartyIdentity', 'Personal details of one party.')
export class PartyIdentity {
  @BodyField(() => String, { description: 'Key of the party in the object: P1.' })
  @PartyKey()
  key: string;

  @BodyField(() => [PartyName], { description: 'Names; the one most used comes first.' })
  @NestedList(() => PartyName, 20)
  names: PartyName[];

  @BodyField(() => String, {
    nullable: true,
    description: 'Date of birth: 1984-05-17, or 1984-05, or 1984 when no more is known.',
  })
  @Optional()
  @PartialDate()
  birthDate?: string;

  @BodyField(() => String, { nullable: true, description: 'Place of birth.' })
  @Optional()
  @ShortText(120)
  birthPlace?: string;

  @BodyField(() => [IdentityDocument], { nullable: true, description: 'Identity and travel documents.' })
  @Optional()
  @NestedList(() => IdentityDocument, 20)
  documents?: IdentityDocument[];

  @BodyField(() => [PartyAddress], { nullable: true, description: 'Addresses.' })
  @Optional()
  @NestedList(() => PartyAddress, 20)
  addresses?: PartyAddress[];

  @BodyField(() => [String], { nullable: true, description: 'Telephone numbers, E.164: plus and digits only.' })
  @Optional()
  @PhoneNumbers(20)
  phones?: string[];

  @BodyField(() => [String], { nullable: true, description: 'E-mail addresses.' })
  @Optional()
  @Mailboxes(20)
  emails?: string[];

  @BodyField(() => [BusinessId], { nullable: true, description: 'Numbers from registers of businesses.' })
  @Optional()
  @NestedList(() => BusinessId, 20)
  businessIds?: BusinessId[];
}

@BodyClass(
  'NominalData',
  'The data of the nominal part: everything that tells who the parties are. It stands beside the object, never in its text.',
)
export class NominalData {
  @BodyField(() => [PartyIdentity], { description: 'The parties, by the keys they have in the object.' })
  @NestedList(() => PartyIdentity, 100)
  @UniqueBy('key')
  parties: PartyIdentity[];
}

/** Keys of the nominal part for which the object has no party; there must be none. */
export function partiesWithoutPlace(nominal: NominalData, body: { parties?: { key: string }[] }): string[] {
  const known = new Set(body.parties?.map(({ key }) => key));
  return nominal.parties.map(({ key }) => key).filter((key) => !known.has(key));
}
