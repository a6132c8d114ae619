import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { permittedActs, REQUEST_MOVES } from '../src/requests/request-states.js';
import { anAnswerBody, aRequestBody } from '../src/requests/body/request-body.example.js';
import { asServer, seqOf, type Submission, submitUnchecked, textWith, untilSomebodyWaits } from './support/commands.js';
import {
  aHandling,
  aRequestInput,
  COMPOSE_ANSWER,
  COMPOSE_FEEDBACK,
  COMPOSE_REQUEST,
  composeAndSubmit,
  type ComposedObject,
  recall,
  signAndSubmit,
  signAndTry,
  SUBMIT,
  type Submitted,
} from './support/exchange.js';
import {
  answerWith,
  ask as askUnder,
  close,
  closing,
  composeAnswer,
  composeClosing,
  composeRequest as composeRequestUnder,
  inDays,
} from './support/requests.js';
import { type Answer, type Party, signRaw, startTestHub, type TestHub } from './support/hub.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let kh: Party;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  kh = await t.enrol('KH-CUS-PP');
  agreement = await t.agree([vn, th, la, kh]);
});
afterAll(() => t.stop());

describe('what a request shows to those whom it does not concern', () => {
  it('needs a signed-in caller', async () => {
    const response = await fetch(`${t.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ request(id: "00000000-0000-4000-8000-000000000000") { state } }' }),
    });
    expect(await response.text()).toContain('UNAUTHENTICATED');
  });

  it('is to a third agency the same as no request at all', async () => {
    const { id } = await ask(vn, th);
    const answer = await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    for (const [operation, variables] of [
      [OPEN, (each: string) => ({ id: each })],
      [
        COMPOSE_ANSWER,
        (each: string) => ({ input: { request: each, body: { language: 'en', kind: 'ACKNOWLEDGEMENT' } } }),
      ],
      [COMPOSE_FEEDBACK, (each: string) => ({ input: { object: each, body: closing() } })],
      [COMPOSE_REQUEST, (each: string) => ({ input: { ...requestInput(la, [th]), supersedes: each } })],
    ] as const) {
      const nowhere = await la.askRaw(operation, variables(randomUUID()));
      expect(nowhere).toContain('NOT_FOUND');
      expect(await la.askRaw(operation, variables(id))).toBe(nowhere);
      expect(await la.askRaw(operation, variables(answer.id))).toBe(nowhere);
    }
    const inbox = await la.ask<{ inbox: { nodes: unknown[] } }>('{ inbox { nodes { id request { state } } } }');
    expect(inbox.data?.inbox.nodes).toEqual([]);
  });

  it('opens no alert, answer or withdrawal as a request', async () => {
    const alert = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const { id } = await ask(vn, th);
    const withdrawn = await recall(vn, id);
    const nowhere = await th.askRaw(OPEN, { id: randomUUID() });
    expect(await th.askRaw(OPEN, { id: alert.id })).toBe(nowhere);
    expect(await th.askRaw(OPEN, { id: withdrawn.id })).toBe(nowhere);
  });

  it('keeps requests to three administrations apart', async () => {
    const composed = await composeRequest(vn, [th, la, kh]);
    expect(composed.map(({ to }) => to)).toEqual([['TH-CUS'], ['LA-CUS'], ['KH-CUS']]);
    const bodies = composed.map((each) => payload(each).body);
    expect(bodies.map((body) => body['requestedAuthority'])).toEqual(['TH-CUS', 'LA-CUS', 'KH-CUS']);
    expect(new Set(bodies.map((body) => body['ref'])).size).toBe(3);

    const sent: Submitted[] = [];
    for (const each of composed) sent.push(await signAndSubmit(vn, each));
    await answerWith(la, sent[1]!.id, { kind: 'NEGATIVE' });
    expect((await open(vn, sent[0]!.id)).state).toBe('RECEIVED');
    expect((await open(vn, sent[1]!.id)).state).toBe('ANSWERED');
    for (const [index, party] of [th, la, kh].entries()) {
      for (const [other, { id }] of sent.entries()) {
        expect((await party.ask(OPEN, { id })).errors?.[0]?.extensions.code).toBe(
          index === other ? undefined : 'NOT_FOUND',
        );
      }
    }
  });
});

describe('a request in both directions', () => {
  it('is received, acknowledged, made clear, answered question by question, and closed', async () => {
    const { id } = await ask(vn, th);
    expect(await open(th, id)).toMatchObject({
      state: 'RECEIVED',
      side: 'INCOMING',
      from: 'VN-CUS',
      to: 'TH-CUS',
      questionsOpen: 2,
      permittedActs: permittedActs('RECEIVED', 'REQUESTED'),
    });
    expect(await open(vn, id)).toMatchObject({ side: 'OUTGOING', permittedActs: ['REVISION', 'WITHDRAWAL'] });

    await answerWith(th, id, { kind: 'ACKNOWLEDGEMENT' });
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which invoice?' } });
    expect(await open(vn, id)).toMatchObject({
      state: 'CLARIFICATION_NEEDED',
      permittedActs: ['REVISION', 'WITHDRAWAL'],
    });
    expect(await open(th, id)).toMatchObject({ permittedActs: ['INTERIM'] });

    const clearer = await ask(vn, th, { object: 'Invoice no. EX-4471 of 3 May.' }, { supersedes: id });
    const clear = await open(th, id);
    expect(clear).toMatchObject({
      id: clearer.id,
      state: 'ACCEPTED',
      body: { object: 'Invoice no. EX-4471 of 3 May.' },
    });

    const interim = await answerWith(th, clearer.id, { kind: 'INTERIM', results: [result(1, 'PARTLY')] });
    expect(await open(vn, id)).toMatchObject({
      state: 'PARTIALLY_ANSWERED',
      questionsOpen: 2,
      questions: [
        { no: 1, state: 'INTERIM', answeredBy: interim.id, latest: { result: 'PARTLY' } },
        { no: 2, state: 'OPEN', answeredBy: null, latest: null },
      ],
    });

    const final = await answerWith(th, clearer.id, {
      kind: 'FINAL',
      results: [
        result(1, 'ANSWERED'),
        { questionNo: 2, result: 'REFUSED', ground: 'R03', reasonText: 'A trade secret.' },
      ],
    });
    expect(await open(th, id)).toMatchObject({ state: 'ANSWERED', permittedActs: [] });
    expect(await open(vn, id)).toMatchObject({ state: 'ANSWERED', permittedActs: ['PROGRESS_REPORT', 'CLOSING'] });

    const closed = await close(vn, clearer.id);
    const end = await open(th, id);
    expect(end).toMatchObject({
      state: 'CLOSED',
      permittedActs: [],
      questionsOpen: 0,
      questions: [
        { no: 1, state: 'ANSWERED', answeredBy: final.id, latest: { result: 'ANSWERED' } },
        { no: 2, state: 'REFUSED', answeredBy: final.id, latest: { result: 'REFUSED', ground: 'R03' } },
      ],
    });
    expect(end.thread.map(({ act, answer }) => [act, answer?.body.answerSeq ?? null])).toEqual([
      ['REQUEST', null],
      ['ACKNOWLEDGEMENT', 1],
      ['CLARIFICATION_REQUEST', 2],
      ['REVISION', null],
      ['INTERIM', 3],
      ['FINAL', 4],
      ['CLOSING', null],
    ]);
    expect(end.thread.map(({ object }) => object.from)).toEqual([
      'VN-CUS', 'TH-CUS', 'TH-CUS', 'VN-CUS', 'TH-CUS', 'TH-CUS', 'VN-CUS',
    ]); // prettier-ignore
    expect(end.thread.at(-1)!.object.id).toBe(closed.id);
    expect((await open(vn, clearer.id)).thread).toEqual(end.thread);
  });

  it('is refused with a ground, the other way round, and closed', async () => {
    const { id } = await ask(th, vn);
    const refusal = { ground: 'R11', reasonText: 'The agreement does not cover this tax.', scope: 'ALL' };
    const { id: answer } = await answerWith(vn, id, { kind: 'REFUSAL', refusal });
    const refused = await open(th, id);
    expect(refused).toMatchObject({ state: 'REFUSED', questionsOpen: 0, permittedActs: ['CLOSING'] });
    expect(refused.questions).toEqual([
      { no: 1, state: 'REFUSED', answeredBy: answer, latest: null },
      { no: 2, state: 'REFUSED', answeredBy: answer, latest: null },
    ]);
    expect(refused.thread[1]?.answer?.body.refusal).toMatchObject({ ground: 'R11' });
    await close(th, id, { disposition: 'NO_ACTION', controlDetail: undefined });
    expect((await open(vn, id)).state).toBe('CLOSED');
  });

  it('is answered by "checked, nothing found" for every question still open', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'INTERIM', results: [result(2, 'ANSWERED')] });
    await answerWith(th, id, { kind: 'NEGATIVE' });
    expect(await open(vn, id)).toMatchObject({
      state: 'ANSWERED',
      questions: [{ state: 'NEGATIVE' }, { state: 'ANSWERED' }],
    });
  });

  it('is transferred to who is competent, and closed by who asked', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'ACKNOWLEDGEMENT' });
    const transfer = { authority: 'Excise Department', country: 'TH', forwarded: true };
    await answerWith(th, id, { kind: 'TRANSFER_NOTICE', transfer });
    const seen = await open(vn, id);
    expect(seen).toMatchObject({ state: 'TRANSFERRED', questionsOpen: 2, permittedActs: ['CLOSING'] });
    expect(seen.thread[2]?.answer?.body.transfer).toMatchObject(transfer);
    await close(vn, id, { disposition: 'NO_ACTION', controlDetail: undefined });
    expect((await open(th, id)).state).toBe('CLOSED');
  });

  it('is late, waits for a court, and goes on where it stood', async () => {
    const { id } = await ask(vn, th);
    const delay = { expectedAt: inDays(8), reason: 'The archive is being moved.' };
    await answerWith(th, id, { kind: 'DELAY_NOTICE', delay });
    expect((await open(vn, id)).state).toBe('RECEIVED');
    await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    const court = { kind: 'DELAY_NOTICE', delay, authorisation: { status: 'NEEDED' } };
    await answerWith(th, id, court);
    expect(await open(vn, id)).toMatchObject({
      state: 'AWAITING_AUTHORISATION',
      permittedActs: ['REVISION', 'WITHDRAWAL'],
    });
    await answerWith(th, id, { ...court, authorisation: { status: 'ASKED', at: '2026-11-24T08:00:00Z' } });
    const { id: newer } = await ask(vn, th, { reason: 'More is known now.' }, { supersedes: id });
    await answerWith(th, newer, { kind: 'DELAY_NOTICE', delay });
    expect((await open(vn, id)).state).toBe('AWAITING_AUTHORISATION');
    const granted = { status: 'GRANTED', at: '2026-11-25T08:00:00Z' };
    await answerWith(th, newer, { kind: 'ACKNOWLEDGEMENT', authorisation: granted });
    const seen = await open(vn, id);
    expect(seen.state).toBe('PARTIALLY_ANSWERED');
    expect(seen.thread.map(({ act }) => act)).toEqual([
      'REQUEST', 'DELAY_NOTICE', 'INTERIM', 'AUTHORISATION_NOTICE', 'AUTHORISATION_NOTICE', 'REVISION', 'DELAY_NOTICE', 'ACKNOWLEDGEMENT',
    ]); // prettier-ignore
  });

  it('is refused by a court', async () => {
    const { id } = await ask(vn, th);
    const delay = { expectedAt: inDays(8), reason: 'A judge decides.' };
    await answerWith(th, id, { kind: 'DELAY_NOTICE', delay, authorisation: { status: 'NEEDED' } });
    const refusal = { ground: 'R07', reasonText: 'The court did not allow it.', scope: 'ALL' };
    await answerWith(th, id, {
      kind: 'REFUSAL',
      refusal,
      authorisation: { status: 'DENIED', at: '2026-11-24T08:00:00Z' },
    });
    expect(await open(vn, id)).toMatchObject({ state: 'REFUSED', questionsOpen: 0 });
  });

  it('is refused in part, question by question', async () => {
    const { id } = await ask(vn, th);
    const ground = { ground: 'R03', reasonText: 'A trade secret.', scope: 'QUESTIONS', questionNos: [2] };
    const { id: partial } = await answerWith(th, id, { kind: 'PARTIAL_REFUSAL', refusal: ground });
    expect(await open(vn, id)).toMatchObject({
      state: 'PARTIALLY_ANSWERED',
      questionsOpen: 1,
      questions: [{ state: 'OPEN' }, { state: 'REFUSED', answeredBy: partial }],
    });
    const next = await anAnswerPayload(th, id);
    const { results: _, ...body } = next.body;
    const again = { ...next, body: { ...body, kind: 'PARTIAL_REFUSAL', refusal: ground } };
    expect(await refusal(th, again)).toMatchObject({ rules: ['/body/refusal/questionNos open'] });
    await answerWith(th, id, { kind: 'FINAL', results: [result(1, 'ANSWERED')] });
    expect(await open(vn, id)).toMatchObject({
      state: 'ANSWERED',
      questions: [{ state: 'ANSWERED' }, { state: 'REFUSED', answeredBy: partial }],
    });
  });

  it('is postponed with a date, consulted about, and taken up again', async () => {
    const { id } = await ask(vn, th);
    const refusal = {
      ground: 'R08',
      reasonText: 'A raid is planned.',
      scope: 'ALL',
      consultUntil: inDays(17),
    };
    await answerWith(th, id, { kind: 'POSTPONEMENT', refusal });
    expect(await open(vn, id)).toMatchObject({
      state: 'POSTPONED',
      questionsOpen: 2,
      permittedActs: ['REVISION', 'WITHDRAWAL'],
    });
    const { id: less } = await ask(vn, th, { object: 'The invoice alone.' }, { supersedes: id });
    expect((await open(th, id)).state).toBe('CONSULTATION');
    await answerWith(th, less, { kind: 'POSTPONEMENT', refusal: { ...refusal, consultUntil: inDays(27) } });
    expect((await open(th, id)).state).toBe('POSTPONED');
    await answerWith(th, less, { kind: 'ACKNOWLEDGEMENT' });
    expect((await open(vn, id)).state).toBe('ACCEPTED');
    await answerWith(th, less, { kind: 'NEGATIVE' });
    expect((await open(vn, id)).state).toBe('ANSWERED');
  });

  it('is postponed for one question, while the other is answered', async () => {
    const { id } = await ask(vn, th);
    const raid = { ground: 'R08', reasonText: 'A raid.', consultUntil: inDays(17) };
    await answerWith(th, id, { kind: 'POSTPONEMENT', refusal: { ...raid, scope: 'QUESTIONS', questionNos: [1] } });
    await answerWith(th, id, { kind: 'INTERIM', results: [result(2, 'ANSWERED')] });
    const seen = await open(vn, id);
    expect(seen).toMatchObject({
      state: 'PARTIALLY_ANSWERED',
      questionsOpen: 1,
      questions: [{ state: 'POSTPONED' }, { state: 'ANSWERED' }],
    });
    expect(seen.thread[1]?.act).toBe('PARTIAL_POSTPONEMENT');
    const next = await anAnswerPayload(th, id);
    const final = { ...next, body: { ...next.body, kind: 'FINAL', results: [result(2, 'ANSWERED')] } };
    expect(await refusal(th, final)).toMatchObject({ rules: ['/body/results allSettled'] });
    await answerWith(th, id, { kind: 'FINAL', results: [result(1, 'ANSWERED')] });
    expect(await open(vn, id)).toMatchObject({ state: 'ANSWERED', questionsOpen: 0 });
  });

  it('is withdrawn and stays in sight', async () => {
    const { id } = await ask(vn, th);
    const { id: withdrawal } = await recall(vn, id);
    for (const party of [vn, th]) {
      const seen = await open(party, id);
      expect(seen).toMatchObject({ state: 'WITHDRAWN', permittedActs: [] });
      expect(seen.thread.map(({ act, object }) => [act, object.id])).toEqual([
        ['REQUEST', id],
        ['WITHDRAWAL', withdrawal],
      ]);
    }
  });

  it('goes on with an interim answer while something has to be made clear', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which invoice?' } });
    await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    expect((await open(vn, id)).state).toBe('CLARIFICATION_NEEDED');
    const questions = [...aRequestBody().questions, { no: 3, text: 'Who paid?' }];
    const clearer = await ask(vn, th, { questions }, { supersedes: id });
    expect(await open(th, clearer.id)).toMatchObject({
      state: 'PARTIALLY_ANSWERED',
      questionsAsked: 3,
      questionsOpen: 2,
    });
  });

  it('returns to RECEIVED when it had not been acknowledged', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which invoice?' } });
    const clearer = await ask(vn, th, {}, { supersedes: id });
    expect((await open(th, clearer.id)).state).toBe('RECEIVED');
    await answerWith(th, clearer.id, { kind: 'ACKNOWLEDGEMENT' });
  });

  it('takes a unit as addressee', async () => {
    const { id } = await ask(vn, th, {}, { to: [th.unit] });
    expect(await open(th, id)).toMatchObject({ to: 'TH-CUS', permittedActs: expect.arrayContaining(['FINAL']) });
    await answerWith(th, id, { kind: 'NEGATIVE' });
    await close(vn, id);
    expect((await open(th, id)).state).toBe('CLOSED');
  });

  it('shows in lists where it stands, on every object of its thread', async () => {
    const { id } = await ask(vn, th, { urgency: 'FLASH' });
    const answer = await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    const fields =
      'nodes { id request { act state side questionsAsked questionsOpen urgency neededBy permittedActs } }';
    const inbox = await vn.ask<Listed>(`{ inbox(first: 100, kind: "answer") { ${fields} } }`);
    const listed = { state: 'PARTIALLY_ANSWERED', questionsAsked: 2, questionsOpen: 1, urgency: 'FLASH' };
    expect(inbox.data?.inbox.nodes.find((node) => node.id === answer.id)?.request).toMatchObject({
      ...listed, act: 'INTERIM', side: 'OUTGOING', permittedActs: ['REVISION', 'WITHDRAWAL'],
    }); // prettier-ignore
    const queue = await th.ask<Listed>(`{ inbox(first: 100, kind: "request") { ${fields} } }`);
    expect(queue.data?.inbox.nodes.find((node) => node.id === id)?.request).toMatchObject({
      ...listed, act: 'REQUEST', side: 'INCOMING', neededBy: '2026-11-30T00:00:00.000Z',
    }); // prettier-ignore
  });

  it('withholds the personal details of an answer from a connection that is not cleared for them', async () => {
    const desk = await t.enrol('MY-CUS-KUL', { maySeeNominal: false });
    const own = await t.agree([desk, th]);
    const { id } = await ask(
      desk,
      th,
      { legalBasis: { agreement: own, article: 'art10' } },
      { handling: aHandling(own) },
    );
    await answerWith(th, id, { kind: 'FINAL', results: [result(1, 'ANSWERED'), result(2, 'ANSWERED')], parties: [PARTY] }, {
      nominal: { parties: [{ key: 'P1', names: [{ text: 'Somchai Example' }] }] },
    }); // prettier-ignore
    const opened = await desk.ask<{ request: { thread: { answer: { object: { parts: object[] } } | null }[] } }>(
      'query($id: ID!) { request(id: $id) { thread { answer { object { parts { name text withheld } } } } } }',
      { id },
    );
    expect(opened.data?.request.thread[1]?.answer?.object.parts).toEqual([
      { name: 'nominal', text: null, withheld: 'NOT_CLEARED' },
    ]);
  });

  it('records each object that was opened, and only those, once', async () => {
    const { id } = await ask(vn, th);
    const first = await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    const second = await answerWith(th, id, { kind: 'INTERIM', results: [result(2, 'PARTLY')] });
    expect(
      await openings(vn, () => vn.ask('query($id: ID!) { request(id: $id) { state questions { state } } }', { id })),
    ).toEqual([id]);
    expect(await openings(vn, () => open(vn, id))).toEqual([id, first.id, second.id]);
  });

  it('gives a receipt for every object, which names its digest', async () => {
    const composed = (await composeRequest(vn, [th]))[0]!;
    const { receipt } = await signAndSubmit(vn, composed);
    const { payload: stated } = JSON.parse(receipt) as { payload: string };
    expect(JSON.parse(Buffer.from(stated, 'base64url').toString())).toMatchObject({
      objectDigest: composed.digest,
      from: 'VN-CUS',
    });
  });
});

describe('is refused and leaves nothing behind: a submission that', () => {
  it('answers a digest that is not the request’s', async () => {
    const { id } = await ask(vn, th);
    const forged = await anAnswerPayload(th, id);
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(await refusal(th, { ...forged, inReplyTo: { id, digest } })).toMatchObject({
      code: 'BAD_SIGNED_OBJECT',
      sub: 'LINK',
      pointer: '/inReplyTo',
    });
  });

  it('answers a request of others, which is the same as one that does not exist', async () => {
    const { id } = await ask(vn, th);
    const stolen = await anAnswerPayload(th, id);
    const mine = { ...stolen, from: la.agency, unit: la.unit };
    const nowhere = await refusal(la, { ...mine, inReplyTo: { ...mine.inReplyTo!, id: randomUUID() } });
    expect(nowhere).toMatchObject({ code: 'BAD_SIGNED_OBJECT', sub: 'LINK' });
    expect(await refusal(la, mine)).toEqual(nowhere);
  });

  it('answers an own request', async () => {
    const { id } = await ask(vn, th);
    const own = { ...(await anAnswerPayload(th, id)), from: vn.agency, unit: vn.unit, to: ['TH-CUS'] };
    expect(await refusal(vn, own)).toMatchObject({ code: 'FORBIDDEN' });
    const composed = await vn.ask(COMPOSE_ANSWER, {
      input: { request: id, body: { language: 'en', kind: 'NEGATIVE' } },
    });
    expect(composed.errors?.[0]?.message).toMatch(/Only the administration that was asked/);
  });

  it('closes a request of the other side', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'NEGATIVE' });
    const composed = await th.ask(COMPOSE_FEEDBACK, { input: { object: id, body: closing() } });
    expect(composed.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('answers an alert', async () => {
    const { id } = await ask(vn, th);
    const alert = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const link = await th.ask<{ object: { digest: string } }>('query($id: ID!) { object(id: $id) { digest } }', {
      id: alert.id,
    });
    const answer = {
      ...(await anAnswerPayload(th, id)),
      inReplyTo: { id: alert.id, digest: link.data!.object.digest },
    };
    expect(await refusal(th, answer)).toMatchObject({ code: 'BAD_USER_INPUT', rules: ['/inReplyTo request'] });
    const composed = await th.askRaw(COMPOSE_ANSWER, {
      input: { request: alert.id, body: { language: 'en', kind: 'NEGATIVE' } },
    });
    expect(composed).toContain('NOT_FOUND');
  });

  it.each<[string, object, string]>([
    ['is sent elsewhere', { to: ['LA-CUS'] }, '/to requester'],
    ['is sent to others too', { to: ['LA-CUS', 'VN-CUS'] }, '/to requester'],
    ['replaces another object', { supersedes: true }, '/supersedes alone'],
  ])('%s', async (_, change, broken) => {
    const { id } = await ask(vn, th);
    const { id: first } = await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    const answer = await anAnswerPayload(th, id);
    const link = await th.ask<{ object: { digest: string } }>('query($id: ID!) { object(id: $id) { digest } }', {
      id: first,
    });
    const changed = 'supersedes' in change ? { supersedes: { id: first, digest: link.data!.object.digest } } : change;
    expect(await refusal(th, { ...answer, ...changed })).toMatchObject({ rules: [broken] });
  });

  it.each<[string, object, string]>([
    ['names a question that does not exist', { results: [result(3, 'ANSWERED')] }, '/body/results question'],
    ['leaves a question open', { kind: 'FINAL', results: [result(1, 'ANSWERED')] }, '/body/results allSettled'],
    [
      'is final though one was answered in part',
      { kind: 'FINAL', results: [result(1, 'ANSWERED'), result(2, 'PARTLY')] },
      '/body/results allSettled',
    ],
    ['refuses without a ground', { kind: 'REFUSAL', results: undefined }, '/body/refusal required'],
    [
      'refuses without a reason',
      { kind: 'REFUSAL', results: undefined, refusal: { ground: 'R11', scope: 'ALL' } },
      '/body/refusal/reasonText required',
    ],
    ['quotes another reference', { requestRef: 'VN-REQ-2026-ZZZZZZ' }, '/body/requestRef sameRef'],
    ['is not the next in order', { answerSeq: 7 }, '/body/answerSeq next'],
    [
      'names a document that is not there',
      { documents: [{ attachmentNo: 1, description: 'A', certified: true }] },
      '/body/documents/0/attachmentNo attachment',
    ],
    [
      'postpones without a date until which it is ready to consult',
      {
        kind: 'POSTPONEMENT',
        results: undefined,
        refusal: { ground: 'R08', reasonText: 'A raid.', scope: 'ALL' },
      },
      '/body/refusal/consultUntil consultation',
    ],
    [
      'refuses in part a question that does not exist',
      {
        kind: 'PARTIAL_REFUSAL',
        results: undefined,
        refusal: { ground: 'R03', reasonText: 'A secret.', scope: 'QUESTIONS', questionNos: [3] },
      },
      '/body/results question',
    ],
    [
      'refuses in part, and leaves nothing open',
      {
        kind: 'PARTIAL_REFUSAL',
        results: [result(1, 'ANSWERED')],
        refusal: { ground: 'R03', reasonText: 'A secret.', scope: 'QUESTIONS', questionNos: [2] },
      },
      '/body/kind partial',
    ],
  ])('%s', async (_, change, broken) => {
    const { id } = await ask(vn, th);
    const answer = await anAnswerPayload(th, id);
    const body = Object.entries({ ...answer.body, ...change }).filter(([, value]) => value !== undefined);
    expect(await refusal(th, { ...answer, body: Object.fromEntries(body) })).toMatchObject({
      code: 'BAD_USER_INPUT',
      rules: [broken],
    });
  });

  it.each<[string, (request: Payload) => object, string]>([
    ['goes to two agencies at once', () => ({ to: ['LA-CUS', 'TH-CUS'] }), '/to oneAddressee'],
    [
      'names another authority than its addressee',
      ({ body }) => ({ body: { ...body, requestedAuthority: 'LA-CUS' } }),
      '/body/requestedAuthority addressee',
    ],
    [
      'speaks for another agency',
      ({ body }) => ({
        body: { ...body, requesting: { ...aRequestBody().requesting, authority: 'LA-CUS', unit: 'LA-CUS-HQ' } },
      }),
      '/body/requesting/authority sender',
    ],
    [
      'names another agreement than it is sent under',
      ({ body }) => ({ body: { ...body, legalBasis: { agreement: 'EXAMPLE-MLA', article: '4' } } }),
      '/body/legalBasis/agreement sameAgreement',
    ],
  ])('%s', async (_, change, broken) => {
    const request = payload((await composeRequest(vn, [th]))[0]!);
    const refused = await refusal(vn, { ...request, ...change(request) });
    expect(refused.code).toBe('BAD_USER_INPUT');
    expect(refused.rules).toContain(broken);
  });

  it('asks nobody, or several in one text under one reference', async () => {
    const rules = async (changes: (input: { body?: object }) => object): Promise<unknown> => {
      const input = requestInput(vn, [th]);
      const composed = await vn.ask(COMPOSE_REQUEST, { input: { ...input, ...changes(input) } });
      return composed.errors?.[0]?.extensions.problems?.map(({ pointer, rule }) => `${pointer} ${rule}`);
    };
    expect(await rules(() => ({ to: [] }))).toEqual(['/to required']);
    const ref = 'VN-REQ-2026-009999-2';
    const several = await rules(({ body }) => ({ to: ['TH-CUS', 'PH-BOC'], body: { ...body, ref } }));
    expect(several).toEqual(['/body/ref oneAddressee']);
  });

  it('asks a community', async () => {
    const community = await t.community([vn, th]);
    const composed = await vn.ask(COMPOSE_REQUEST, { input: { ...requestInput(vn, [th]), to: [community] } });
    expect(composed.errors?.[0]?.extensions.problems).toMatchObject([{ pointer: '/to', rule: 'oneAddressee' }]);
    const request = payload((await composeRequest(vn, [th]))[0]!);
    expect((await refusal(vn, { ...request, to: [community] })).rules).toContain('/to oneAddressee');
  });

  it('is a new version by another agency', async () => {
    const { id } = await ask(vn, th);
    const digest = (await anAnswerPayload(th, id)).inReplyTo!.digest;
    const request = payload((await composeRequest(th, [vn]))[0]!);
    expect(await refusal(th, { ...request, supersedes: { id, digest } })).toMatchObject({
      code: 'BAD_SIGNED_OBJECT',
      sub: 'LINK',
    });
  });

  it('is a new version with another reference', async () => {
    const { id } = await ask(vn, th);
    const request = payload((await composeRequest(vn, [th], {}, { supersedes: id }))[0]!);
    const renamed = { ...request, body: { ...request.body, ref: 'VN-REQ-2026-OTHERS' } };
    expect(await refusal(vn, renamed)).toMatchObject({ rules: ['/body/ref sameRef'] });
  });

  it('rewrites a question that has been answered', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    const questions = [{ no: 1, text: 'Is the seal genuine?' }];
    const composed = await vn.ask(COMPOSE_REQUEST, {
      input: { ...requestInput(vn, [th], { questions }), supersedes: id },
    });
    expect(composed.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', sub: 'QUESTION_ANSWERED' });
  });

  it('withdraws a request of the other side', async () => {
    const { id } = await ask(vn, th);
    const answer = await anAnswerPayload(th, id);
    const withdrawal = { ...answer, kind: 'recall', body: { reason: 'WRONG_FACTS', text: 'Not ours.' } };
    expect(await refusal(th, withdrawal)).toMatchObject({ code: 'BAD_USER_INPUT', rules: ['/inReplyTo recallable'] });
    expect((await open(vn, id)).state).toBe('RECEIVED');
  });

  it('reports on nothing, or to somebody else', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'NEGATIVE' });
    const report = payload(await composeClosing(vn, id));
    expect(await refusal(vn, { ...report, inReplyTo: null })).toMatchObject({ rules: ['/inReplyTo notSupported'] });
    expect(await refusal(vn, { ...report, to: ['LA-CUS'] })).toMatchObject({ rules: ['/to requested'] });
  });
});

describe('is refused because it comes at the wrong time: a submission that', () => {
  it('acknowledges twice', async () => {
    const { id } = await ask(vn, th);
    const twice = await anAnswerPayload(th, id, { kind: 'ACKNOWLEDGEMENT' });
    await answerWith(th, id, { kind: 'ACKNOWLEDGEMENT' });
    const refused = await refusal(th, twice);
    expect(refused).toMatchObject({ code: 'CONFLICT', sub: 'REQUEST_STATE' });
    expect(refused.message).toMatch(/has been acknowledged already/);
  });

  it.each<[string, (id: string) => Promise<unknown>, RegExp, RegExp]>([
    ['withdrawn', (id) => recall(vn, id), /has been withdrawn/, /đã được rút lại/],
    [
      'refused',
      (id) => answerWith(th, id, { kind: 'REFUSAL', refusal: { ground: 'R01', scope: 'ALL' } }),
      /has been refused/,
      /đã bị từ chối/,
    ],
    [
      'answered',
      (id) => answerWith(th, id, { kind: 'NEGATIVE' }),
      /has had its final answer/,
      /đã có trả lời cuối cùng/,
    ],
    [
      'closed',
      async (id) => {
        await answerWith(th, id, { kind: 'NEGATIVE' });
        await close(vn, id);
      },
      /is closed/,
      /đã kết thúc/,
    ],
  ])('answers what is %s', async (_, end, english, vietnamese) => {
    const { id } = await ask(vn, th);
    const late = await anAnswerPayload(th, id);
    await end(id);
    const refused = await refusal(th, late);
    expect(refused).toMatchObject({ code: 'CONFLICT', sub: 'REQUEST_STATE' });
    expect(refused.message).toMatch(english);
    const composed = await th.ask(
      COMPOSE_ANSWER,
      { input: { request: id, body: { language: 'en', kind: 'NEGATIVE' } } },
      { 'accept-language': 'vi' },
    );
    expect(composed.errors?.[0]?.message).toMatch(vietnamese);
  });

  it('answers a version that has been replaced', async () => {
    const { id } = await ask(vn, th);
    const late = await anAnswerPayload(th, id);
    await ask(vn, th, { object: 'Another invoice.' }, { supersedes: id });
    expect(await refusal(th, late)).toMatchObject({ code: 'CONFLICT', sub: 'SUPERSEDED' });
    const composed = await th.ask(COMPOSE_ANSWER, {
      input: { request: id, body: { language: 'en', kind: 'NEGATIVE' } },
    });
    expect(composed.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', sub: 'SUPERSEDED' });
  });

  it('was composed before another answer was given', async () => {
    const { id } = await ask(vn, th);
    const late = await anAnswerPayload(th, id);
    await answerWith(th, id, { kind: 'INTERIM', results: [result(2, 'ANSWERED')] });
    expect(await refusal(th, late)).toMatchObject({ code: 'CONFLICT', sub: 'ANSWER_SEQ', pointer: '/body/answerSeq' });
  });

  it('closes before there is an answer', async () => {
    const { id } = await ask(vn, th);
    const composed = await vn.ask(COMPOSE_FEEDBACK, { input: { object: id, body: closing() } });
    expect(composed.errors?.[0]).toMatchObject({
      message: expect.stringMatching(/has not been answered yet/),
      extensions: { code: 'CONFLICT', sub: 'REQUEST_STATE' },
    });
  });

  it('withdraws what has been answered', async () => {
    const { id } = await ask(vn, th);
    const link = (await anAnswerPayload(th, id)).inReplyTo;
    const request = payload((await composeRequest(vn, [th]))[0]!);
    await answerWith(th, id, { kind: 'NEGATIVE' });
    const body = { reason: 'WRONG_FACTS', text: 'Too late.' };
    expect(await refusal(vn, { ...request, kind: 'recall', inReplyTo: link, body })).toMatchObject({
      code: 'CONFLICT',
      sub: 'REQUEST_STATE',
    });
    expect((await open(vn, id)).state).toBe('ANSWERED');
  });

  it.each([
    ['final answers', { kind: 'FINAL', results: [result(1, 'ANSWERED'), result(2, 'NEGATIVE')] }, 'ANSWERED'],
    ['interim answers', { kind: 'INTERIM', results: [result(1, 'ANSWERED')] }, 'PARTIALLY_ANSWERED'],
  ])('is the second of two %s at once', async (_, body, state) => {
    const { id } = await ask(vn, th);
    const rivals = await Promise.all([0, 1, 2, 3].map(() => anAnswerPayload(th, id, body)));
    const outcomes = await Promise.all(rivals.map((each) => signAndTry(th, each)));
    const won = outcomes.filter(({ errors }) => errors === undefined);
    const lost = outcomes.filter(({ errors }) => errors !== undefined);
    expect(won).toHaveLength(1);
    expect(lost.map(({ errors }) => errors![0]!.extensions.code)).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT']);
    const after = await open(vn, id);
    expect(after.state).toBe(state);
    expect(after.thread).toHaveLength(2);
  });

  it('is an answer and a withdrawal at once: one of them takes effect', async () => {
    const { id } = await ask(vn, th);
    const answer = await anAnswerPayload(th, id, { kind: 'NEGATIVE' });
    const request = payload((await composeRequest(vn, [th]))[0]!);
    const body = { reason: 'WRONG_FACTS', text: 'At the same time.' };
    const outcomes = await Promise.all([
      signAndTry(th, answer),
      signAndTry(vn, { ...request, kind: 'recall', inReplyTo: answer.inReplyTo, body }),
    ]);
    expect(outcomes.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect((await open(vn, id)).thread).toHaveLength(2);
  });

  it('is the same answer again, which gets its first receipt and acts once', async () => {
    const { id } = await ask(vn, th);
    const composed = await composeAnswer(th, id, { kind: 'INTERIM', results: [result(1, 'ANSWERED')] });
    const [signing] = composed.signing;
    const signatures = [{ protected: signing!.protected, signature: await signRaw(th, signing!.signingInput) }];
    const send = () => th.ask<{ submit: Submitted }>(SUBMIT, { composition: { text: composed.text, signatures } });
    const first = await send();
    expect((await send()).data?.submit).toEqual({ ...first.data!.submit, repeated: true });
    expect((await open(vn, id)).thread).toHaveLength(2);
  });
});

describe('the floor under requests', () => {
  it('holds the same moves as the code', async () => {
    const rows = await t.database.sql(
      `SELECT from_state AS "from", act, side AS by, to_state AS to, resume_state AS resume FROM cmd.request_transition`,
    );
    expect(rows).toHaveLength(REQUEST_MOVES.length);
    expect(rows).toEqual(expect.arrayContaining([...REQUEST_MOVES]));
  });

  it.each([
    "INSERT INTO hub.request_act (seq, root_seq, no, act) VALUES (1, 1, 9, 'FINAL')",
    "UPDATE hub.request SET state = 'CLOSED'",
    'DELETE FROM hub.request_question',
    'SELECT 1 FROM cmd.request_transition',
    'SELECT cmd.settle_questions(1, 1, NULL)',
    "SELECT cmd.answer_act('{}')",
    "SELECT cmd.body_of('{}')",
  ])('gives the server no way round the commands: %s', async (statement) => {
    await expect(asServer(t.database, th, () => t.database.sql(statement))).rejects.toThrow(/permission denied/);
  });

  /** What the hub's own checks would have refused, were they forgotten. */
  const unchecked: [string, (at: Standing) => [Party, Submission & { body?: object }], string | null][] = [
    ['an answer that fits', () => [th, {}], null],
    ['an answer by the side that asks', () => [vn, { to: ['TH-CUS'] }], 'REQUEST_STATE'],
    ['an answer by a third agency', () => [la, { to: ['VN-CUS'], replySeq: null }], 'LINK'],
    ['an answer that goes elsewhere', () => [th, { to: ['LA-CUS'] }], 'ADDRESSEE'],
    ['an answer to the version before', ({ first }) => [th, { replySeq: first }], 'SUPERSEDED'],
    ['an answer that is not the next', () => [th, { body: { answerSeq: 3 } }], 'ANSWER_SEQ'],
    ['an answer to a question that is none', () => [th, { body: { results: [result(9, 'ANSWERED')] } }], 'QUESTION'],
    ['a final answer that leaves a question open', () => [th, { body: { kind: 'FINAL' } }], 'QUESTIONS_OPEN'],
    ['a partial refusal of what is open', () => [th, { body: { kind: 'PARTIAL_REFUSAL', results: [], refusal: { questionNos: [1] } } }], null],
    ['a partial refusal that leaves nothing open', () => [th, { body: { kind: 'PARTIAL_REFUSAL', results: [], refusal: { questionNos: [1, 2] } } }], 'QUESTIONS_OPEN'],
    ['a refusal of a question that is none', () => [th, { body: { kind: 'PARTIAL_REFUSAL', results: [], refusal: { questionNos: [9] } } }], 'QUESTION'],
    ['a refusal of a question that it answers', () => [th, { body: { kind: 'PARTIAL_REFUSAL', refusal: { questionNos: [1] } } }], 'QUESTION'],
    ['a postponement of the whole', () => [th, { body: { kind: 'POSTPONEMENT', results: [], refusal: { scope: 'ALL', consultUntil: '2027-12-10T00:00:00Z' } } }], null],
    ['a transfer of what was answered in part', () => [th, { body: { kind: 'TRANSFER_NOTICE', results: [] } }], 'REQUEST_STATE'],
    ['a kind of answer that there is none of', () => [th, { body: { kind: 'GREETING' } }], 'REQUEST_STATE'],
    ['feedback before the end', () => [vn, { kind: 'feedback', to: ['TH-CUS'], body: { stage: 'CLOSED' } }], 'REQUEST_STATE'],
    ['a version that rewrites an answered question', ({ newest }) => [vn, { kind: 'request', to: ['TH-CUS'], replySeq: null, supersedesSeq: newest, body: { questions: [{ no: 1, text: 'Another?' }] } }], 'QUESTION_ANSWERED'],
  ]; // prettier-ignore
  it.each(unchecked)('judges by itself %s', async (_, submission, fault) => {
    const first = await ask(vn, th);
    const newest = await ask(vn, th, {}, { supersedes: first.id });
    await answerWith(th, newest.id, { kind: 'INTERIM', results: [result(1, 'PARTLY')] });
    const at = { first: await seqOf(t.database, first.id), newest: await seqOf(t.database, newest.id) };
    const [party, row] = submission(at);
    const moved = asServer(t.database, party, async () => {
      const seq = await submitUnchecked(t.database, party, anAnswer({ replySeq: at.newest, ...row }));
      await t.database.sql('SELECT cmd.move_request($1)', [seq]);
    });
    if (fault === null) await expect(moved).resolves.toBeUndefined();
    else await expect(moved).rejects.toThrow(new RegExp(`^${fault}$`));
  });

  it('lets the second of two acts at once wait for the first, and judges it by what the first has left', async () => {
    const { id } = await ask(vn, th);
    const late = await anAnswerPayload(th, id, { kind: 'NEGATIVE' });
    const row = anAnswer({
      replySeq: await seqOf(t.database, id),
      body: { kind: 'NEGATIVE', answerSeq: 1, results: [] },
    });
    let second: Promise<Answer<unknown>> | undefined;
    await asServer(t.database, th, async () => {
      await t.database.sql('SELECT cmd.move_request($1)', [await submitUnchecked(t.database, th, row)]);
      second = signAndTry(th, late);
      await untilSomebodyWaits(t.database);
      await t.database.sql('COMMIT');
    });
    expect((await second)?.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', sub: 'REQUEST_STATE' });
  });

  it('lets no object act twice, and none of another agency', async () => {
    const { id } = await ask(vn, th);
    const seq = await seqOf(
      t.database,
      (await answerWith(th, id, { kind: 'INTERIM', results: [result(1, 'PARTLY')] })).id,
    );
    await expect(asServer(t.database, th, () => t.database.sql('SELECT cmd.move_request($1)', [seq]))).rejects.toThrow(
      'ANSWER_SEQ',
    );
    await expect(asServer(t.database, vn, () => t.database.sql('SELECT cmd.move_request($1)', [seq]))).rejects.toThrow(
      'LINK',
    );
    const root = await seqOf(t.database, id);
    const opened = asServer(t.database, th, () => t.database.sql('SELECT cmd.open_request($1)', [root]));
    await expect(opened).rejects.toThrow('LINK');
  });
});

interface Standing {
  first: string;
  newest: string;
}

/** An interim answer that fits, with these members changed. */
function anAnswer({ body, ...row }: Submission & { body?: object }): Submission {
  const said = { kind: 'INTERIM', answerSeq: 2, results: [result(1, 'ANSWERED')], ...body };
  return { kind: 'answer', to: ['VN-CUS'], text: textWith({ body: said }), ...row };
}

const OPEN = `query($id: ID!) { request(id: $id) {
  id ref state side from to questionsAsked questionsOpen permittedActs body { object }
  questions { no state answeredBy latest { result ground } }
  thread { act object { id from } answer { body { answerSeq kind refusal { ground reasonText } transfer { authority country forwarded } } } }
} }`;

const PARTY = { key: 'P1', role: 'CONSIGNEE', kind: 'BUSINESS', involvementLevel: 'UNKNOWN' };

interface Opened {
  id: string;
  ref: string;
  state: string;
  questions: object[];
  thread: {
    act: string;
    object: { id: string; from: string };
    answer: { body: { answerSeq: number; refusal: object | null; transfer: object | null } } | null;
  }[];
}

interface Listed {
  inbox: { nodes: { id: string; request: object | null }[] };
}

interface Payload {
  kind: string;
  hub: string;
  id: string;
  inReplyTo: { id: string; digest: string } | null;
  body: Record<string, unknown>;
}

function payload(composed: ComposedObject): Payload {
  if (!composed.text) throw new Error(JSON.stringify(composed.preview.refusals));
  return { ...(JSON.parse(composed.text) as Payload), id: randomUUID() };
}

function result(questionNo: number, how: 'ANSWERED' | 'NEGATIVE' | 'PARTLY'): object {
  return { questionNo, result: how, text: 'The invoice is not genuine.' };
}

function requestInput(party: Party, addressees: readonly Party[], body: object = {}): object {
  return aRequestInput(agreement, party, addressees, body);
}

const composeRequest = (party: Party, to: readonly Party[], body?: object, input?: object): Promise<ComposedObject[]> =>
  composeRequestUnder(agreement, party, to, body, input);

/** Sends a request, or its next version. */
const ask = (party: Party, addressee: Party, body?: object, input?: object): Promise<Submitted> =>
  askUnder(agreement, party, addressee, body, input);

/** An answer that would be accepted now, to be changed or sent later. */
async function anAnswerPayload(party: Party, request: string, body?: object): Promise<Payload> {
  const { kind, results } = anAnswerBody({
    kind: 'INTERIM',
    results: [{ questionNo: 1, result: 'ANSWERED', text: 'Yes.' }],
  });
  return payload(await composeAnswer(party, request, body ?? { kind, results }));
}

async function open(party: Party, id: string): Promise<Opened> {
  const answer = await party.ask<{ request: Opened }>(OPEN, { id });
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.request;
}

/** Submits what must be refused, sees that no table has a row more, and returns the refusal. */
async function refusal(
  party: Party,
  submission: object,
): Promise<{ code: string; sub?: string; pointer?: string; message: string; rules: string[] }> {
  const before = await rowCounts();
  const answer: Answer<unknown> = await signAndTry(party, submission);
  expect(await rowCounts()).toEqual(before);
  const [error] = answer.errors ?? [];
  if (!error) throw new Error('It was accepted');
  const { problems = [], ...extensions } = error.extensions;
  return { ...extensions, message: error.message, rules: problems.map(({ pointer, rule }) => `${pointer} ${rule}`) };
}

const TABLES = [
  'hub.object', 'hub.release', 'hub.release_term', 'hub.change', 'hub.part', 'hub.request', 'hub.request_question',
  'hub.request_act', 'audit.pending',
]; // prettier-ignore

/** The number of rows of every table that a submission writes, and where each request stands. */
async function rowCounts(): Promise<object> {
  const counts = TABLES.map((table) => `(SELECT count(*) FROM ${table}) AS "${table}"`).join(', ');
  const [row] = await t.database.sql(
    `SELECT ${counts}, (SELECT string_agg(r::text, ' ' ORDER BY root_seq) FROM hub.request r) AS requests`,
  );
  return row!;
}

/** Ids of the objects whose opening by this party was recorded during `work`, sorted as they were sent. */
async function openings(party: Party, work: () => Promise<unknown>): Promise<string[]> {
  const [last] = await t.database.sql<{ id: string }>('SELECT COALESCE(max(id), 0) AS id FROM audit.pending');
  await work();
  const rows = await t.database.sql<{ id: string }>(
    `SELECT o.id FROM audit.pending p JOIN hub.object o ON o.seq = p.object_seq
     WHERE p.id > $1 AND p.event = 'object.opened' AND p.agency_id = $2 ORDER BY o.seq`,
    [last!.id, party.agency],
  );
  return rows.map(({ id }) => id);
}
