import { MeasureUnit } from '../../common/codes/goods-codes.js';
import { parseAirWaybill } from '../../common/identifiers/air-waybill.js';
import { parseContainer } from '../../common/identifiers/container.js';
import { parseCountry } from '../../common/identifiers/country.js';
import { parseCurrency } from '../../common/identifiers/currency.js';
import { parseImoNumber } from '../../common/identifiers/imo-number.js';
import { parsePostalItem } from '../../common/identifiers/postal-item.js';
import { parseUnLocode } from '../../common/identifiers/un-locode.js';
import type { KeyOf } from '../../common/messages/messages.js';
import { FLIGHT_NUMBER } from '../../exchange/body/conveyance.js';
import { BodyClass, BodyField } from '../../exchange/body/rules/body-class.js';
import { CodeOf } from '../../exchange/body/rules/code.js';
import { isBillOfLading, isHsCode } from '../../exchange/body/rules/identifier.js';
import { NestedList, UniqueBy } from '../../exchange/body/rules/nested.js';
import { RequiredWhen } from '../../exchange/body/rules/presence.js';
import { PARTY_KEY } from '../../exchange/body/rules/reference.js';
import { all, rule } from '../../exchange/body/rules/rule.js';
import { isText } from '../../common/text.js';
import { ShortText } from '../../exchange/body/rules/text.js';
import { isLocalDate } from '../../exchange/body/rules/time.js';
import { normaliseTerm, type SelectorField } from '../../exchange/body/selectors.js';
import { QuestionSlot } from '../request-codes.js';
import {
  QUESTION_CODES,
  SLOT_NAMES,
  SLOT_TYPES,
  type SlotName,
  slotsOf,
  type SlotType,
} from '../standard-questions.js';

const MAX_LENGTH = 300;

interface SlotForm {
  /** Completes "must be …". */
  form: KeyOf<'form'>;
  holds: (value: string) => boolean;
  /** The field under which the request is found by such a value. */
  field?: SelectorField;
}

/** What each type of slot takes: the normal forms of the rest of the body. Who means a number with a wrong check digit asks in own words. */
export const SLOT_FORMS: Readonly<Record<SlotType, SlotForm>> = {
  container: {
    form: 'form.containerChecked',
    holds: (value) => {
      const container = parseContainer(value);
      return container?.normalised === value && container.checkDigit === 'OK';
    },
    field: 'container',
  },
  billOfLading: { form: 'form.billOfLading', holds: isBillOfLading, field: 'bl' },
  airWaybill: { form: 'form.airWaybill', holds: (value) => parseAirWaybill(value) === value, field: 'awb' },
  postalItem: { form: 'form.postalItem', holds: (value) => parsePostalItem(value) === value, field: 'postal' },
  declaration: { form: 'form.printedNumber', holds: (value) => isText(value, 35, false), field: 'declaration' },
  printedNumber: { form: 'form.printedNumber', holds: (value) => isText(value, 35, false) },
  imo: { form: 'form.imo', holds: (value) => parseImoNumber(value) === value, field: 'imo' },
  flight: { form: 'form.flight', holds: (value) => FLIGHT_NUMBER.test(value) },
  plate: { form: 'form.plate', holds: (value) => isText(value, 20, false), field: 'plate' },
  unLocode: { form: 'form.unLocode', holds: (value) => parseUnLocode(value) === value },
  country: { form: 'form.country', holds: (value) => parseCountry(value) === value },
  hsCode: { form: 'form.hsCode', holds: isHsCode },
  date: { form: 'form.localDate', holds: isLocalDate },
  period: { form: 'form.period', holds: isPeriod },
  quantity: { form: 'form.quantity', holds: isQuantity },
  amount: { form: 'form.amount', holds: isAmount },
  party: { form: 'form.partyKey', holds: (value) => PARTY_KEY.test(value) },
  text: { form: 'form.slotText', holds: (value) => isText(value, MAX_LENGTH, false) },
};

function isPeriod(value: string): boolean {
  const [from, to, ...rest] = value.split('/');
  return isLocalDate(from) && isLocalDate(to) && from <= to && rest.length === 0;
}

function isQuantity(value: string): boolean {
  const [, unit] = /^(?:0|[1-9]\d{0,11})(?:\.\d{1,6})? ([A-Z0-9]{3})$/.exec(value) ?? [];
  return unit !== undefined && Object.hasOwn(MeasureUnit, unit);
}

