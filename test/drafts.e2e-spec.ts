import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readSignedObject } from '../src/protocol/signed-object.js';
import type { Envelope } from '../src/protocol/envelope.js';
import type { KeyPair } from '../src/protocol/keys.js';
import { anAlert, verdictOf } from './hostile/hostile.js';
import { aWaitingDraft, approve, handIn, keep, READ, type ShownDraft } from './support/drafts.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { anEnrolmentKey, aSigningOfficer, type SigningOfficer } from './support/signing-officers.js';

let t: TestHub;
let vn: Party;
let th: Party;
let agreement: string;
let enrolment: KeyPair;
let author: SigningOfficer;
let approver: SigningOfficer;
let analyst: SigningOfficer;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS', {
    units: [{ id: 'VN-CUS-HP', kind: 'PORT_CONTROL_UNIT', nameEn: 'Hai Phong', nameVi: 'Hải Phòng' }],
  });
  th = await t.enrol('TH-CUS-LCB');
  agreement = await t.agree([vn, th]);
  enrolment = await anEnrolmentKey(vn);
  author = await aSigningOfficer(t, vn, enrolment, ['NCP_OFFICER']);
  approver = await aSigningOfficer(t, vn, enrolment, ['RELEASER']);
  analyst = await aSigningOfficer(t, vn, enrolment, ['ANALYST']);
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

const toThailand = (by = author, changes: Partial<Envelope> = {}): Envelope =>
  anAlert(vn, ['TH-CUS'], agreement, { authoredBy: by.officer, ...changes });

const shown = async (officer: Pick<SigningOfficer, 'browser'>, id: string): Promise<ShownDraft | null> =>
  (await officer.browser.ask<{ draft: ShownDraft }>(READ, { id })).data?.draft ?? null;

describe('a draft', () => {
  it('is kept by its author, signed, and sent with a second signature over the same bytes', async () => {
    const payload = toThailand();
    const kept = (await keep(author, payload)).data!.keepDraft;
    expect(kept).toMatchObject({
      state: 'DRAFT',
      author: author.officer,
      object: payload.id,
      signing: [{ kid: author.key.kid }],
    });
    expect(await shown(approver, kept.id)).toBeNull();
    expect((await handIn(author, kept.id, payload)).data!.handInDraft).toMatchObject({
      state: 'REVIEW',
      text: kept.text,
    });
    expect(await shown(approver, kept.id)).toMatchObject({ state: 'REVIEW', text: kept.text });

    const sent = await approve(approver, kept.id, payload);
    expect(sent.data).toMatchObject({ sendDraft: { id: payload.id, object: { digest: kept.digest } } });
    expect(await shown(author, kept.id)).toMatchObject({ state: 'SENT', decidedBy: approver.officer, text: null });

    const query = 'query($id: ID!) { object(id: $id) { text } }';
    const { text } = (await th.ask<{ object: { text: string } }>(query, { id: payload.id })).data!.object;
    const read = await readSignedObject(text, { hub: payload.hub, now: new Date() });
    expect(read.signatures.map(({ kid }) => kid)).toEqual([author.key.kid, approver.key.kid]);
  });

  it('is another officer’s to approve: not its author’s, and not who may not send', async () => {
    const payload = toThailand();
    const id = await aWaitingDraft(author, payload);
    expect(verdictOf(await approve(author, id, payload))).toBe('FORBIDDEN/OWN_DRAFT');
    expect(verdictOf(await approve(analyst, id, payload))).toBe('FORBIDDEN');
    expect(await shown(author, id)).toMatchObject({ state: 'REVIEW' });
  });
});
