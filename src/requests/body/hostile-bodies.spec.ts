import { expect, it } from '@jest/globals';
import { assert, constantFrom, jsonValue, oneof, property, type Arbitrary } from 'fast-check';
import { AlertBody } from '../../alerts/body/alert-body.js';
import { anAlertBody, aPersonAlertBody } from '../../alerts/body/alert-body.example.js';
import { aHandling, someNominalData } from '../../exchange/body/body.example.js';
import { Handling } from '../../exchange/body/handling.js';
import { NominalData } from '../../exchange/body/nominal-data.js';
import { selectorsOf } from '../../exchange/body/selectors.js';
import { validateBody } from '../../exchange/body/validate.js';
import { aFeedbackBody } from '../../feedback/body/feedback-body.example.js';
import { FeedbackBody } from '../../feedback/body/feedback-body.js';
import { AnswerBody } from './answer-body.js';
import { anAnswerBody, aRefusalBody, aRequestBody, aStandardRequestBody } from './request-body.example.js';
import { RequestBody } from './request-body.js';
import { termsOfQuestions } from './standard-question.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Every place in a value, as the list of steps to it. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => places(member, [...path, name]))];
}

function replaced(value: unknown, [step, ...rest]: (string | number)[], by: Json): unknown {
  if (step === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[step] = replaced(copy[step], rest, by);
  return copy;
}

it.each<[string, new () => object, object]>([
  ['handling', Handling, aHandling({ codes: ['H3'], h3Text: 'Ask first.' })],
  ['nominal data', NominalData, someNominalData()],
  ['alert', AlertBody, anAlertBody()],
  ['alert about a person', AlertBody, aPersonAlertBody()],
  ['request', RequestBody, aRequestBody()],
  ['request with standard questions', RequestBody, aStandardRequestBody()],
  ['answer', AnswerBody, anAnswerBody()],
  ['refusal', AnswerBody, aRefusalBody()],
  ['report of the result', FeedbackBody, aFeedbackBody()],
])(
  '%s: whatever stands anywhere in it, the check neither fails nor changes what it accepts',
  (kind, bodyClass, body) => {
    const anything = oneof(
      jsonValue({ maxDepth: 3 }) as Arbitrary<Json>,
      constantFrom<Json>(
        null,
        '',
        [],
        {},
        [null],
        [[]],
        [{}],
        -0,
        1.5,
        '__proto__',
        { constructor: {} },
        { length: 3 },
        true,
      ),
    );
    assert(
      property(constantFrom(...places(body)), anything, (place, by) => {
        const value = replaced(body, place, by);
        const result = validateBody(bodyClass, value);
        if ('problems' in result) return result.problems.length > 0;
        selectorsOf(kind, result.value);
        if ('questions' in result.value) termsOfQuestions((result.value as RequestBody).questions);
        expect(result.value).toEqual(value);
        return true;
      }),
      { numRuns: 1500 },
    );
  },
);
