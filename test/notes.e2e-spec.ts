import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { notePageStatement } from '../src/notes/note-rows.js';
import { asServer, seqOf, type Submission, submitUnchecked, untilSomebodyWaits } from './support/commands.js';
import {
  aHandling,
  COMPOSE_ANSWER,
  composeAndSubmit,
  readCondition,
  recall,
  signAndSubmit,
  signAndTry,
  type Submitted,
  untilFeedIsComplete,
} from './support/exchange.js';
import { aPdf } from '../src/files/files.example.js';
import { upload } from './support/files.js';
import { type Answer, type Party, startTestHub, type TestHub } from './support/hub.js';
import { aNoteInput, COMPOSE_NOTE, composeNote, note, notesDocument, notesOn } from './support/notes.js';
import { answerWith, ask as askUnder, close, composeAnswer, composeRequest, report } from './support/requests.js';

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;
let otherAgreement: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
  otherAgreement = await t.agree([vn, th, la]);
});
afterAll(() => t.stop());

const ask = (party: Party, addressee: Party, body?: object, input?: object): Promise<Submitted> =>
  askUnder(agreement, party, addressee, body, input);

const alert = (to: string[], rest: object = {}): Promise<Submitted> => composeAndSubmit(vn, { to, agreement, ...rest });

const textsOf = async (party: Party, kind: 'alert' | 'request', id: string): Promise<string[]> =>
  (await notesOn(party, kind, id)).nodes.map(({ text }) => text);

const refusalOf = (answer: Answer<unknown>): object => {
  const { code, sub, problems } = answer.errors?.[0]?.extensions ?? { code: null };
  return { code, ...(sub ? { sub } : {}), rules: problems?.map(({ pointer, rule }) => `${pointer} ${rule}`) ?? [] };
};

/** Signs a note as it would be composed, with these members of its payload changed, whatever the hub says of it. */
async function tryNote(party: Party, object: string, changes: object): Promise<object> {
  const payload = JSON.parse((await composeNote(party, object)).text!) as object;
  return refusalOf(await signAndTry(party, { ...payload, id: randomUUID(), ...changes }));
}

/** Where everything stands that a note must not move. */
async function standing(id: string): Promise<unknown[]> {
  const request = `query($id: ID!) { request(id: $id) { state permittedActs questionsOpen thread { act object { id } } } }`;
  const duties = `query($owed: DutySide!) { duties(owed: $owed, first: 100) {
    nodes { kind object owedBy owedTo urgency since dueAt isOverdue isPaused reminded because } } }`;
  const answers = [];
  for (const party of [vn, th]) {
    answers.push((await party.ask(request, { id })).data);
    for (const owed of ['BY_US', 'TO_US']) answers.push((await party.ask(duties, { owed })).data);
  }
  const rows = await t.database.sql(
    `SELECT (SELECT count(*) FROM hub.request_act) AS acts, (SELECT count(*) FROM hub.duty) AS duties,
       (SELECT count(*) FROM hub.duty d WHERE d.settled_at IS NOT NULL OR d.paused_at IS NOT NULL) AS moved`,
  );
  return [...answers, rows];
}

