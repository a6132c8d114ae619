import {
  AlertKind,
  DoNot,
  IndicatorType,
  IndicatorWeight,
  RequestedAction,
  Severity,
  Urgency,
} from '../../common/codes/alert-codes.js';
import { CommodityGroup } from '../../common/codes/goods-codes.js';
import { Consignment, isIdentifiable } from '../../exchange/body/consignment.js';
import { Contact } from '../../exchange/body/contact.js';
import { Conveyance } from '../../exchange/body/conveyance.js';
import { Evaluation } from '../../exchange/body/evaluation.js';
import { GoodsLine } from '../../exchange/body/goods.js';
import { Party } from '../../exchange/body/party.js';
import { RouteStop } from '../../exchange/body/route.js';
import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { CodeOf, CodesOf } from '../../exchange/body/rules/code.js';
import { Language } from '../../exchange/body/rules/identifier.js';
import { NestedList, NestedRecord, UniqueBy } from '../../exchange/body/rules/nested.js';
import { Flag } from '../../exchange/body/rules/number.js';
import { ExactlyWhen, Optional, RequiredWhen } from '../../exchange/body/rules/presence.js';
import { Reference, References } from '../../exchange/body/rules/reference.js';
import { Check } from '../../exchange/body/rules/rule.js';
import { LongText, Pattern, PatternList, ShortText } from '../../exchange/body/rules/text.js';
import { After, UtcTime, WithinDaysOf } from '../../exchange/body/rules/time.js';

@BodyClass(
  'Indicator',
  'One circumstance that makes something suspicious, graded on its own. The result of each is reported back.',
)
export class Indicator {
  @BodyField(() => String, { description: 'Key inside this alert: I1, I2 … The report of the result refers to it.' })
  @Pattern(/^I[1-9]\d{0,2}$/, 'form.indicatorKey')
  id: string;

  @BodyField(() => IndicatorType, { description: 'Kind of circumstance.' })
  @CodeOf(IndicatorType)
  type: IndicatorType;

  @BodyField(() => String, { description: 'The circumstance in words.' })
  @LongText(1000)
  text: string;

  @BodyField(() => IndicatorWeight, { description: 'How much it counts.' })
  @CodeOf(IndicatorWeight)
  weight: IndicatorWeight;

  @BodyField(() => Evaluation, { description: 'Grade of this statement.' })
  @NestedRecord(() => Evaluation)
  grade: Evaluation;
}

@BodyClass('Safety', 'Dangers to whoever handles the goods or meets the persons. At least one must be named.')
export class Safety {
  @BodyField(() => String, { description: 'The danger in words, and what to do about it.' })
  @LongText(1000)
  text: string;

  @BodyField(() => [String], { nullable: true, description: 'UN numbers of dangerous goods: four digits.' })
  @Optional()
  @PatternList(/^\d{4}$/, 'form.unNumber', 20)
  unNumbers?: string[];

  @BodyField(() => Boolean, { nullable: true, description: 'Radiation is possible.' })
  @Optional()
  @Flag()
  radiation?: boolean;

  @BodyField(() => Boolean, { nullable: true, description: 'Persons may be armed.' })
  @Optional()
  @Flag()
  armed?: boolean;

  @BodyField(() => Boolean, { nullable: true, description: 'There are live animals.' })
  @Optional()
  @Flag()
  liveAnimals?: boolean;
}

@BodyClass(
  'AlertBody',
  'What an alert says: the body of a signed object of the kind "alert". Personal details travel in the nominal part.',
)
export class AlertBody {
  @BodyField(() => String, {
    description: 'Reference that people quote, unique within the sending agency: VN-ALR-2026-KXQWPD.',
  })
  @Reference('ALR')
  ref: string;

  @BodyField(() => String, { description: 'Language of the texts, ISO 639-1.' })
  @Language()
  language: string;

  @BodyField(() => AlertKind, { description: 'What the alert is about.' })
  @CodeOf(AlertKind)
  kind: AlertKind;

  @BodyField(() => Severity, { description: 'How much harm is to be expected.' })
  @CodeOf(Severity)
  severity: Severity;

  @BodyField(() => Urgency, { description: 'How fast the addressee has to look at it.' })
  @CodeOf(Urgency)
  urgency: Urgency;

  @BodyField(() => String, { description: 'From when the alert is to be acted on, UTC.' })
  @UtcTime()
  validFrom: string;

  @BodyField(() => String, {
    description:
      'Until when the alert is to be acted on, UTC; at most 366 days. It stays readable, and results stay owed.',
  })
  @UtcTime()
  @After('validFrom')
  @WithinDaysOf('validFrom', 366)
  validTo: string;

  @BodyField(() => String, { description: 'Title, without personal details: it stands in lists and notifications.' })
  @ShortText(160)
  title: string;

  @BodyField(() => String, {
    description:
      'What is known and suspected. It must be understood without the attachments, and holds no personal details.',
  })
  @LongText(8000)
  summary: string;

  @BodyField(() => [CommodityGroup], { description: 'Commodity groups; at least one.' })
  @CodesOf(CommodityGroup)
  commodityGroups: CommodityGroup[];

