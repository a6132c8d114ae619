import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { prepared } from '../access/prepared.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { recordAccess } from '../audit/record-access.js';
import type { Urgency } from '../common/codes/alert-codes.js';
import { NotFound } from '../common/errors.js';
import type { Language } from '../common/messages/messages.js';
import { signedObjectOf } from '../exchange/exchange.resolver.js';
import type { OpenedRow } from '../exchange/object-pages.js';
import { OBJECT_COLUMNS, type ObjectRow, summaryOf } from '../exchange/object-record.js';
import { payloadOf } from '../exchange/payload.js';
import type { AnswerBody } from './body/answer-body.js';
import type { Question, RequestBody } from './body/request-body.js';
import type { Answer, OpenedRequest, RequestQuestion, RequestStanding, RequestSummary } from './request.models.js';
import { permittedActs, type RequestAct } from './request-states.js';
import { readQuestions, readThreadOf, readThreadsOf, sideOf, type ThreadRow } from './request-threads.js';
import { inWords } from './standard-questions.js';

@Injectable()
export class RequestsService {
  constructor(private readonly database: ScopedDatabase) {}

  /**
   * Opens the newest version of a request, by the id of any, for a reader of this language. An object of another kind is no request: the
   * same answer as for none.
   */
  open(caller: Caller, id: string, language: Language): Promise<OpenedRequest> {
    return this.database.as(caller, async (tx) => {
      const thread = await readThreadOf(tx, id);
      if (!thread) throw new NotFound();
      const [row] = await openObjects(tx, [thread.current_seq]);
      if (!row) throw new NotFound();
      const body = payloadOf(row.text).body as unknown as RequestBody;
      const steps = await readSteps(tx, thread.root_seq);
      const stepBySeq = new Map(steps.map((step) => [step.seq, step]));
      const questions = await readQuestions(tx, thread.root_seq);
      return {
        ...standingOf(thread, caller),
        id: row.id,
        from: thread.from_agency,
        to: thread.to_agency,
        object: signedObjectOf(row),
        body,
        questions: questions.map(({ no, state, answer_seq }) => {
          const answerRow = answer_seq === null ? null : (stepBySeq.get(answer_seq) ?? null);
          const asked = readable(body.questions[no - 1]!, body.language, language);
          return { no, state, ...asked, answerRow, answeredBy: answerRow?.id ?? null };
        }),
        thread: steps.map((step) => ({ act: step.act, object: summaryOf(step) })),
      };
    });
  }

  /** Opens answers; each opening is recorded. */
  openAnswers(caller: Caller, rows: readonly ObjectRow[]): Promise<Map<string, Answer>> {
    return this.database.as(caller, async (tx) => {
      const opened = await openObjects(
        tx,
        rows.map(({ seq }) => seq),
      );
      return new Map(
        opened.map((row) => [
          row.seq,
          { object: signedObjectOf(row), body: payloadOf(row.text).body as unknown as AnswerBody },
        ]),
      );
    });
  }

  /** What lists show of the requests to which these objects belong, by the object's seq. */
  summaries(caller: Caller, rows: readonly ObjectRow[]): Promise<Map<string, RequestSummary>> {
    return this.database.as(caller, async (tx) => {
      const threads = await readThreadsOf(
        tx,
        rows.map(({ seq }) => seq),
      );
      return new Map(threads.map((thread) => [thread.seq, { ...standingOf(thread, caller), act: thread.act }]));
    });
  }
}

/** A question as the reader gets it: a standard one in his or her language, any other as it was written. */
function readable(
  { text = '', standard }: Question,
  original: string,
  reader: Language,
): Pick<RequestQuestion, 'text' | 'language' | 'standard'> {
  if (standard === undefined) return { text, language: original, standard: null };
  return { text: inWords(standard, reader) ?? standard.code, language: reader, standard };
}

function standingOf(thread: ThreadRow, { agencyId }: Caller): RequestStanding {
  const side = sideOf(thread, agencyId);
  return {
    ref: thread.ref,
    state: thread.state,
    side: side === 'REQUESTER' ? 'OUTGOING' : 'INCOMING',
    urgency: thread.urgency as Urgency,
    neededBy: thread.needed_by,
    questionsAsked: thread.questions,
    questionsOpen: thread.questions_open,
    permittedActs: side === null ? [] : permittedActs(thread.state, side),
  };
}

/** The objects of a thread that the caller may see, in the order in which they took effect. */
function readSteps(tx: EntityManager, rootSeq: string): Promise<(ObjectRow & { act: RequestAct })[]> {
  return prepared(
    tx,
    'request-steps',
    `SELECT ${OBJECT_COLUMNS}, a.act FROM hub.request_act a JOIN hub.object o ON o.seq = a.seq
     WHERE a.root_seq = $1 ORDER BY a.no`,
    [rootSeq],
  );
}

/** These objects with their signed texts, and the opening of each recorded in the same transaction. */
export async function openObjects(tx: EntityManager, seqs: readonly string[]): Promise<OpenedRow[]> {
  const rows = await prepared<OpenedRow>(
    tx,
    'objects-opened',
    `SELECT ${OBJECT_COLUMNS}, o.text, o.receipt FROM hub.object o WHERE o.seq = ANY ($1::bigint[]) ORDER BY o.seq`,
    [seqs],
  );
  return recordAccess(tx, 'object.opened', rows);
}