describe('a note on a request', () => {
  it('goes from either side to the other, and is listed for both, oldest first', async () => {
    const { id } = await ask(vn, th);
    const composed = await composeNote(th, id, 'Is the invoice a copy?');
    expect(composed).toMatchObject({ to: ['VN-CUS'], tier: 'T0' });
    expect(JSON.parse(composed.text!)).toMatchObject({
      kind: 'note',
      inReplyTo: { id },
      supersedes: null,
      parts: [],
      handling: aHandling(agreement),
      body: { text: 'Is the invoice a copy?', language: 'en' },
    });
    const first = await signAndSubmit(th, composed);
    const second = await note(vn, id, 'It is the original.');
    const listed = await notesOn(vn, 'request', id);
    expect(listed.nodes).toMatchObject([
      { id: first.id, from: 'TH-CUS', unit: 'TH-CUS-LCB', to: ['VN-CUS'], language: 'en', text: 'Is the invoice a copy?' },
      { id: second.id, from: 'VN-CUS', unit: 'VN-CUS-AS', to: ['TH-CUS'], text: 'It is the original.' },
    ]); // prettier-ignore
    expect((await notesOn(th, 'request', id)).nodes).toEqual(listed.nodes);
    await note(th, id, 'Thank you.', { to: ['VN-CUS-AS'] });
    expect(await textsOf(vn, 'request', id)).toEqual(['Is the invoice a copy?', 'It is the original.', 'Thank you.']);
  });

  it('moves nothing, settles nothing, pauses no clock', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'ACKNOWLEDGEMENT' });
    await answerWith(th, id, { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which invoice?' } });
    for (const party of [vn, th]) {
      const before = await standing(id);
      await note(party, id);
      expect(await standing(id)).toEqual(before);
    }
  });

  it('is not the acknowledgement of a request that nobody has taken up', async () => {
    const { id } = await ask(vn, th);
    const before = await standing(id);
    await note(th, id);
    expect(await standing(id)).toEqual(before);
  });

  it('is still taken when the request is closed, and no more when it is withdrawn', async () => {
    const { id } = await ask(vn, th);
    await answerWith(th, id, { kind: 'NEGATIVE' });
    await close(vn, id);
    await note(th, id, 'The original is back in its archive.');
    expect(await textsOf(vn, 'request', id)).toEqual(['The original is back in its archive.']);

    const { id: withdrawn } = await ask(vn, th);
    await note(th, withdrawn, 'Before.');
    const payload = JSON.parse((await composeNote(th, withdrawn)).text!) as object;
    await recall(vn, withdrawn);
    expect(refusalOf(await signAndTry(th, payload))).toMatchObject({ code: 'CONFLICT', sub: 'RECALLED' });
    for (const party of [vn, th]) {
      const answer = await party.ask(COMPOSE_NOTE, { input: aNoteInput(withdrawn) });
      expect(refusalOf(answer)).toMatchObject({ code: 'CONFLICT', sub: 'RECALLED' });
      expect(answer.errors?.[0]).toMatchObject({ message: expect.stringContaining('no more notes') });
      expect(await textsOf(party, 'request', withdrawn)).toEqual(['Before.']);
    }
  });

  it('names the newest version, and is found from every version', async () => {
    const { id } = await ask(vn, th);
    await note(th, id, 'Which invoice?');
    const newer = await ask(vn, th, { object: 'Invoice no. EX-4471.' }, { supersedes: id });
    expect(refusalOf(await th.ask(COMPOSE_NOTE, { input: aNoteInput(id) }))).toMatchObject({ sub: 'SUPERSEDED' });
    await note(th, newer.id, 'Thank you.');
    for (const each of [id, newer.id]) {
      expect(await textsOf(vn, 'request', each)).toEqual(['Which invoice?', 'Thank you.']);
    }
  });

  it('goes to the other side and no other', async () => {
    const { id } = await ask(vn, th);
    const otherSide = { code: 'BAD_USER_INPUT', rules: ['/to otherSide'] };
    for (const to of [['LA-CUS'], ['LA-CUS', 'VN-CUS'], ['TH-CUS']]) {
      expect(await tryNote(th, id, { to })).toEqual(otherSide);
    }
    for (const to of [['LA-CUS'], ['TH-CUS-LCB'], ['LA-CUS', 'TH-CUS'], ['VN-CUS']]) {
      expect(await tryNote(vn, id, { to })).toEqual(otherSide);
    }
  });

  it('does not exist for a third administration', async () => {
    const { id } = await ask(vn, th);
    const written = await note(th, id);
    for (const [operation, variables] of [
      [COMPOSE_NOTE, (each: string) => ({ input: aNoteInput(each) })],
      [notesDocument('request'), (each: string) => ({ id: each, first: 20 })],
      ['query($id: ID!) { object(id: $id) { id } }', (each: string) => ({ id: each })],
    ] as const) {
      const nowhere = await la.askRaw(operation, variables(randomUUID()));
      expect(nowhere).toContain('NOT_FOUND');
      expect(await la.askRaw(operation, variables(id))).toBe(nowhere);
      expect(await la.askRaw(operation, variables(written.id))).toBe(nowhere);
    }
  });
});

