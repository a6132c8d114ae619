import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DutySweeper } from '../../src/duties/duty-sweeper.js';
import { aFeedbackBody } from '../../src/feedback/body/feedback-body.example.js';
import { aRecallBody } from '../../src/exchange/body/body.example.js';
import { canonicalize, type JsonObject } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import type { Envelope, ObjectLink } from '../../src/protocol/envelope.js';
import { signObject } from '../../src/protocol/signing.js';
import { formatTimestamp } from '../../src/protocol/timestamp.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import { anAlert, aReference } from '../hostile/hostile.js';
import { SUBMIT, type Submitted } from '../support/exchange.js';
import { type Answer, type Party, startTestHub, type TestHub } from '../support/hub.js';
import { type Act, CONSULT_HOURS, COURT_HOURS, Reference, type Side, type Urgency } from './reference.js';

/**
 * Random acts of both sides and of a stranger on a request, legal and illegal, and time that passes: after each of them the hub and the
 * reference say the same, to everybody who may ask. `npm run model` makes 10,000 moves; the tests make LIAISON_MODEL_MOVES.
 */
const MOVES = Number(process.env['LIAISON_MODEL_MOVES'] ?? 240);
const MOVES_IN_A_RUN = 30;
const SEED = process.env['LIAISON_SEED'] === undefined ? undefined : Number(process.env['LIAISON_SEED']);
const HOUR = 3_600_000;

let t: TestHub;
let parties: Record<Side, Party>;
let agreement: string;

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '1000000000' });
  parties = {
    asking: await t.enrol('VN-CUS-AS'),
    asked: await t.enrol('TH-CUS-LCB'),
    stranger: await t.enrol('LA-CUS-HQ'),
  };
  agreement = await t.agree(Object.values(parties));
});
afterEach(() => t.hub.clock.set(null));
afterAll(() => t.stop());

type Move = { wait: number } | Act;

const ANSWERING = [
  'acknowledge',
  'askBack',
  'transfer',
  'delay',
  'awaitCourt',
  'negative',
  'refuse',
  'postpone',
] as const;
const result = fc.constantFrom('ANSWERED' as const, 'PARTLY' as const, 'NEGATIVE' as const, null);
const results = fc.tuple(result, result);
const nos = fc.constantFrom([0], [1], [0, 1]);
const urgency = fc.constantFrom<Urgency>('FLASH', 'URGENT', 'ROUTINE');

const what: fc.Arbitrary<Act['what']> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ANSWERING).map((each) => ({ do: each })) },
  { weight: 1, arbitrary: fc.constantFrom('acknowledge' as const, 'askBack' as const).map((each) => ({ do: each })) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('interim' as const),
      results: results.filter((each) => each.some((one) => one !== null)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('final' as const), results }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('refusePartly' as const, 'postponePartly' as const), nos }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('revise' as const), urgency }) },
  { weight: 1, arbitrary: fc.constant({ do: 'withdraw' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('report' as const), isLast: fc.boolean() }) },
);

/** Mostly by the side whose turn such an act can be. */
const act: fc.Arbitrary<Act> = fc
  .record({ what, other: fc.integer({ min: 0, max: 9 }), stale: fc.integer({ min: 0, max: 9 }) })
  .map(({ what: each, other, stale }) => {
    const isOfAsking = each.do === 'revise' || each.do === 'withdraw' || each.do === 'report';
    const [own, foreign] = isOfAsking ? (['asking', 'asked'] as const) : (['asked', 'asking'] as const);
    return { what: each, by: other === 0 ? 'stranger' : other === 1 ? foreign : own, isStale: stale === 0 };
  });

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ wait: fc.constantFrom(0.5, 3, 9, 26, 80, 300) }) },
  { weight: 10, arbitrary: act },
);

/** One thread on the hub, beside its reference. */
class Thread {
  private now = 0;
  private readonly begun = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  private readonly versions: Envelope[] = [];
  private readonly ref = aReference('VN-CUS').replace('ALR', 'REQ');

  constructor(
    private readonly reference: Reference,
    private readonly urgency: Urgency,
  ) {
    t.hub.clock.set(this.begun);
  }

  async begin(): Promise<void> {
    const { data, errors } = await this.submit(parties.asking, this.version(this.urgency, null));
    if (!data) throw new Error(JSON.stringify(errors));
  }

