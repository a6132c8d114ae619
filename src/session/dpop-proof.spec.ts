import { describe, expect, it } from '@jest/globals';
import { checkProof } from './dpop-proof.js';

describe('a proof of possession', () => {
  const request = { method: 'POST', url: 'http://localhost/graphql', accessToken: 'token' };

  it.each(['', 'a.b', 'a.b.c.d', 'a.b.c, a.b.c', ' a.b.c', 'a.b.c\n'])(
    'is one, and not %j (RFC 9449 section 4.3, 1 and 2)',
    async (proof) => {
      await expect(checkProof(proof, request)).rejects.toThrow('not one DPoP proof');
    },
  );
});
