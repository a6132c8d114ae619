import { describe, expect, it } from '@jest/globals';
import { aRecallBody, brokenRules, spoilt } from './body.example.js';
import { RecallBody } from './recall-body.js';

describe('recall', () => {
  it.each<[string, unknown, string[]]>([
    ['is valid', aRecallBody(), []],
    ['is valid from a date on', aRecallBody({ appliesFrom: '2026-12-01T00:00:00Z' }), []],
    ['needs words', aRecallBody({ text: undefined }), ['/text required']],
    ['needs a reason', { text: 'Wrong.' }, ['/reason required']],
    ['knows its reasons', spoilt(aRecallBody(), { reason: 'BORED' }), ['/reason code']],
  ])('%s', (_, body, broken) => {
    expect(brokenRules(RecallBody, body)).toEqual(broken);
  });
});