  async make(each: Move): Promise<void> {
    if ('wait' in each) {
      this.now += each.wait;
      t.hub.clock.set(new Date(this.begun.getTime() + this.now * HOUR));
      await t.hub.app.get(DutySweeper).sweep();
      this.reference.sweep(this.now);
      return;
    }
    const envelope = this.envelopeOf(each);
    const expected = this.reference.take(each, this.now);
    const answer = await this.submit(parties[each.by], envelope);
    const said = answer.data ? 'taken' : JSON.stringify(answer.errors?.[0]?.extensions);
    expect([each, said]).toEqual([
      each,
      expected
        ? 'taken'
        : expect.stringMatching(/"code":"(CONFLICT|FORBIDDEN|NOT_FOUND|BAD_USER_INPUT|BAD_SIGNED_OBJECT)"/),
    ]);
  }

  /** What both sides see, and that a stranger sees nothing. */
  async compare(): Promise<void> {
    const owed = [...this.reference.owed]
      .map(([kind, { due, pausedAt }]) => ({
        kind,
        dueAt: new Date(this.begun.getTime() + due * HOUR).toISOString(),
        isPaused: pausedAt !== null,
        isOverdue: pausedAt === null && due <= this.now,
      }))
      .sort((a, b) => (a.kind < b.kind ? -1 : 1));
    const { state, questions } = this.reference;
    const expected = { state, questions, questionsOpen: [0, 1].filter((no) => this.reference.isOpen(no)).length, owed };
    for (const side of ['asking', 'asked'] as const) expect([side, await this.seenBy(side)]).toEqual([side, expected]);
    expect(await this.seenBy('stranger')).toBeNull();
  }

