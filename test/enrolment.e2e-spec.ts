import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AgencyEnrolment, enrolAgency } from '../src/operator/enrolment.js';
import { digestOf } from '../src/protocol/digest.js';
import { buildKeySet, type KeySetFields } from '../src/protocol/key-set.js';
import { generateKey, type KeyPair } from '../src/protocol/keys.js';
import { nextKeySet, publish } from './hostile/hostile.js';
import { COMPOSE_RECALL, composeAndSubmit, type ComposedObject, signAndTry } from './support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from './support/hub.js';

let t: TestHub;
let vn: Party;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  await t.enrol('TH-CUS-LCB');
});
afterAll(() => t.stop());

describe('an agency that is enrolled again', () => {
  it('gets new names, also of its units, and nothing else', async () => {
    const before = await trust();
    const file = await fileOf(vn);
    file.agency.nameEn = 'Viet Nam Customs, renamed';
    file.units[0]!.nameVi = 'Tên mới';
    await enrol(file);
    expect(await trust()).toEqual(before);
    expect(await t.database.sql(`SELECT name_en FROM hub.agency WHERE id = 'VN-CUS'`)).toEqual([
      { name_en: 'Viet Nam Customs, renamed' },
    ]);
    expect(await t.database.sql(`SELECT name_vi FROM hub.unit WHERE id = 'VN-CUS-AS'`)).toEqual([
      { name_vi: 'Tên mới' },
    ]);
  });

  it('cannot get the roots and keys of somebody else', async () => {
    const stranger = await generateKey();
    const keySets = await chainOf(stranger, 2);
    await refuses({ roots: [stranger.publicJwk], keySets }, /VN-CUS is enrolled with other roots.*Pinned/);
  });

  it('cannot get a further root, nor lose one', async () => {
    const stranger = await generateKey();
    await refuses({ roots: [vn.root.publicJwk, stranger.publicJwk], keySets: [] }, /other roots/);
    await refuses({ roots: [], keySets: [] }, /other roots/);
    await refuses({ roots: [stranger.publicJwk], keySets: [] }, /other roots/);
  });

  it('cannot have another past than the hub has, though its own root signed it', async () => {
    await refuses({ keySets: await chainOf(vn.root, 2) }, /Key set 1 of the enrolment is another than the hub has/);
  });

  it('cannot have the keys of another agency, also when it is new', async () => {
    const stranger = await generateKey();
    const keySets = await chainOf(stranger, 1);
    const agency = { id: 'MM-CUS', kind: 'CUSTOMS' as const, country: 'MM', nameEn: 'Myanmar', nameVi: 'Mi-an-ma' };
    await refuses({ agency, units: [], roots: [stranger.publicJwk], keySets }, /The key sets are not MM-CUS's/);
  });

  it('is told of an officer whose unit is unknown or of another agency', async () => {
    const [titleEn, titleVi] = ['Duty officer', 'Cán bộ trực'];
    for (const unit of ['VN-CUS-NO', 'TH-CUS-LCB']) {
      const officers = [{ pseudonym: 'p:officer-of-none', unit, titleEn, titleVi, roles: ['AGENCY_ADMIN'] }];
      await refuses({ officers }, new RegExp(`p:officer-of-none: ${unit} is no unit of VN-CUS. Nothing was changed`));
    }
  });

  it('takes the next key set, and is told when its file is behind', async () => {
    const file = await fileOf(vn);
    const next = await nextKeySet(vn);
    await enrol({ ...file, keySets: [...file.keySets, next] });
    expect((await fileOf(vn)).keySets).toEqual([...file.keySets, next]);

    expect((await publish(vn, await nextKeySet(vn))).errors).toBeUndefined();
    await refuses({ keySets: [...file.keySets, next] }, /The hub has 3 key sets, the enrolment only 2/);
    await refuses({ keySets: [] }, /The hub has 3 key sets, the enrolment only 0/);
    await enrol(await fileOf(vn));
  });
});

describe('a route that answers text', () => {
  it('says in JSON that there is nothing, in the language of the reader', async () => {
    const response = await fetch(`${t.url}/demo/sign-in/XX-CUS-NONE`, { headers: { 'accept-language': 'en' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });
});

describe('a recall', () => {
  it('replaces nothing', async () => {
    const th = await t.enrol('TH-CUS-LCB');
    const agreement = await t.agree([vn, th]);
    const alert = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const body = { reason: 'WRONG_FACTS', text: 'Sent by mistake. Fictional example.' };
    const composed = await vn.ask<{ composeRecall: ComposedObject }>(COMPOSE_RECALL, {
      input: { object: alert.id, body },
    });
    const { text } = composed.data!.composeRecall;
    const recall = JSON.parse(text!) as { inReplyTo: object };
    const refused = await signAndTry(vn, { ...recall, supersedes: recall.inReplyTo });
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ pointer: '/supersedes', rule: 'alone' }],
    });
    expect((await signAndTry(vn, recall)).errors).toBeUndefined();
  });
});

