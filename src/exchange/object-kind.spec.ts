import { describe, expect, it } from '@jest/globals';
import { FEEDBACK_KIND } from '../feedback/feedback-kind.js';
import { ObjectKinds } from './object-kind.js';

describe('the kinds of objects', () => {
  it('are registered once: a second of the same name would judge in the place of the first', () => {
    const kinds = new ObjectKinds();
    kinds.register(FEEDBACK_KIND);
    expect(() => kinds.register(FEEDBACK_KIND)).toThrow('registered twice');
    expect(kinds.get('feedback')).toBe(FEEDBACK_KIND);
  });
});
