import { expect, it } from '@jest/globals';
import { PROTOCOL_FAULTS, ProtocolError } from './errors.js';

it('a refusal says its name, why and where', () => {
  const error = new ProtocolError('FROM', '/from');
  expect(String(error)).toBe(`ProtocolError: ${PROTOCOL_FAULTS.FROM}`);
  expect([error.sub, error.pointer]).toEqual(['FROM', '/from']);
});
