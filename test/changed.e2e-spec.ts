import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { aSignedIn } from './support/browser.js';
import { composeAndSubmit, recall, untilFeedIsComplete } from './support/exchange.js';
import { type Party, startTestHub, type TestHub } from './support/hub.js';
import { TestSocket } from './support/socket.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;
const open: TestSocket[] = [];

beforeAll(async () => {
  t = await startTestHub();
  [vn, th, la] = [await t.enrol('VN-CUS-AS'), await t.enrol('TH-CUS-LCB'), await t.enrol('LA-CUS-HQ')];
  agreement = await t.agree([vn, th, la]);
});
afterEach(() => {
  for (const each of open.splice(0)) each.socket.terminate();
});
afterAll(() => t.stop());

/** Hears of nothing that was sent before, which may be told until the feed has passed it. */
async function followed(socket: Promise<TestSocket>): Promise<TestSocket> {
  const opened = await socket;
  await untilFeedIsComplete(t.database);
  const ready = await opened.follow();
  open.push(ready);
  return ready;
}

const hint = (kind: string | null, resync = false): object => ({ data: { changed: { kind, resync } } });
const isHint = ({ payload }: { payload?: unknown }): boolean =>
  (payload as { data?: { changed?: { resync: boolean } } })?.data?.changed?.resync === false;
/** Longer than a hint takes. */
const A_WHILE = 1_500;

describe('the subscription changed', () => {
  it('hints at once that the feed be read, then at what was released, to who may see it and to nobody else', async () => {
    const reader = await aSignedIn(t, th, ['PCU_MEMBER']);
    const [ofUnit, ofOfficer, ofSender, ofOther] = await Promise.all([
      followed(TestSocket.of(t.url, th)),
      followed(TestSocket.ofPage(reader.browser)),
      followed(TestSocket.of(t.url, vn)),
      followed(TestSocket.of(t.url, la)),
    ]);
    expect(ofUnit.received.slice(1)).toEqual([{ type: 'next', id: '1', payload: hint(null, true) }]);
    await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    for (const socket of [ofUnit, ofOfficer, ofSender]) await socket.until(isHint);
    await sleep(A_WHILE);
    expect([ofUnit.hints, ofOfficer.hints, ofSender.hints]).toEqual([
      [hint('alert')],
      [hint('alert')],
      [hint('alert')],
    ]);
    expect(ofOther.received).toHaveLength(2);
  });

  it('says of what went out of sight only that something changed', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const socket = await followed(TestSocket.of(t.url, th));
    await recall(vn, id);
    await untilFeedIsComplete(t.database);
    await sleep(A_WHILE);
    expect(socket.hints).toEqual(expect.arrayContaining([hint(null), hint('recall')]));
    expect(socket.hints).toHaveLength(2);
    expect(JSON.stringify(socket.received)).not.toContain(id);
  });

  it('says "resync" once when more changed than it has hints for', async () => {
    const socket = await followed(TestSocket.of(t.url, th));
    await t.database.sql(
      `INSERT INTO hub.change (audience_id, seq, act, object_id, clearance)
       SELECT a.id, n, 'RECALLED', $1, 0 FROM hub.audience a, generate_series(1, 100) n WHERE a.kind = 'AGENCY' AND a.owner = 'TH-CUS'`,
      [randomUUID()],
    );
    await t.database.sql('NOTIFY liaison_change');
    await socket.until(({ payload }) => socket.received.length > 2 && payload !== undefined);
    await sleep(A_WHILE);
    expect(socket.hints).toEqual([hint(null, true)]);
    await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await socket.until(isHint);
    expect(socket.hints).toEqual([hint(null, true), hint('alert')]);
  });

  it('ends when the client says so, and the socket stays', async () => {
    const socket = await followed(TestSocket.of(t.url, th));
    socket.send({ type: 'complete', id: '1' });
    await sleep(100);
    await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await sleep(A_WHILE);
    expect(socket.hints).toEqual([]);
    await socket.follow('2');
    await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    await socket.until((message) => message.id === '2' && isHint(message));
  });

  it('ends with the hub, which tells its sockets and does not wait for those that do not answer', async () => {
    const hub = await startTestHub();
    const party = await hub.enrol('VN-CUS-AS');
    const [polite, deaf] = [await TestSocket.of(hub.url, party), await TestSocket.of(hub.url, party)];
    await polite.follow();
    deaf.socket.pause();
    const begun = Date.now();
    await hub.stop();
    expect(await polite.closed).toBe(1001);
    expect(Date.now() - begun).toBeLessThan(5_000);
    deaf.socket.terminate();
  });
});