  private async seenBy(side: Side): Promise<object | null> {
    const answer = await parties[side].ask<Seen>(
      `query($id: ID!) { request(id: $id) { id state questionsOpen questions { state } } byUs: duties(owed: BY_US, first: 100) { ${DUTY} }
        toUs: duties(owed: TO_US, first: 100) { ${DUTY} } }`,
      { id: this.versions[0]!.id },
    );
    if (!answer.data) {
      expect(answer.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
      return null;
    }
    const { request, byUs, toUs } = answer.data;
    return {
      state: request.state,
      questions: request.questions.map((question) => question.state),
      questionsOpen: request.questionsOpen,
      owed: [...byUs.nodes, ...toUs.nodes]
        .filter(({ ref }) => ref === this.ref)
        .map(({ kind, dueAt, isPaused, isOverdue }) => ({ kind, dueAt, isPaused, isOverdue }))
        .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    };
  }

  private async submit(party: Party, envelope: Envelope): Promise<Answer<{ submit: Submitted }>> {
    const iat = Math.floor(t.hub.clock.now().getTime() / 1_000);
    const object = await signObject(envelope, { ...party.signing, iat });
    const answer = await party.ask<{ submit: Submitted }>(SUBMIT, { object });
    if (answer.data && envelope.kind === 'request') this.versions.push(envelope);
    return answer;
  }

  private at(hours: number): string {
    return formatTimestamp(new Date(t.hub.clock.now().getTime() + hours * HOUR));
  }

  private envelope(by: Side, kind: Envelope['kind'], body: object, link: Partial<Envelope>): Envelope {
    const { asking, asked } = parties;
    return anAlert(parties[by], [by === 'asking' ? asked.agency : asking.agency], agreement, {
      kind,
      id: randomUUID(),
      createdAt: formatTimestamp(t.hub.clock.now()),
      body: JSON.parse(JSON.stringify(body)) as JsonObject,
      ...link,
    });
  }

  private version(of: Urgency, supersedes: ObjectLink | null, by: Side = 'asking'): Envelope {
    const { agency, unit } = parties[by];
    const body = aRequestBody({ ref: this.ref, requestedAuthority: parties.asked.agency, urgency: of });
    return this.envelope(
      by,
      'request',
      {
        ...body,
        requesting: { ...body.requesting, authority: agency, unit },
        legalBasis: { agreement, article: 'art10' },
        urgencyReason: of === 'ROUTINE' ? undefined : 'It sails.',
        neededBy: formatTimestamp(new Date(this.begun.getTime() + 9_000 * HOUR)),
        feedbackPromisedBy: formatTimestamp(new Date(this.begun.getTime() + 10_000 * HOUR)),
      },
      { supersedes },
    );
  }

  private envelopeOf({ by, isStale, what: each }: Act): Envelope {
    const target = isStale ? this.versions[0]! : this.versions.at(-1)!;
    const link: ObjectLink = { id: target.id, digest: digestOf(canonicalize(target)) };
    if (each.do === 'revise') return this.version(each.urgency, link, by);
    if (each.do === 'withdraw') return this.envelope(by, 'recall', aRecallBody(), { inReplyTo: link });
    if (each.do === 'report') {
      const { indicatorOutcomes: _, ...last } = aFeedbackBody({ targetRef: this.ref });
      const body = each.isLast ? last : { ...last, stage: 'CONTROLLED', contribution: undefined };
      return this.envelope(by, 'feedback', body, { inReplyTo: link });
    }
    const body = { requestRef: this.ref, answerSeq: this.reference.answers + 1, language: 'en', ...this.answer(each) };
    return this.envelope(by, 'answer', body, { inReplyTo: link });
  }

  private answer(each: Exclude<Act['what'], { do: 'revise' | 'withdraw' | 'report' }>): object {
    const refusal = { ground: 'R08', reasonText: 'A raid.' };
    const consultUntil = this.at(CONSULT_HOURS);
    const delay = { expectedAt: this.at(COURT_HOURS), reason: 'A judge decides.' };
    switch (each.do) {
      case 'acknowledge':
        return { kind: 'ACKNOWLEDGEMENT' };
      case 'askBack':
        return { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which ship?' } };
      case 'transfer':
        return { kind: 'TRANSFER_NOTICE', transfer: { authority: 'Port police', forwarded: true } };
      case 'delay':
        return { kind: 'DELAY_NOTICE', delay };
      case 'awaitCourt':
        return { kind: 'DELAY_NOTICE', delay, authorisation: { status: 'NEEDED' } };
      case 'negative':
        return { kind: 'NEGATIVE' };
      case 'refuse':
        return { kind: 'REFUSAL', refusal: { ...refusal, scope: 'ALL' } };
      case 'postpone':
        return { kind: 'POSTPONEMENT', refusal: { ...refusal, scope: 'ALL', consultUntil } };
      case 'refusePartly':
      case 'postponePartly': {
        const questionNos = each.nos.map((no) => no + 1);
        const scope = { ...refusal, scope: 'QUESTIONS', questionNos };
        if (each.do === 'refusePartly') return { kind: 'PARTIAL_REFUSAL', refusal: scope };
        return { kind: 'POSTPONEMENT', refusal: { ...scope, consultUntil } };
      }
      case 'interim':
      case 'final': {
        const given = each.results.flatMap((one, no) =>
          one === null ? [] : [{ questionNo: no + 1, result: one, text: 'So.' }],
        );
        return { kind: each.do.toUpperCase(), ...(given.length > 0 && { results: given }) };
      }
    }
  }
}

const DUTY = 'nodes { kind ref dueAt isPaused isOverdue }';

interface Seen {
  request: { state: string; questionsOpen: number; questions: { state: string }[] };
  byUs: { nodes: SeenDuty[] };
  toUs: { nodes: SeenDuty[] };
}

interface SeenDuty {
  kind: string;
  ref: string;
  dueAt: string;
  isPaused: boolean;
  isOverdue: boolean;
}

describe('a request, whatever both sides and a stranger do with it', () => {
  const reached = new Map<string, number>();

  it(
    `stands as the reference says after each of ${MOVES} moves`,
    async () => {
      let made = 0;
      await fc.assert(
        fc.asyncProperty(
          urgency,
          fc.array(move, { minLength: MOVES_IN_A_RUN, maxLength: MOVES_IN_A_RUN }),
          async (first, moves) => {
            for (const party of Object.values(parties)) party.signInAnew();
            const reference = new Reference(first);
            const thread = new Thread(reference, first);
            await thread.begin();
            await thread.compare();
            for (const each of moves) {
              await thread.make(each);
              await thread.compare();
              made += 1;
              reached.set(reference.state, (reached.get(reference.state) ?? 0) + 1);
            }
          },
        ),
        { numRuns: Math.ceil(MOVES / MOVES_IN_A_RUN), ...(SEED !== undefined && { seed: SEED }), endOnFailure: false },
      );
      console.log(`model: ${JSON.stringify({ moves: made, states: Object.fromEntries(reached) })}`);
      expect(made).toBeGreaterThanOrEqual(MOVES);
    },
    60_000 + MOVES * 500,
  );
});
