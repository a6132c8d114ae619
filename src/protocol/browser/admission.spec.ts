import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateKey, type KeyPair } from '../keys.js';
import { verifyKeySetChain } from '../key-set.js';
import { aKeySet, anEntry, HUB, refusalOf, SECONDS } from '../testing.js';
import { admitting, newestSet, revoking, signSet } from './admission.js';
import { makeKey, type NewKey } from './wrapped-key.js';

const PLACE = { hub: HUB, agency: 'VN-CUS' };

let root: KeyPair;
let enrol: NewKey;
let officer: NewKey;
let first: string;

beforeAll(async () => {
  root = await generateKey();
  enrol = await makeKey(PLACE, 'enrol', new Uint8Array(32));
  officer = await makeKey(PLACE, 'sig', new Uint8Array(32));
  const pair = { kid: enrol.kid, publicJwk: enrol.jwk, privateJwk: { ...enrol.jwk, d: '' } };
  const entry = anEntry(pair, { use: 'enrol', holder: 'p:admin1', kinds: ['alert'], proof: enrol.proof });
  first = await aKeySet([root], { keys: [entry] });
});

const chain = (texts: string[], rootKids: string[] | null = null) => ({ ...PLACE, texts, rootKids });
const waiting = () => ({ ...officer, kinds: ['alert'], officer: 'p:officer' });

describe('an administrator’s browser', () => {
  it('admits an officer’s key and revokes it, without the root', async () => {
    const admitted = await signSet(
      admitting(await newestSet(chain([first])), waiting(), SECONDS),
      enrol,
      enrol.privateKey,
      SECONDS,
    );
    const newest = await newestSet(chain([first, admitted], [root.kid]));
    const draft = revoking(newest, officer.kid, 'keyCompromise', SECONDS + 1);
    const revoked = await signSet(draft, enrol, enrol.privateKey, SECONDS + 1);
    const sets = await verifyKeySetChain([first, admitted, revoked], [root.publicJwk], { hub: HUB });
    expect(sets.map(({ keys }) => keys.find(({ kid }) => kid === officer.kid)?.revoked?.reason)).toEqual([
      undefined,
      undefined,
      'keyCompromise',
    ]);
  });

  it('signs nothing upon a chain of other roots, of another agency, or with a gap', async () => {
    const stranger = await generateKey();
    const theirs = await aKeySet([stranger], {});
    expect(await refusalOf(() => newestSet(chain([theirs], [root.kid])))).toBe('KEYSET_ROOT');
    expect(await refusalOf(() => newestSet({ ...chain([first]), agency: 'TH-CUS' }))).toBe('FROM');
    expect(await refusalOf(() => newestSet(chain([first, first])))).toBe('KEYSET_SEQ');
    expect(await refusalOf(() => newestSet(chain([])))).toBe('JSON');
  });
});
