import { describe, expect, it } from '@jest/globals';
import { type Language, message } from '../common/messages/messages.js';
import { ProtocolError } from '../protocol/errors.js';
import { refusing, tell } from './failures.js';

function told(error: unknown, language: Language): string {
  return tell(error, (key, params) => message(key, language, params)).message;
}

describe('what the protocol refuses', () => {
  const fault = new ProtocolError('SIGNATURE', '/signatures/0');

  it('is told in the user’s language, as a failed verification and as a refusal', async () => {
    const refused = await refusing(() => Promise.reject(fault)).catch((error: unknown) => error);
    for (const error of [fault, refused]) {
      expect(told(error, 'en')).toBe('SIGNATURE /signatures/0: A signature does not verify.');
      expect(told(error, 'vi')).toBe('SIGNATURE /signatures/0: Một chữ ký không hợp lệ.');
    }
  });
});