describe('a note on an alert', () => {
  it('goes from a recipient to the sender, whose other recipients learn nothing', async () => {
    const { id } = await alert(['LA-CUS', 'TH-CUS'], { addresseesSeeEachOther: true });
    const written = await note(th, id, 'It left yesterday.');
    expect(await textsOf(vn, 'alert', id)).toEqual(['It left yesterday.']);
    expect(await textsOf(th, 'alert', id)).toEqual(['It left yesterday.']);
    expect(await textsOf(la, 'alert', id)).toEqual([]);
    for (const to of [['LA-CUS'], ['LA-CUS', 'VN-CUS'], ['LA-CUS', 'TH-CUS'], ['VN-CUS-HP']]) {
      expect(await tryNote(th, id, { to })).toEqual({ code: 'BAD_USER_INPUT', rules: ['/to sender'] });
    }
    await untilFeedIsComplete(t.database);
    const lists = `{ inbox(first: 100) { nodes { id } } changes(first: 100) { changes { objectId } } }`;
    expect(await la.askRaw(lists)).not.toContain(written.id);
    expect((await vn.askRaw(lists)).split(written.id)).toHaveLength(3);
  });

  it('goes from the sender to all recipients, or to one of them alone', async () => {
    const { id } = await alert(['LA-CUS', 'TH-CUS'], { addresseesSeeEachOther: true });
    expect((await composeNote(vn, id)).to).toEqual(['LA-CUS', 'TH-CUS']);
    await note(vn, id, 'To both.');
    await note(vn, id, 'To Thailand.', { to: ['TH-CUS'] });
    await note(vn, id, 'To a unit of Thailand.', { to: ['TH-CUS-LCB'] });
    expect(await textsOf(th, 'alert', id)).toEqual(['To both.', 'To Thailand.', 'To a unit of Thailand.']);
    expect(await textsOf(la, 'alert', id)).toEqual(['To both.']);
  });

  it('goes to nobody who has not received the alert', async () => {
    const readers = { code: 'BAD_USER_INPUT', rules: ['/to readers'] };
    const { id } = await alert(['TH-CUS']);
    for (const to of [['LA-CUS'], ['LA-CUS', 'TH-CUS'], ['TH-CUS', 'TH-CUS-LCB'], [await t.community([vn, la])]]) {
      expect(await tryNote(vn, id, { to })).toEqual(readers);
    }
    // The agency has units that were not told.
    const { id: toUnit } = await alert(['TH-CUS-LCB']);
    expect(await tryNote(vn, toUnit, { to: ['TH-CUS'] })).toEqual(readers);
    await note(vn, toUnit, 'For the unit.');
    expect(await textsOf(th, 'alert', toUnit)).toEqual(['For the unit.']);
  });

  it('stays between the sender and one member of a community', async () => {
    const community = await t.community([vn, th, la]);
    const { id } = await alert([community]);
    expect((await composeNote(vn, id)).to).toEqual([community]);
    await note(la, id, 'We have seen it.');
    await note(vn, id, 'Thank you, Laos.', { to: ['LA-CUS'] });
    await note(vn, id, 'To everybody.');
    expect(await textsOf(la, 'alert', id)).toEqual(['We have seen it.', 'Thank you, Laos.', 'To everybody.']);
    expect(await textsOf(th, 'alert', id)).toEqual(['To everybody.']);
    expect(await textsOf(vn, 'alert', id)).toHaveLength(3);
  });

  it('owes nothing and settles nothing', async () => {
    const { id } = await alert(['TH-CUS']);
    await notesOn(th, 'alert', id); // the alert is read by opening it
    const { id: request } = await ask(vn, th);
    const before = await standing(request);
    await note(th, id);
    await note(vn, id);
    expect(await standing(request)).toEqual(before);
  });

  it('is not taken once the alert is recalled', async () => {
    const { id } = await alert(['TH-CUS']);
    const payload = JSON.parse((await composeNote(th, id)).text!) as object;
    await recall(vn, id);
    expect((await th.ask(COMPOSE_NOTE, { input: aNoteInput(id) })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(refusalOf(await signAndTry(th, payload))).toMatchObject({ code: 'BAD_SIGNED_OBJECT', sub: 'LINK' });
    expect(refusalOf(await vn.ask(COMPOSE_NOTE, { input: aNoteInput(id) }))).toMatchObject({ sub: 'RECALLED' });
  });
});

describe('what a note is', () => {
  it('belongs to an alert or a request, and to nothing else', async () => {
    const { id } = await ask(vn, th);
    const own = await note(th, id);
    const answer = await answerWith(th, id, { kind: 'NEGATIVE' });
    const { id: toReport } = await alert(['TH-CUS']);
    const reported = await report(th, toReport, { stage: 'RECEIVED', language: 'en' });
    const withdrawal = await recall(vn, (await ask(vn, th)).id);
    for (const each of [own, answer, reported, withdrawal]) {
      for (const party of [vn, th]) {
        const refused = await party.ask(COMPOSE_NOTE, { input: aNoteInput(each.id) });
        expect(refusalOf(refused)).toEqual({ code: 'BAD_USER_INPUT', rules: ['/inReplyTo target'] });
      }
    }
    expect(await tryNote(th, id, { inReplyTo: null })).toMatchObject({ rules: ['/inReplyTo target'] });
    const { inReplyTo } = JSON.parse((await composeNote(th, id)).text!) as { inReplyTo: object };
    const forged = { ...inReplyTo, digest: `sha256:${'0'.repeat(64)}` };
    expect(await tryNote(th, id, { inReplyTo: forged })).toMatchObject({ code: 'BAD_SIGNED_OBJECT', sub: 'LINK' });
  });

  it('replaces no other, has no parts and no further members, and is short', async () => {
    const { id } = await ask(vn, th);
    const before = await composeNote(th, id, 'First.');
    await signAndSubmit(th, before);
    const supersedes = { id: before.id, digest: before.digest };
    expect(await tryNote(th, id, { supersedes })).toMatchObject({ rules: ['/supersedes alone'] });
    const parts = [{ name: 'nominal', sha256: '0'.repeat(64) }];
    expect(await tryNote(th, id, { parts })).toMatchObject({ code: 'BAD_SIGNED_OBJECT' });
    for (const [body, rule] of [
      [{ text: 'x'.repeat(2001), language: 'en' }, '/body/text longText'],
      [{ text: 'Urgent.', language: 'en', dueAt: '2026-12-01T00:00:00Z' }, '/body/dueAt unknownMember'],
    ] as const) {
      expect(await tryNote(th, id, { body })).toMatchObject({ code: 'BAD_USER_INPUT', rules: [rule] });
    }
    await note(th, id, 'x'.repeat(2000));
  });

  it('is accepted once: the same again gets the first receipt', async () => {
    const { id } = await ask(vn, th);
    const composed = await composeNote(th, id);
    const first = await signAndSubmit(th, composed);
    expect(await signAndSubmit(th, composed)).toEqual({ ...first, repeated: true });
    expect(await textsOf(vn, 'request', id)).toHaveLength(1);
  });

  it('carries files', async () => {
    const { id } = await ask(vn, th);
    const digest = await upload(t, th, aPdf(`% ${randomUUID()}\n`), 'application/pdf');
    const written = await note(th, id, 'As attached.', { attachments: [digest] });
    const opened = await vn.ask(
      'query($id: ID!) { request(id: $id) { notes { nodes { object { id attachments { sha256 } } } } } }',
      { id },
    );
    expect(opened.data).toMatchObject({
      request: { notes: { nodes: [{ object: { id: written.id, attachments: [{ sha256: digest }] } }] } },
    });
  });

  it('stands in the inbox and in the look-up of what it belongs to, and its opening is shown to who wrote it', async () => {
    const { id } = await ask(vn, th);
    const written = await note(th, id);
    const found = await vn.ask<{ inbox: { nodes: { id: string; ref: string; title: null }[] } }>(
      '{ inbox(kind: "note", first: 100) { nodes { id kind ref title } } }',
    );
    const shown = found.data!.inbox.nodes.find((each) => each.id === written.id)!;
    expect(shown).toMatchObject({ kind: 'note', ref: expect.stringMatching(/^VN-REQ-/), title: null });

    const accesses = 'query($id: ID!) { objectAccess(id: $id) { nodes { act agency } } }';
    const nobody = { data: { objectAccess: { nodes: [] } } };
    expect(await th.ask(accesses, { id: written.id })).toEqual(nobody);
    await notesOn(vn, 'request', id, { first: 1 });
    expect((await th.ask(accesses, { id: written.id })).data).toEqual({
      objectAccess: { nodes: [{ act: 'OPENED', agency: 'VN-CUS' }] },
    });
  });
});

describe('the conditions of a note', () => {
  const strict = {
    codes: ['H2', 'H3'],
    h3Text: 'Ask our duty officer first.',
    classification: 'RESTRICTED',
    onwardRule: 'NONE',
    evidenceUse: 'WITH_CONSENT',
    purposeLimit: ['PREVENT_DETECT', 'INVESTIGATE'],
    expiresAt: '2099-01-01T00:00:00Z',
  };

  it('are those of what it belongs to', async () => {
    const { id } = await alert(['TH-CUS'], { handling: strict });
    await readCondition(th, id);
    const payload = JSON.parse((await composeNote(th, id)).text!) as { handling: object };
    expect(payload.handling).toEqual(aHandling(agreement, strict));
  });

  it.each<[string, object, string]>([
    ['a code less', { codes: ['H3'] }, 'codes'],
    ['another condition', { h3Text: 'Ask nobody.' }, 'h3Text'],
    ['a lower marking', { classification: 'UNCLASSIFIED' }, 'classification'],
    ['further on', { onwardRule: 'AGENCY' }, 'onwardRule'],
    ['more as evidence', { evidenceUse: 'YES' }, 'evidenceUse'],
    ['another purpose', { purposeLimit: ['PREVENT_DETECT', 'PROSECUTE'] }, 'purposeLimit'],
    ['every purpose', { purposeLimit: undefined }, 'purposeLimit'],
    ['longer', { expiresAt: '2099-01-01T00:00:01Z' }, 'expiresAt'],
    ['for ever', { expiresAt: undefined }, 'expiresAt'],
  ])('are no laxer: %s', async (_, changes, member) => {
    const { id } = await alert(['TH-CUS'], { handling: strict });
    await readCondition(th, id);
    const handling = JSON.parse(JSON.stringify(aHandling(agreement, { ...strict, ...changes }))) as object;
    const inherited = { code: 'BAD_USER_INPUT', rules: [`/handling/${member} inherited`] };
    for (const party of [vn, th]) {
      const composed = await party.ask(COMPOSE_NOTE, { input: aNoteInput(id, undefined, { handling }) });
      expect(refusalOf(composed)).toEqual(inherited);
      expect(await tryNote(party, id, { handling })).toEqual(inherited);
    }
  });

  it('are of the same agreement, and may be stricter', async () => {
    const { id } = await ask(vn, th);
    expect(await tryNote(th, id, { handling: aHandling(otherAgreement) })).toEqual({
      code: 'BAD_USER_INPUT',
      rules: ['/handling/legalBasis/agreement inherited'],
    });
    await note(th, id, 'Only to prevent.', {
      handling: aHandling(agreement, { codes: ['H1', 'H2'], purposeLimit: ['PREVENT_DETECT'] }),
    });
    expect(await textsOf(vn, 'request', id)).toEqual(['Only to prevent.']);
  });

  it('keep a restricted note from a reader who is not cleared for it', async () => {
    const { id } = await ask(vn, th);
    await note(vn, id, 'Open.');
    await note(vn, id, 'Restricted.', { handling: aHandling(agreement, { classification: 'RESTRICTED' }) });
    const uncleared = await t.enrol('TH-CUS-BKK', { clearance: 0, beside: th });
    expect(await textsOf(uncleared, 'request', id)).toEqual(['Open.']);
    expect(await textsOf(th, 'request', id)).toEqual(['Open.', 'Restricted.']);
  });
});

describe('a recall of an alert', () => {
  it('takes the sender’s notes on it from its readers as well, and leaves theirs to both', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    const ours = await note(vn, id, 'The courier is on the night train.');
    const theirs = await note(th, id, 'Which train?');
    const sees = async (party: Party, object: string): Promise<boolean> =>
      (await party.ask('query($id: ID!) { object(id: $id) { id } }', { id: object })).errors === undefined;
    expect(await sees(th, ours.id)).toBe(true);
    await recall(vn, id);
    expect([await sees(th, ours.id), await sees(vn, ours.id)]).toEqual([false, true]);
    expect([await sees(th, theirs.id), await sees(vn, theirs.id)]).toEqual([true, true]);
  });
});

describe('a page of notes', () => {
  it('goes on where it ended, for whom and where it was made', async () => {
    const { id } = await ask(vn, th);
    const { id: other } = await ask(vn, th);
    for (const text of ['1', '2', '3']) await note(th, id, text);
    const first = await notesOn(vn, 'request', id, { first: 2 });
    expect([first.nodes.map(({ text }) => text), first.pageInfo.hasNextPage]).toEqual([['1', '2'], true]);
    const after = first.pageInfo.endCursor;
    await note(vn, id, '4');
    const rest = await notesOn(vn, 'request', id, { after });
    expect([rest.nodes.map(({ text }) => text), rest.pageInfo.hasNextPage]).toEqual([['3', '4'], false]);
    for (const [party, request] of [
      [th, id],
      [vn, other],
    ] as const) {
      // prettier-ignore
      const refused = await party.ask(notesDocument('request'), { id: request, first: 2, after });
      expect(refusalOf(refused)).toMatchObject({ code: 'BAD_USER_INPUT', rules: ['/after cursor'] });
    }
    for (const size of [0, 101]) {
      const refused = await vn.ask(notesDocument('request'), { id, first: size });
      expect(refusalOf(refused)).toMatchObject({ rules: ['/first range'] });
    }
  });

  it('opens no note but those that it shows', async () => {
    const { id } = await ask(vn, th);
    const written = [await note(th, id, '1'), await note(th, id, '2')];
    await notesOn(vn, 'request', id, { first: 1 });
    const opened = written.map(async (each) => {
      const accesses = 'query($id: ID!) { objectAccess(id: $id) { nodes { act } } }';
      const answer = await th.ask<{ objectAccess: { nodes: object[] } }>(accesses, { id: each.id });
      return answer.data!.objectAccess.nodes.length;
    });
    expect(await Promise.all(opened)).toEqual([1, 0]);
  });

  it('costs the same however much else stands in the thread and elsewhere', async () => {
    const { id } = await ask(vn, th);
    await note(th, id);
    const threadSeq = await seqOf(t.database, id);
    await t.database.sql('BEGIN');
    await t.database.sql('SET LOCAL session_replication_role = replica');
    await t.database.sql(
      `INSERT INTO hub.object (id, kind, from_agency, from_unit, recipients, digest, text, receipt, clearance, has_parts, thread_seq, created_at, received_at)
       SELECT gen_random_uuid(), CASE n % 2 WHEN 0 THEN 'answer' ELSE 'note' END, 'VN-CUS', 'VN-CUS-AS', '{TH-CUS}', 'd', 't', 'r', 0, false,
         CASE n % 2 WHEN 0 THEN $1::bigint ELSE -n END, now(), now() FROM generate_series(1, 6000) n`,
      [threadSeq],
    );
    await t.database.sql(
      `INSERT INTO hub.release (audience_id, seq, clearance) SELECT a.id, o.seq, 0 FROM hub.object o
         JOIN hub.audience a ON a.kind = 'SENT' AND a.owner = o.from_agency WHERE o.digest = 'd'`,
    );
    await t.database.sql('COMMIT');
    await t.database.sql('ANALYZE hub.object, hub.release');
    const { text, values } = notePageStatement({ threadSeq, after: null, limit: 21 });
    const explained = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
    const [, plan] = await asServer(t.database, vn, async () => [
      await t.database.sql(explained, values), // what is read once in a connection
      await t.database.sql<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(explained, values),
    ]);
    const { Plan } = (plan as { 'QUERY PLAN': [{ Plan: Record<string, number> }] }[])[0]!['QUERY PLAN'][0];
    expect(JSON.stringify(Plan)).toContain('"object_note"');
    expect(Plan['Shared Hit Blocks']! + Plan['Shared Read Blocks']!).toBeLessThan(30);
    await t.database.sql("DELETE FROM hub.release r USING hub.object o WHERE o.seq = r.seq AND o.digest = 'd'");
    await t.database.sql("DELETE FROM hub.object WHERE digest = 'd'");
  });
});

describe('a clarification that was a note', () => {
  const CLARIFICATION = { kind: 'CLARIFICATION_REQUEST' };
  const tryFrom = async (party: Party, request: string, fromNote: string, body: object = CLARIFICATION) =>
    refusalOf(await party.ask(COMPOSE_ANSWER, { input: { request, fromNote, body: { language: 'en', ...body } } }));

  it('is asked for with the words of the own note', async () => {
    const { id } = await ask(vn, th);
    const asked = await note(th, id, 'Which of the two invoices?');
    const composed = await composeAnswer(th, id, CLARIFICATION, { fromNote: asked.id });
    expect(JSON.parse(composed.text!)).toMatchObject({
      body: { kind: 'CLARIFICATION_REQUEST', clarification: { text: 'Which of the two invoices?' } },
    });
    await signAndSubmit(th, composed);
    const opened = await vn.ask('query($id: ID!) { request(id: $id) { state } }', { id });
    expect(opened.data).toEqual({ request: { state: 'CLARIFICATION_NEEDED' } });
  });

  it('is given by a new version after a note of the other side', async () => {
    const { id } = await ask(vn, th);
    await note(th, id, 'Which of the two invoices?');
    const [newer] = await composeRequest(agreement, vn, [th], { object: 'Invoice no. EX-4471.' }, { supersedes: id });
    await signAndSubmit(vn, newer!);
    expect(await textsOf(th, 'request', newer!.id)).toEqual(['Which of the two invoices?']);
  });

  it('comes of no other note and no other object', async () => {
    const { id } = await ask(vn, th);
    const { id: other } = await ask(vn, th);
    const [elsewhere, theirs] = [await note(th, other), await note(vn, id)];
    const foreign = await note(la, (await ask(vn, la)).id);
    for (const fromNote of [randomUUID(), elsewhere.id, theirs.id, foreign.id, id]) {
      expect(await tryFrom(th, id, fromNote)).toEqual({ code: 'NOT_FOUND', rules: [] });
    }
  });

  it('is none when something else is answered or asked', async () => {
    const { id } = await ask(vn, th);
    const own = await note(th, id);
    const notFor = { code: 'BAD_USER_INPUT', rules: ['/fromNote clarification'] };
    expect(await tryFrom(th, id, own.id, { kind: 'ACKNOWLEDGEMENT' })).toEqual(notFor);
    expect(await tryFrom(th, id, own.id, { ...CLARIFICATION, clarification: { text: 'Which?' } })).toEqual(notFor);
  });
});

describe('the database', () => {
  type Target = Record<
    'request' | 'newest' | 'withdrawn' | 'answer' | 'alert' | 'toUnit' | 'recalled' | 'restricted',
    string
  >;
  let at: Target;
  beforeAll(async () => {
    const first = await ask(vn, th);
    const newest = await ask(vn, th, { object: 'More.' }, { supersedes: first.id });
    const withdrawn = await ask(vn, th);
    await recall(vn, withdrawn.id);
    const sent = {
      request: first,
      newest,
      withdrawn,
      answer: await answerWith(th, newest.id, { kind: 'ACKNOWLEDGEMENT' }),
      alert: await alert(['LA-CUS', 'TH-CUS'], { addresseesSeeEachOther: true }),
      toUnit: await alert(['TH-CUS-LCB']),
      recalled: await alert(['TH-CUS']),
      restricted: await alert(['TH-CUS'], { handling: { classification: 'RESTRICTED' } }),
    };
    await recall(vn, sent.recalled.id);
    const seqs = Object.entries(sent).map(async ([name, { id }]) => [name, await seqOf(t.database, id)]);
    at = Object.fromEntries(await Promise.all(seqs)) as Target;
  });

  it.each<[string, keyof Target | null, () => [Party, Submission], string | null]>([
    ['to who was asked', 'newest', () => [vn, { to: ['TH-CUS'] }], null],
    ['to who asked', 'newest', () => [th, { to: ['VN-CUS'] }], null],
    ['to the unit that asked', 'newest', () => [th, { to: ['VN-CUS-AS'] }], null],
    ['to a third beside who asked', 'newest', () => [th, { to: ['LA-CUS', 'VN-CUS'] }], 'ADDRESSEE'],
    ['to a third', 'newest', () => [vn, { to: ['LA-CUS'] }], 'ADDRESSEE'],
    ['by a third', 'newest', () => [la, { to: ['VN-CUS'] }], 'LINK'],
    ['on an older version', 'request', () => [vn, { to: ['TH-CUS'] }], 'SUPERSEDED'],
    ['on what was withdrawn', 'withdrawn', () => [th, { to: ['VN-CUS'] }], 'RECALLED'],
    ['on an answer', 'answer', () => [vn, { to: ['TH-CUS'] }], 'LINK'],
    ['on nothing', null, () => [vn, { to: ['TH-CUS'] }], 'LINK'],
    ['to who sent the alert', 'alert', () => [th, { to: ['VN-CUS'] }], null],
    ['to another recipient', 'alert', () => [th, { to: ['LA-CUS'] }], 'ADDRESSEE'],
    ['to the sender and another recipient', 'alert', () => [th, { to: ['LA-CUS', 'VN-CUS'] }], 'ADDRESSEE'],
    ['to all recipients', 'alert', () => [vn, { to: ['LA-CUS', 'TH-CUS'] }], null],
    ['to one recipient', 'alert', () => [vn, { to: ['LA-CUS'] }], null],
    ['to the agency of the unit that has the alert', 'toUnit', () => [vn, { to: ['TH-CUS'] }], 'ADDRESSEE'],
    ['to the unit that has the alert', 'toUnit', () => [vn, { to: ['TH-CUS-LCB'] }], null],
    ['to who has no alert', 'toUnit', () => [vn, { to: ['LA-CUS'] }], 'ADDRESSEE'],
    ['on what was recalled', 'recalled', () => [vn, { to: ['TH-CUS'] }], 'RECALLED'],
    ['marked lower', 'restricted', () => [th, { to: ['VN-CUS'] }], 'FORBIDDEN'],
    ['marked as high', 'restricted', () => [th, { to: ['VN-CUS'], clearance: 1 }], null],
  ])('judges a note by itself: %s', async (_, target, submission, fault) => {
    const [party, changes] = submission();
    const replySeq = target === null ? null : at[target];
    const submitted = asServer(t.database, party, () =>
      submitUnchecked(t.database, party, { kind: 'note', replySeq, ...changes }),
    );
    if (fault === null) await expect(submitted).resolves.toMatch(/^\d+$/);
    else await expect(submitted).rejects.toThrow(new RegExp(`^${fault}$`));
  });

  it('tells nobody but its sender who has received an object', async () => {
    const has = (party: Party, to: string) =>
      asServer(t.database, party, async () => {
        const text = 'SELECT cmd.has_received($1, $2) AS received';
        return (await t.database.sql<{ received: boolean }>(text, [to, at.alert]))[0]!.received;
      });
    expect([await has(vn, 'TH-CUS'), await has(vn, 'VN-CUS-XX'), await has(th, 'LA-CUS'), await has(la, 'LA-CUS')]).toEqual([
      true, false, false, false,
    ]); // prettier-ignore
  });

  it('lets a note that comes with a recall wait for it, and refuses it then', async () => {
    const { id } = await alert(['TH-CUS']);
    const payload = JSON.parse((await composeNote(th, id)).text!) as object;
    let second: Promise<Answer<unknown>> | undefined;
    const replySeq = await seqOf(t.database, id);
    await asServer(t.database, vn, async () => {
      await submitUnchecked(t.database, vn, { kind: 'recall', replySeq });
      second = signAndTry(th, payload);
      await untilSomebodyWaits(t.database);
      await t.database.sql('COMMIT');
    });
    expect(refusalOf((await second)!)).toMatchObject({ code: 'CONFLICT', sub: 'RECALLED' });
  });
});
