import { expect, it } from '@jest/globals';
import { brokenRules, spoilt, withOverrides } from '../../exchange/body/body.example.js';
import { FeedbackBody } from './feedback-body.js';
import { aFeedbackBody } from './feedback-body.example.js';

const tasked = withOverrides<FeedbackBody>({ targetRef: 'VN-ALR-2026-KXQWPD', language: 'en', stage: 'TASKED' }, {});

it.each<[string, unknown, string[]]>([
  ['checked, nothing found', aFeedbackBody(), []],
  ['given to a field unit', tasked, []],
  ['given to a field unit, more to come', spoilt(tasked, { nextExpectedAt: '2026-12-01T00:00:00Z' }), []],
  [
    'seized',
    aFeedbackBody({ disposition: 'SEIZED', seizureRefs: ['PH-SEI-2026-ABCDEF'], contribution: 'DECISIVE' }),
    [],
  ],
  ['closed without a result', aFeedbackBody({ disposition: undefined }), ['/disposition required']],
  ['closed without a contribution', aFeedbackBody({ contribution: undefined }), ['/contribution required']],
  ['closed, more to come', aFeedbackBody({ nextExpectedAt: '2027-01-01T00:00:00Z' }), ['/nextExpectedAt unexpected']],
  ['result before any control', spoilt(tasked, { disposition: 'NOT_ARRIVED' }), ['/disposition unexpected']],
  ['checked, but not how', aFeedbackBody({ controlDetail: undefined }), ['/controlDetail required']],
  [
    'no method',
    spoilt(aFeedbackBody(), { controlDetail: { methods: [], at: '2026-12-02T01:30:00Z' } }),
    ['/controlDetail/methods codes'],
  ],
  ['not actionable, but not why', aFeedbackBody({ disposition: 'NOT_ACTIONABLE' }), ['/notActionableReason required']],
  ['not actionable, too late', aFeedbackBody({ disposition: 'NOT_ACTIONABLE', notActionableReason: 'TOO_LATE' }), []],
  [
    'why it was not actionable, though it was',
    aFeedbackBody({ notActionableReason: 'TOO_LATE' }),
    ['/notActionableReason unexpected'],
  ],
  ['went another way, but not where', aFeedbackBody({ disposition: 'ROUTE_CHANGED' }), ['/newStop required']],
  [
    'went another way',
    aFeedbackBody({
      disposition: 'ROUTE_CHANGED',
      newStop: { role: 'DESTINATION', locode: 'MYPKG', certainty: 'CONFIRMED' },
    }),
    [],
  ],
  [
    'seizures though nothing was found',
    aFeedbackBody({ seizureRefs: ['PH-SEI-2026-ABCDEF'] }),
    ['/seizureRefs unexpected'],
  ],
  ['usefulness 6', aFeedbackBody({ usefulness: 6 }), ['/usefulness wholeNumber']],
  [
    'indicator twice',
    aFeedbackBody({
      indicatorOutcomes: [
        { id: 'I1', outcome: 'TRUE' },
        { id: 'I1', outcome: 'FALSE' },
      ],
    }),
    ['/indicatorOutcomes uniqueBy'],
  ],
  [
    'new grade without a reason',
    spoilt(aFeedbackBody(), { regrade: { evaluation: aFeedbackBody().regrade?.evaluation } }),
    ['/regrade/reason required'],
  ],
  ['about nothing', aFeedbackBody({ targetRef: undefined }), ['/targetRef required']],
])('%s', (_, body, broken) => {
  expect(brokenRules(FeedbackBody, body)).toEqual(broken);
});