describe('the ceiling of an agency', () => {
  it('is what the enrolments have given, until one says otherwise', async () => {
    const la = await t.enrol('LA-CUS-HQ', { clearance: 0, maySeeNominal: false });
    expect(await ceilingOf('LA-CUS')).toEqual({ clearance: 0, may_see_nominal: false });
    const file = await fileOf(la);
    const officer = {
      pseudonym: 'p:first-analyst',
      unit: la.unit,
      titleEn: 'Analyst',
      titleVi: 'Cán bộ',
      roles: ['ANALYST'],
    };
    await enrol({ ...file, officers: [{ ...officer, clearance: 1, maySeeNominal: true }] });
    expect(await ceilingOf('LA-CUS')).toEqual({ clearance: 1, may_see_nominal: true });
    await enrol(file);
    expect(await ceilingOf('LA-CUS')).toEqual({ clearance: 1, may_see_nominal: true });
    await enrol({ ...file, ceiling: { clearance: 1, maySeeNominal: false } });
    expect(await ceilingOf('LA-CUS')).toEqual({ clearance: 1, may_see_nominal: false });
    await expect(enrol({ ...file, ceiling: { clearance: 2, maySeeNominal: false } })).rejects.toThrow('ceiling');
  });
});

/** The enrolment of this party's agency as the operator would have it today. */
async function fileOf({ agency, unit, root }: Party): Promise<AgencyEnrolment> {
  const rows = await t.database.sql<{ text: string }>(
    'SELECT text FROM hub.key_set WHERE agency_id = $1 ORDER BY number',
    [agency],
  );
  return {
    agency: { id: agency, kind: 'CUSTOMS', country: agency.slice(0, 2), nameEn: agency, nameVi: agency },
    units: [{ id: unit, kind: 'ANTI_SMUGGLING', nameEn: unit, nameVi: unit }],
    roots: [root.publicJwk],
    keySets: rows.map(({ text }) => text),
  };
}

async function ceilingOf(agency: string): Promise<unknown> {
  const text = 'SELECT clearance, may_see_nominal FROM agency.ceiling WHERE agency_id = $1';
  return (await t.database.sql(text, [agency]))[0];
}

function enrol(file: AgencyEnrolment): Promise<void> {
  return t.database.asOperator((tx) => enrolAgency(tx, HUB_ID, file));
}

/** The enrolment with these changes is refused in these words and leaves everything as it was. */
async function refuses(changes: Partial<AgencyEnrolment>, words: RegExp): Promise<void> {
  const before = await trust();
  await expect(enrol({ ...(await fileOf(vn)), ...changes })).rejects.toThrow(words);
  expect(await trust()).toEqual(before);
}

/** All that the hub knows of whom to trust. */
function trust(): Promise<object[]> {
  return t.database.sql(`SELECT r.kid AS of, to_jsonb(r) AS row FROM hub.agency_root r
    UNION ALL SELECT k.kid, to_jsonb(k) FROM hub.agency_key k
    UNION ALL SELECT s.digest, to_jsonb(s) FROM hub.key_set s ORDER BY 1`);
}

/** Key sets of VN-CUS without keys, all signed by this root. */
async function chainOf(root: KeyPair, length: number): Promise<string[]> {
  const texts: string[] = [];
  let prev: KeySetFields['prev'] = null;
  for (let seq = 1; seq <= length; seq += 1) {
    const fields = { hub: HUB_ID, agency: 'VN-CUS', seq, prev, roots: [root.publicJwk], threshold: 1, keys: [] };
    // oxlint-disable-next-line no-await-in-loop -- each set names the one before it
    const text = await buildKeySet(fields, [root]);
    texts.push(text);
    // oxlint-disable-next-line no-await-in-loop
    prev = digestOf(Buffer.from((JSON.parse(text) as { payload: string }).payload, 'base64url'));
  }
  return texts;
}