  @BodyField(() => [GoodsLine], { nullable: true, description: 'Goods, one line for each kind.' })
  @Optional()
  @NestedList(() => GoodsLine, 50)
  goods?: GoodsLine[];

  @BodyField(() => Consignment, {
    nullable: true,
    description: 'The consignment. Required for an alert about a consignment.',
  })
  @RequiredWhen<AlertBody>(({ kind }) => kind === 'CONSIGNMENT', 'when.consignmentAlert')
  @NestedRecord(() => Consignment)
  @Check<AlertBody>(
    'identifiable',
    'problem.identifiable',
    ({ consignment }) => typeof consignment !== 'object' || isIdentifiable(consignment),
  )
  consignment?: Consignment;

  @BodyField(() => Conveyance, {
    nullable: true,
    description: 'The means of transport. Required for an alert about a consignment or a means of transport.',
  })
  @RequiredWhen<AlertBody>(({ kind }) => kind === 'CONSIGNMENT' || kind === 'CONVEYANCE', 'when.transportAlert')
  @NestedRecord(() => Conveyance)
  conveyance?: Conveyance;

  @BodyField(() => [RouteStop], {
    nullable: true,
    description: 'The route, in the order of travel. Required for an alert about a consignment.',
  })
  @RequiredWhen<AlertBody>(({ kind }) => kind === 'CONSIGNMENT', 'when.consignmentAlert')
  @NestedList(() => RouteStop, 30)
  route?: RouteStop[];

  @BodyField(() => [Party], {
    nullable: true,
    description:
      'Persons and businesses, without personal details. An alert about persons needs at least one person, one about businesses at least one business.',
  })
  @RequiredWhen<AlertBody>(({ kind }) => kind === 'PERSON' || kind === 'BUSINESS', 'when.partyAlert')
  @NestedList(() => Party, 100)
  @UniqueBy('key')
  @Check<AlertBody>(
    'person',
    'problem.person',
    ({ kind, parties }) =>
      kind !== 'PERSON' || !Array.isArray(parties) || parties.some((party) => party?.kind === 'PERSON'),
  )
  @Check<AlertBody>(
    'business',
    'problem.business',
    ({ kind, parties }) =>
      kind !== 'BUSINESS' || !Array.isArray(parties) || parties.some((party) => party?.kind === 'BUSINESS'),
  )
  parties?: Party[];

  @BodyField(() => [Indicator], { description: 'Why it is suspicious; at least one, each with its own grade.' })
  @NestedList(() => Indicator, 50)
  @UniqueBy('id')
  indicators: Indicator[];

  @BodyField(() => Evaluation, { description: 'Grade of the alert as a whole.' })
  @NestedRecord(() => Evaluation)
  evaluation: Evaluation;

  @BodyField(() => RequestedAction, { description: 'What the addressees are asked to do.' })
  @CodeOf(RequestedAction)
  requestedAction: RequestedAction;

  @BodyField(() => [DoNot], { nullable: true, description: 'What the addressees are asked not to do.' })
  @Optional()
  @CodesOf(DoNot)
  @Check<AlertBody>(
    'contradiction',
    'problem.contradiction',
    ({ doNot, requestedAction }) =>
      !(Array.isArray(doNot) && doNot.includes('OPEN') && ['OPEN', 'SAMPLE'].includes(requestedAction)),
  )
  doNot?: DoNot[];

  @BodyField(() => Safety, {
    nullable: true,
    description: 'Dangers to officers. Required for an alert about dangerous goods.',
  })
  @RequiredWhen<AlertBody>(({ kind }) => kind === 'DANGEROUS_GOODS', 'when.dangerAlert')
  @NestedRecord(() => Safety)
  safety?: Safety;

  @BodyField(() => Boolean, {
    description: 'Whether the result must be reported. Only an alert for information may waive it.',
  })
  @Flag()
  @Check<AlertBody>(
    'feedbackWaived',
    'problem.feedbackWaived',
    ({ feedbackRequired, requestedAction }) =>
      feedbackRequired || requestedAction === undefined || requestedAction === 'INFORM_ONLY',
  )
  feedbackRequired: boolean;

  @BodyField(() => String, {
    nullable: true,
    description: 'When the result is due, UTC. Required when it must be reported, and only then.',
  })
  @ExactlyWhen<AlertBody>(({ feedbackRequired }) => feedbackRequired, 'when.feedbackRequired')
  @UtcTime()
  @After('validFrom')
  feedbackDueAt?: string;

  @BodyField(() => Contact, {
    nullable: true,
    description: 'Unit that is reached day and night. A FLASH alert needs one with a telephone.',
  })
  @RequiredWhen<AlertBody>(({ urgency }) => urgency === 'FLASH', 'when.flash')
  @NestedRecord(() => Contact)
  @Check<AlertBody>(
    'flashPhone',
    'problem.flashPhone',
    ({ urgency, contact24h }) =>
      urgency !== 'FLASH' || typeof contact24h !== 'object' || contact24h.phone !== undefined,
    '/phone',
  )
  contact24h?: Contact;

  @BodyField(() => [String], {
    nullable: true,
    description: 'References of related alerts, requests and other objects.',
  })
  @Optional()
  @References(20)
  relatedRefs?: string[];
}