function isAmount(value: string): boolean {
  const [, currency] = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,4})? ([A-Z]{3})$/.exec(value) ?? [];
  return currency !== undefined && parseCurrency(currency) === currency;
}

/** A value in the form of its slot. Each form is a rule of its own, because each has a sentence of its own. */
function SlotText(): PropertyDecorator {
  const forms = Object.entries(SLOT_FORMS).map(([type, { form, holds }]) =>
    rule({
      name: type,
      key: 'problem.form',
      params: { form: { key: form } },
      holds: (value, { name }: { name?: unknown }) =>
        !isText(value, MAX_LENGTH, false) || SLOT_TYPES[name as SlotName] !== type || holds(value),
    }),
  );
  return all(ShortText(MAX_LENGTH), ...forms);
}

@BodyClass('FilledSlot', 'What stands in one slot of a standard question.')
export class FilledSlot {
  @BodyField(() => QuestionSlot, { description: 'The slot.' })
  @CodeOf(QuestionSlot)
  name: SlotName;

  @BodyField(() => String, {
    description:
      'What stands there, in the form that the slot wants. No personal details: a person is named by the key of a party.',
  })
  @SlotText()
  value: string;
}

function hasSlots({ code }: { code?: unknown }): boolean {
  return (slotsOf(code) ?? []).length > 0;
}

/** Pointers to the slots that the question has not. */
function strangeSlots(slots: unknown, { code }: { code?: unknown }): string[] {
  const known = slotsOf(code);
  if (!known || !Array.isArray(slots)) return [];
  return slots.flatMap((slot, i) => (known.includes(slot?.name) ? [] : [`/${i}/name`]));
}

/** Every slot of the question is there, and none that it has not; a rule for each, so that the sentence names what is missing. */
function SlotsOfQuestion(): PropertyDecorator {
  const missing = SLOT_NAMES.map((slot) =>
    rule({
      name: `needs${slot}`,
      key: 'problem.slotMissing',
      params: { slot },
      holds: (slots, { code }: { code?: unknown }) =>
        !Array.isArray(slots) || !slotsOf(code)?.includes(slot) || slots.some((each) => each?.name === slot),
    }),
  );
  const unknown = rule({
    name: 'slotUnknown',
    key: 'problem.slotUnknown',
    holds: (slots, record) => strangeSlots(slots, record).length === 0,
    at: strangeSlots,
  });
  return all(unknown, ...missing);
}

@BodyClass(
  'StandardQuestion',
  'A question of the catalogue: each side reads it in its own language. What a code means never changes.',
)
export class StandardQuestion {
  @BodyField(() => String, { description: 'Its code, such as Q-EXPORT-DECLARED; `standardQuestions` lists them.' })
  @rule({
    name: 'standardQuestion',
    key: 'problem.standardQuestion',
    holds: (code) => slotsOf(code) !== undefined,
    schema: { type: 'string', enum: QUESTION_CODES },
  })
  code: string;

  @BodyField(() => [FilledSlot], {
    nullable: true,
    description: 'What stands in its slots, each once. Required when the question has slots.',
  })
  @RequiredWhen<StandardQuestion>(hasSlots, 'when.slots')
  @NestedList(() => FilledSlot, 10)
  @UniqueBy('name')
  @SlotsOfQuestion()
  slots?: FilledSlot[];
}

/** As much of a question as its standard form. */
interface Asked {
  standard?: StandardQuestion;
}

/** Pointers from the questions to slots that name a party which the request has not. */
export function strangeParties(questions: unknown, parties: unknown): string[] {
  if (!Array.isArray(questions)) return [];
  const keys = new Set(Array.isArray(parties) ? parties.map((party) => party?.key as unknown) : []);
  return questions.flatMap((question: Partial<Asked> | null, i) => {
    const slots: unknown = question?.standard?.slots;
    if (!Array.isArray(slots)) return [];
    return slots.flatMap((slot, j) =>
      slot?.name === 'PARTY' && !keys.has(slot.value) ? [`/${i}/standard/slots/${j}/value`] : [],
    );
  });
}

/** Terms under which a request is found by what its standard questions ask about. */
export function termsOfQuestions(questions: readonly Asked[]): string[] {
  const slots = questions.flatMap(({ standard }) => standard?.slots ?? []);
  const terms = slots.map(({ name, value }) => {
    const { field } = SLOT_FORMS[SLOT_TYPES[name]];
    return field === undefined ? null : normaliseTerm(field, value);
  });
  return [...new Set(terms.filter((term) => term !== null))];
}
