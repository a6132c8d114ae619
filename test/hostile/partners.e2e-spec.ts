import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { signObject } from '../../src/protocol/signing.js';
import {
  aHandling,
  COMPOSE_ALERT,
  composeAndSubmit,
  type ComposedAnswer,
  recall,
  SUBMIT,
} from '../support/exchange.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from '../support/hub.js';

/** What a partner that means ill, or a partnership that ended, must not bring about. */

let t: TestHub;
let vn: Party;
let th: Party;
let thOther: Party;
let la: Party;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  thOther = await t.enrol('TH-CUS-ISD');
  la = await t.enrol('LA-CUS-HQ');
});
afterAll(() => t.stop());

const READ = 'query($id: ID!) { object(id: $id) { id } }';

describe('a recall', () => {
  it('arrives though the agreement has been suspended since', async () => {
    const agreement = await t.agree([vn, th]);
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await t.database.sql('UPDATE hub.agreement SET suspended_at = now() WHERE id = $1', [agreement]);
    await recall(vn, id);
    expect((await th.ask(READ, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it('is waiting when a suspended addressee comes back', async () => {
    const agreement = await t.agree([vn, la]);
    const { id } = await composeAndSubmit(vn, { to: ['LA-CUS'], agreement });
    await t.database.sql(`UPDATE hub.agency SET suspended_at = now() WHERE id = 'LA-CUS'`);
    const taken = await recall(vn, id);
    await t.database.sql(`UPDATE hub.agency SET suspended_at = NULL WHERE id = 'LA-CUS'`);
    expect((await la.ask(READ, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect((await la.ask(READ, { id: taken.id })).errors).toBeUndefined();
  });
});

describe('a copied id', () => {
  it('is refused to every unit of an agency that it was released to', async () => {
    const agreement = await t.agree([vn, th, la]);
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS-LCB'], agreement });
    expect((await thOther.ask(READ, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const copy = await signObject(envelopeOf(thOther, 'LA-CUS', agreement, id), thOther.signing);
    const answer = await thOther.ask(SUBMIT, { object: copy });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_SIGNED_OBJECT', sub: 'ID_REUSED' });
    const fresh = await signObject(envelopeOf(thOther, 'LA-CUS', agreement, randomUUID()), thOther.signing);
    expect((await thOther.ask(SUBMIT, { object: fresh })).errors).toBeUndefined();
  });
});

describe('the feed', () => {
  it('begins without a place in it', async () => {
    const answer = await th.ask<{ changes: { changes: unknown[] } }>('{ changes { changes { act } endCursor } }');
    expect(answer.errors).toBeUndefined();
    expect(answer.data!.changes.changes.length).toBeGreaterThan(0);
  });

  it('holds no connection while it waits, whatever is asked beside it', async () => {
    const query = 'query($after: String) { me { unit } changes(after: $after, waitSeconds: 6) { endCursor } }';
    const { data } = await th.ask<{ changes: { endCursor: string } }>('{ changes(first: 100) { endCursor } }');
    const after = data!.changes.endCursor;
    const waiting = Array.from({ length: 16 }, () => th.ask(query, { after }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const begun = Date.now();
    expect((await la.ask('{ me { unit } }')).errors).toBeUndefined();
    expect(Date.now() - begun).toBeLessThan(2_000);
    for (const answer of await Promise.all(waiting)) expect(answer.errors).toBeUndefined();
  });
});

describe('a preview', () => {
  it('tells nothing of the units behind an addressee that the caller may not write to', async () => {
    const { ref: _, ...body } = anAlertBody();
    const input = { to: ['TH-CUS'], handling: aHandling('EX-NO-SUCH-AGREEMENT'), body };
    const { data } = await la.ask<ComposedAnswer>(COMPOSE_ALERT, { input });
    expect(data!.composeAlert[0]!.preview).toMatchObject({ readers: [], refusals: [{ code: 'AGREEMENT' }] });
  });

  it('refuses a malformed addressee before the database sees it', async () => {
    const { ref: _, ...body } = anAlertBody();
    const input = { to: ['TH-CUS\u0000'], handling: aHandling(await t.agree([vn, th])), body };
    const answer = await vn.ask(COMPOSE_ALERT, { input });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', pointer: '/to/0' });
  });
});

describe('a reply', () => {
  it('cannot be marked lower than what it answers', async () => {
    const agreement = await t.agree([vn, th]);
    const { id } = await composeAndSubmit(vn, {
      to: ['TH-CUS'],
      agreement,
      handling: { classification: 'RESTRICTED' },
    });
    const { data } = await vn.ask<{ object: { digest: string } }>('query($id: ID!) { object(id: $id) { digest } }', {
      id,
    });
    const envelope = {
      ...envelopeOf(vn, 'TH-CUS', agreement, randomUUID()),
      kind: 'recall',
      inReplyTo: { id, digest: data!.object.digest },
      body: { reason: 'WRONG_FACTS', text: 'Marked too low.' },
    };
    const answer = await vn.ask(SUBMIT, { object: await signObject(envelope, vn.signing) });
    expect(answer.errors?.[0]?.extensions.problems).toMatchObject([{ rule: 'CLASSIFICATION' }]);
  });
});

function envelopeOf(party: Party, to: string, agreement: string, id: string) {
  return {
    v: 1,
    kind: 'alert',
    hub: HUB_ID,
    id,
    from: party.agency,
    unit: party.unit,
    to: [to],
    createdAt: `${new Date().toISOString().slice(0, 19)}Z`,
    inReplyTo: null,
    supersedes: null,
    operation: null,
    handling: aHandling(agreement),
    purpose: 'PREVENT_DETECT',
    authoredBy: null,
    releasedBy: null,
    attachments: [],
    parts: [],
    body: { ...anAlertBody(), ref: `${party.agency.slice(0, 2)}-ALR-2026-${letters()}` } as object,
  };
}

function letters(): string {
  return Array.from({ length: 6 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(Math.floor(Math.random() * 26))).join('');
}
