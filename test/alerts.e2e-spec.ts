import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAlertBody } from '../src/alerts/body/alert-body.example.js';
import { type Party, signRaw, startTestHub, type TestHub } from './support/hub.js';
import { aHandling, COMPOSE_ALERT, composeAndSubmit, SUBMIT, type ComposedAnswer } from './support/exchange.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
});
afterAll(() => t.stop());

describe('an alert from one administration to another', () => {
  it('reaches the addressee, byte for byte, and no other', async () => {
    const { id, receipt } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    expect(receipt).toContain('payload');

    const opened = await th.ask<{
      alert: { state: string; body: { title: string }; object: { text: string; from: string } };
    }>('query($id: ID!) { alert(id: $id) { state body { title } object { text from } } }', { id });
    expect(opened.errors).toBeUndefined();
    expect(opened.data?.alert).toMatchObject({ state: 'RELEASED', object: { from: 'VN-CUS' } });

    const inbox = await th.ask<{ inbox: { nodes: { id: string; title: string; alert: { kind: string } }[] } }>(
      '{ inbox(first: 5) { nodes { id title alert { kind } } pageInfo { endCursor hasNextPage } } }',
    );
    expect(inbox.data?.inbox.nodes).toMatchObject([{ id, alert: { kind: 'CONSIGNMENT' } }]);

    const elsewhere = await la.askRaw('query($id: ID!) { alert(id: $id) { id } }', { id });
    const nowhere = await la.askRaw('query($id: ID!) { alert(id: $id) { id } }', { id: crypto.randomUUID() });
    expect(elsewhere).toBe(nowhere);
    expect(elsewhere).toContain('NOT_FOUND');
    expect((await la.ask<{ inbox: { nodes: unknown[] } }>('{ inbox { nodes { id } } }')).data?.inbox.nodes).toEqual([]);
  });

  it('is the same submission when it is sent again', async () => {
    const composed = await vn.ask<ComposedAnswer>(COMPOSE_ALERT, {
      input: { to: ['TH-CUS'], handling: aHandling(agreement), body: draft() },
    });
    expect(composed.errors).toBeUndefined();
    const [first] = composed.data!.composeAlert;
    const [signing] = first!.signing;
    const composition = {
      text: first!.text,
      signatures: [{ protected: signing!.protected, signature: await signRaw(vn, signing!.signingInput) }],
    };
    const once = await vn.ask<{ submit: { receipt: string; repeated: boolean } }>(SUBMIT, { composition });
    const twice = await vn.ask<{ submit: { receipt: string; repeated: boolean } }>(SUBMIT, { composition });
    expect(once.data?.submit.repeated).toBe(false);
    expect(twice.data?.submit).toEqual({ ...once.data!.submit, repeated: true });
  });
});

function draft(): object {
  const { ref: _, ...body } = anAlertBody();
  return body;
}
