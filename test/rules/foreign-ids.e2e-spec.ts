import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  getNamedType,
  type GraphQLField,
  GraphQLID,
  type GraphQLInputType,
  type GraphQLSchema,
  GraphQLString,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { aMethodAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { aPdf } from '../../src/files/files.example.js';
import { aVideo } from '../../src/files/video.example.js';
import { aRecallBody } from '../../src/exchange/body/body.example.js';
import { jsonSchemaOf } from '../../src/exchange/body/json-schema.js';
import { ObjectKinds } from '../../src/exchange/object-kind.js';
import { canonicalize, type JsonObject } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import type { Envelope } from '../../src/protocol/envelope.js';
import { signObject } from '../../src/protocol/signing.js';
import { aFeedbackBody } from '../../src/feedback/body/feedback-body.example.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import { anAlert, aReference, fingerprint, SUBMIT_TEXT } from '../hostile/hostile.js';
import { type Act, actDocument, ACTS, variablesFor } from '../support/administration.js';
import { anOfficer } from '../support/browser.js';
import { aHandling, composeAndSubmit } from '../support/exchange.js';
import { upload, wholeAnswer } from '../support/files.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { operationsOf } from '../support/operations.js';
import { keepPartner, register } from '../support/register.js';
import { begin, headersOfPart } from '../support/uploads.js';

/**
 * Every place where an id can be given, found in the schema and in the bodies of all registered kinds, is tried with ids that do not belong
 * there: of an object of another agency, of an object of another type, of the other side's. A place that is new fails here until the tables
 * below say which objects it takes.
 */

let t: TestHub;
let vn: Party;
let th: Party;
/** Who tries. */
let la: Party;
let agreement: string;
let schema: GraphQLSchema;

/** What is known of an object that was sent. */
interface Known {
  kind: Envelope['kind'];
  id: string;
  digest: string;
  ref: string | null;
  from: string;
  to: string[];
  /** Sent by LA-CUS. */
  isOwn: boolean;
  /** What an object of a consent does. */
  act?: string;
  body: JsonObject;
  /** The object that it answers. */
  answers?: string | undefined;
}

/** One object of each kind that went from VN-CUS to TH-CUS or back: LA-CUS must not know of them. */
let hidden: Known[];
/** Objects of several kinds that LA-CUS has sent or received. */
let visible: Known[];
let hiddenCommunity: string;
/** An object of VN-CUS, and its consent to LA-CUS passing that on to TH-CUS. */
let passable: Known;
let question: Known;
let granted: Known;
/** A request to LA-CUS, and its own note on it. */
let unclear: Known;
let ownNote: Known;
/** An officer of LA-CUS, and a task that its unit gave itself. */
let officer: string;
let task: string;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  th = await t.enrol('TH-CUS-LCB');
  la = await t.enrol('LA-CUS-HQ');
  agreement = await t.agree([vn, th, la]);
  hiddenCommunity = await t.community([vn, th]);
  schema = t.hub.app.get(GraphQLSchemaHost, { strict: false }).schema;
  hidden = await exchangeEverything(vn, th);
  visible = [
    ...(await exchangeEverything(la, vn)),
    ...(await exchangeEverything(vn, la)),
    await answeredRequest(la, vn),
  ];
  passable = await send(vn, envelope(vn, 'alert', alertTo(la)));
  question = await send(la, askingOf(passable, la, { for: 'ONWARD', forAgency: th.agency }));
  granted = await send(vn, consentOf(question, vn, { act: 'GRANT' }));
  const asked = await send(la, envelope(la, 'alert', alertTo(vn)));
  const revocable = await send(vn, askingOf(asked, vn));
  const ours = await send(la, consentOf(revocable, la, { act: 'GRANT' }));
  unclear = await send(vn, envelope(vn, 'request', requestFrom(vn, la)));
  ownNote = await send(la, noteOn(unclear, la));
  visible.push(passable, question, granted, asked, revocable, ours, unclear, ownNote);
  officer = await anOfficer(t, la, ['FIELD_OFFICER']);
  const given = `mutation($id: ID!, $unit: ID!, $dueAt: DateTime!) { giveTask(id: $id, unit: $unit, text: "Look.", dueAt: $dueAt) { id } }`;
  const variables = { id: passable.id, unit: la.unit, dueAt: inAnHour() };
  task = (await la.ask<{ giveTask: { id: string } }>(given, variables)).data!.giveTask.id;
});
afterAll(() => t.stop());

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

const { targetRef: _, indicatorOutcomes: __, ...CLOSING } = aFeedbackBody();

/** Where an id can be given to an operation, such as `composeRecall input.object`, with the rest of what the operation needs. */
const PLACES: Record<string, { arguments: (id: string) => object; takes: (object: Known) => boolean }> = {
  'object id': { arguments: (id) => ({ id }), takes: () => true },
  'objectSummary id': { arguments: (id) => ({ id }), takes: () => true },
  'objectAccess id': { arguments: (id) => ({ id }), takes: () => true },
  'alert id': { arguments: (id) => ({ id }), takes: ({ kind }) => kind === 'alert' },
  'request id': { arguments: (id) => ({ id }), takes: ({ kind }) => kind === 'request' },
  'composeAlert input.supersedes': {
    arguments: (supersedes) => ({ input: { ...input(alertTo(vn)), supersedes } }),
    takes: ({ kind, isOwn }) => kind === 'alert' && isOwn,
  },
  'composeRequest input.supersedes': {
    arguments: (supersedes) => ({ input: { ...input(requestFrom(la, vn)), supersedes } }),
    takes: ({ kind, isOwn }) => kind === 'request' && isOwn,
  },
  'composeAnswer input.request': {
    arguments: (request) => ({ input: { request, body: { language: 'en', kind: 'NEGATIVE' } } }),
    takes: ({ kind, isOwn }) => kind === 'request' && !isOwn,
  },
  'composeFeedback input.object': {
    arguments: (object) => ({ input: { object, body: CLOSING } }),
    takes: ({ kind, isOwn }) => (kind === 'request' && isOwn) || (kind === 'alert' && !isOwn),
  },
  'feedback id': { arguments: (id) => ({ id }), takes: ({ kind }) => kind === 'feedback' },
  'waiveReports alert': {
    arguments: (alert) => ({ alert, agency: 'VN-CUS', reason: 'It was found elsewhere.' }),
    takes: ({ kind, isOwn }) => kind === 'alert' && isOwn,
  },
  'composeRecall input.object': {
    arguments: (object) => ({ input: { object, body: aRecallBody() } }),
    takes: ({ kind, isOwn }) => ['alert', 'request', 'oral'].includes(kind) && isOwn,
  },
  'oralRequest id': { arguments: (id) => ({ id }), takes: ({ kind }) => kind === 'oral' },
  'consent id': { arguments: (id) => ({ id }), takes: ({ kind }) => kind === 'consent' },
  'consents object': { arguments: (object) => ({ object }), takes: () => true },
  'composeConsentRequest input.object': {
    arguments: (object) => ({
      input: { object, body: { for: 'EVIDENCE', reason: 'For the court.', urgency: 'ROUTINE' } },
    }),
    takes: ({ kind, isOwn }) => !['consent', 'recall'].includes(kind) && !isOwn,
  },
  'composeConsentAnswer input.consent': {
    arguments: (consent) => ({ input: { consent, body: { act: 'DENY', reason: 'The source would be known.' } } }),
    takes: (object) => object.act === 'ASK' && !object.isOwn && !isAnswered(object),
  },
  'composeConsentRevocation input.consent': {
    arguments: (consent) => ({ input: { consent, body: { reason: 'The source has asked for it.' } } }),
    takes: (object) => (object.act === 'GRANT' ? object.isOwn : !object.isOwn && isAnswered(object)),
  },
  'composeNote input.object': {
    arguments: (object) => ({ input: { object, body: { text: 'It sails tomorrow.', language: 'en' } } }),
    takes: ({ kind }) => ['alert', 'request'].includes(kind),
  },
  'composeAnswer input.fromNote': {
    arguments: (fromNote) => ({
      input: { request: unclear.id, fromNote, body: { language: 'en', kind: 'CLARIFICATION_REQUEST' } },
    }),
    takes: ({ id }) => id === ownNote.id,
  },
  'matter id': { arguments: (id) => ({ id }), takes: () => true },
  'alsoOnDesk id': { arguments: (id) => ({ id }), takes: () => true },
  'assignHolder id': { arguments: (id) => ({ id, officer }), takes: () => true },
  'distribute id': { arguments: (id) => ({ id, units: [la.unit] }), takes: () => true },
  'giveTask id': {
    arguments: (id) => ({ id, unit: la.unit, text: 'Look at the invoice.', dueAt: inAnHour() }),
    takes: () => true,
  },
  'withdrawTask task': {
    arguments: (id) => ({ task: id === passable.id ? task : id, result: 'Not needed.' }),
    takes: ({ id }) => id === passable.id,
  },
  'shareOnward object': {
    arguments: (object) => ({ object, to: th.agency, consent: granted.id }),
    takes: ({ id }) => id === passable.id,
  },
  'shareOnward consent': {
    arguments: (consent) => ({ object: passable.id, to: th.agency, consent }),
    takes: ({ id }) => [question.id, granted.id].includes(id),
  },
};

/** Whether LA-CUS or VN-CUS has granted what this object asks. */
function isAnswered({ id }: Known): boolean {
  return visible.some(({ act, answers }) => act === 'GRANT' && answers === id);
}

/** Ids that name what every signed-in caller may know. */
const OPEN_TO_ALL = new Set([
  'colleagues unit',
  'distribute units',
  'duties partner',
  'duties unit',
  'giveTask unit',
  'giveLetterTask unit',
  'keySets agency',
  'waiveReports agency',
]);

/** Ids of one's own agency's officers: for those of another there is the answer of a random one, which test/desk compares. */
const OF_COLLEAGUES = new Set(['assignHolder officer']);

/** Texts among arguments: cursors, which are sealed, whole signed texts, proofs and signatures, and words. */
const NO_IDS = new Set([
  'acknowledgeRestriction digest',
  'approveKey proof', 'assignHolder note', 'changes after', 'closeLetter reason', 'confirmNoticeAddress code', 'confirmObject assertion', 'correctLetter reason', 'distribute note', 'drafts after', 'duties after', 'giveLetterTask text', 'giveTask text',
  'handOverMatter note', 'inbox after', 'layDownMatter note', 'letters after', 'lettersByNumber number', 'mattersByNumber nationalRef', 'myMatters after', 'notes after', 'reportTaskResult result',
  'setNationalRef nationalRef', 'tasks after', 'withdrawTask result', 'inbox kind', 'linkPasskey device',
  'objectAccess after', 'outsidePartners country', 'outbox after', 'outbox kind', 'publishKeySet keySet', 'reports after', 'returnDraft reason', 'sendDraft assertion', 'shareOnward to', 'submit assertion',
  'submit object', 'waiveReports reason',
]); // prettier-ignore

/** Ids of officers' own business, which no system may do at all: officers try them in test/people, test/desk and test/hostile/people-sign-in. */
const OF_OFFICERS = new Set([
  'approveAdmission id',
  'declineAdmission id',
  'proposeAdmission officer',
  'endSession id',
  'approveKey kid',
  'approveKey by',
  'blockKey kid',
  'confirmObject id',
  'approvePasskey id',
  'removePasskey id',
  'claimMatter id',
  'handOverMatter id',
  'handOverMatter officer',
  'keepStandIn officer',
  'layDownMatter id',
  'reportTaskResult task',
  'setNationalRef id',
]);

/** What else these operations need. */
const BESIDE: Record<string, string> = {
  'approveKey kid': 'by: "x", proof: "x"',
  'confirmObject id': 'signature: { protected: "x", signature: "x" }, assertion: "x"',
  'approveKey by': 'kid: "x", proof: "x"',
  'handOverMatter id': 'officer: "x", note: "x"',
  'handOverMatter officer': 'id: "x", note: "x"',
  'keepStandIn officer': 'from: "2027-01-01T00:00:00Z", until: "2027-01-02T00:00:00Z"',
  'reportTaskResult task': 'result: "x"',
};
const SELECTED: Record<string, string> = {
  declineAdmission: '',
  endSession: '',
  blockKey: '',
  confirmObject: '',
  approveKey: '{ kid }',
  removePasskey: '',
  approvePasskey: '{ id }',
  claimMatter: '{ nationalRef }',
  handOverMatter: '{ nationalRef }',
  keepStandIn: '{ validFrom }',
  layDownMatter: '{ nationalRef }',
  reportTaskResult: '{ id }',
  setNationalRef: '{ nationalRef }',
};

/** Ids in administrative acts: the same, and tried in test/hostile/administration. */
const OF_ADMINISTRATORS = new Set(
  Object.entries(ACTS).flatMap(([name, types]) =>
    Object.entries(types).flatMap(([argument, type]) => {
      if (type.startsWith('ID')) return [`${name} ${argument}`];
      return type === 'OfficerInput!' ? [`${name} ${argument}.unit`] : [];
    }),
  ),
);

/** The same of rosters and addresses for notices, tried in test/roster. */
const OF_ROSTERS = new Set([
  'roster unit',
  'keepRoster unit',
  'keepRoster shifts.officer',
  'noticeRule unit',
  'keepNoticeRule unit',
]);

/** Whose objects need a condition of their own: tried in test/restrictions. */
const OF_RESTRICTIONS = new Set(['acknowledgeRestriction id']);

/** Ids of letters and of administrations outside, which no object of the hub has: tried in test/register. */
const OF_THE_REGISTER = new Set([
  'letter id',
  'letters partner',
  'correctLetter id',
  'closeLetter id',
  'keepOutsidePartner id',
  'registerLetter input.inReplyTo',
  'registerLetter input.partner',
  'importLetters rows.partner',
  'giveLetterTask letter',
]);

/** Ids of drafts, which officers alone have: tried in test/drafts. */
const OF_DRAFTS = new Set([
  'draft id',
  'keepDraft input.draft',
  'handInDraft draft',
  'returnDraft draft',
  'withdrawDraft draft',
  'sendDraft draft',
]);

/** A complete object of each registered kind that LA-CUS may truly send, each time anew, and what it may link to. */
const SENDINGS: Record<
  string,
  { payload: () => Promise<Envelope>; inReplyTo: (o: Known) => boolean; supersedes: (o: Known) => boolean }
> = {
  alert: {
    payload: async () => envelope(la, 'alert', alertTo(vn)),
    inReplyTo: () => false,
    supersedes: ({ kind, isOwn }) => kind === 'alert' && isOwn,
  },
  request: {
    payload: async () => envelope(la, 'request', requestFrom(la, vn)),
    inReplyTo: () => false,
    supersedes: ({ kind, isOwn }) => kind === 'request' && isOwn,
  },
  answer: {
    payload: async () => answerTo(await send(vn, envelope(vn, 'request', requestFrom(vn, la))), la, 'ACKNOWLEDGEMENT'),
    inReplyTo: ({ kind, isOwn }) => kind === 'request' && !isOwn,
    supersedes: () => false,
  },
  feedback: {
    payload: async () => closingOf(await answeredRequest(la, vn), la),
    inReplyTo: ({ kind, isOwn }) => (kind === 'request' && isOwn) || (kind === 'alert' && !isOwn),
    supersedes: () => false,
  },
  consent: {
    payload: async () => askingOf(await send(vn, envelope(vn, 'alert', alertTo(la))), la),
    inReplyTo: () => false,
    supersedes: () => false,
  },
  note: {
    payload: async () => noteOn(await send(la, envelope(la, 'alert', alertTo(vn))), la),
    inReplyTo: ({ kind }) => ['alert', 'request'].includes(kind),
    supersedes: () => false,
  },
  oral: {
    payload: async () => envelope(la, 'oral', callFrom(vn)),
    inReplyTo: () => false,
    supersedes: () => false,
  },
  recall: {
    payload: async () => recallOf(await send(la, envelope(la, 'alert', alertTo(vn))), la),
    inReplyTo: ({ kind, isOwn }) => ['alert', 'request', 'oral'].includes(kind) && isOwn,
    supersedes: () => false,
  },
};

describe('D1, threats 2 an id among the arguments of an operation', () => {
  it.each([...OF_OFFICERS])('%s is no business of a system', async (place) => {
    const [operation, argument] = place.split(' ') as [string, string];
    const selection = SELECTED[operation] ?? '{ expiresAt }';
    const given = `${argument}: "${hidden[0]!.id}" ${BESIDE[place] ?? ''}`;
    const answer = await la.ask(`mutation { ${operation}(${given}) ${selection} }`);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it.each(Object.keys(ACTS) as Act[])('%s is no business of a system', async (name) => {
    const { id } = hidden[0]!;
    const answer = await la.ask(actDocument(name), variablesFor(name, { officer: id, unit: id, agency: id, id }));
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('has its place in the table', () => {
    const apart = [
      OPEN_TO_ALL,
      OF_COLLEAGUES,
      OF_OFFICERS,
      OF_ADMINISTRATORS,
      OF_ROSTERS,
      OF_RESTRICTIONS,
      OF_THE_REGISTER,
      OF_DRAFTS,
    ];
    const found = idPlaces().filter((place) => !apart.some((places) => places.has(place)));
    expect(found.toSorted()).toEqual(Object.keys(PLACES).toSorted());
    expect(found.length).toBeGreaterThan(8);
  });

  it('is of type ID: no text among the arguments is one', () => {
    const texts = fields().flatMap(({ name, args }) =>
      args.flatMap((argument) => (getNamedType(argument.type) === GraphQLString ? [`${name} ${argument.name}`] : [])),
    );
    expect(texts.filter((place) => !NO_IDS.has(place))).toEqual([]);
    expect(texts.length).toBeGreaterThan(8);
  });

  it.each(Object.keys(PLACES))(
    '%s: of another agency, it gets the answer of a random one and changes nothing',
    async (place) => {
      const before = await fingerprint(t.database);
      const missing = await call(place, randomUUID());
      expect(missing).toContain('NOT_FOUND');
      expect(hidden.length).toBeGreaterThan(4);
      for (const { kind, id } of [...hidden, { kind: 'community', id: hiddenCommunity.slice('community:'.length) }]) {
        expect([kind, await call(place, id)]).toEqual([kind, missing]);
      }
      expect(await fingerprint(t.database)).toEqual(before);
    },
  );

  it.each(Object.keys(PLACES))('%s: of another type or side, it is refused and changes nothing', async (place) => {
    const wrong = visible.filter((object) => !PLACES[place]!.takes(object));
    for (const object of wrong) {
      const before = await fingerprint(t.database);
      const { data, errors } = JSON.parse(await call(place, object.id)) as { data: unknown; errors?: unknown[] };
      expect([object.kind, object.isOwn, data ?? null, errors?.length]).toEqual([object.kind, object.isOwn, null, 1]);
      expect([object.kind, await fingerprint(t.database)]).toEqual([object.kind, before]);
    }
  });
});

describe('an id that belongs there', () => {
  it.each(Object.keys(PLACES))('%s: is taken, so it is the id that the others are refused for', async (place) => {
    const answers = await Promise.all(visible.filter(PLACES[place]!.takes).map(({ id }) => call(place, id)));
    expect(answers).toContainEqual(expect.not.stringContaining('"errors"'));
  });
});

describe('D1, threats 3 an id in a payload that is submitted', () => {
  it('is tried in every kind that the hub accepts', () => {
    expect(
      kinds()
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(Object.keys(SENDINGS).toSorted());
  });

  describe.each(Object.keys(SENDINGS))('of the kind %s', (kind) => {
    it.each(['inReplyTo', 'supersedes'] as const)(
      'as %s: hidden, it is refused like one that is missing',
      async (place) => {
        const payload = await SENDINGS[kind]!.payload();
        const before = await fingerprint(t.database);
        for (const { id, digest } of hidden) {
          const answer = await submit({ ...payload, [place]: { id, digest } });
          const missing = await submit({ ...payload, [place]: { id: randomUUID(), digest } });
          expect([place, answer]).toEqual([place, missing]);
          expect(answer).toContain('BAD_SIGNED_OBJECT');
        }
        expect(await fingerprint(t.database)).toEqual(before);
      },
    );

    it.each(['inReplyTo', 'supersedes'] as const)('as %s: of another type or side, it is refused', async (place) => {
      const payload = await SENDINGS[kind]!.payload();
      const before = await fingerprint(t.database);
      for (const object of visible.filter((each) => !SENDINGS[kind]![place](each))) {
        const answer = await submit({ ...payload, [place]: linkTo(object) });
        expect([object.kind, object.isOwn, answer]).toEqual([
          object.kind,
          object.isOwn,
          expect.stringContaining('"data":null'),
        ]);
      }
      expect(await fingerprint(t.database)).toEqual(before);
    });

    it('as a reference in the body: one that is hidden is answered like one that nobody has', async () => {
      for (const [name, isList] of referencesIn(kind)) {
        for (const ref of new Set(hidden.flatMap((object) => object.ref ?? []))) {
          const answers: string[] = [];
          for (const each of [ref, ref.replace(/.{6}$/, aReference('LA').slice(-6))]) {
            const payload = await SENDINGS[kind]!.payload();
            const body = { ...payload.body, [name]: isList ? [each] : each };
            answers.push(verdict(await submit({ ...payload, body })).replaceAll(each, '<ref>'));
          }
          expect([name, answers[0]]).toEqual([name, answers[1]]);
        }
      }
    });

    it('as an addressee: a community of others is answered like one that is not there', async () => {
      const payload = await SENDINGS[kind]!.payload();
      const before = await fingerprint(t.database);
      const answers: string[] = [];
      for (const to of [hiddenCommunity, `community:${randomUUID()}`]) {
        answers.push((await submit({ ...payload, to: [to] })).replaceAll(to, '<to>'));
      }
      expect(answers[0]).toBe(answers[1]);
      expect(await fingerprint(t.database)).toEqual(before);
    });

    it('is all that was wrong: with the right ids it is accepted', async () => {
      expect(verdict(await submit(await SENDINGS[kind]!.payload()))).toBe('accepted');
    });
  });
});

/** Routes whose address names what no agency has for itself, and why whoever asks may know of it. */
const OF_NO_AGENCY: Record<string, string> = {
  'GET /schemas/:file': 'the protocol',
  'GET /pages/:file': 'the pages’ own scripts',
  'GET /sign-in/return/:issuer': 'services that officers sign in at are offered to everybody',
  'GET /sign-in/with/:issuer': 'the same',
};

describe('D1, threats 2 an id in an address', () => {
  /** Of a file that VN-CUS has sent to TH-CUS, and of an upload and a letter of VN-CUS; `x` stands for what nobody has. */
  const ADDRESSES: Record<string, (x: boolean) => [path: string, request: Parameters<Party['send']>[1]]> = {
    'GET /files/:object/:sha256': (x) => [`/files/${x ? randomUUID() : file.object}/${file.digest}`, {}],
    'HEAD /uploads/:upload': (x) => [x ? `/uploads/${randomUUID()}` : begun, {}],
    'PATCH /uploads/:upload': (x) => [
      x ? `/uploads/${randomUUID()}` : begun,
      { headers: headersOfPart(0, true), body: new Uint8Array(aVideo()) },
    ],
    'DELETE /uploads/:upload': (x) => [x ? `/uploads/${randomUUID()}` : begun, {}],
    'GET /letters/:id/letter.pdf': (x) => [`/letters/${x ? randomUUID() : letter}/letter.pdf`, {}],
    'GET /letters/:id/scan': (x) => [`/letters/${x ? randomUUID() : letter}/scan`, {}],
  };
  let letter: string;
  let file: { object: string; digest: string };
  let begun: string;
  beforeAll(async () => {
    const digest = await upload(t, vn, aPdf(`% ${randomUUID()}\n`), 'application/pdf');
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [digest] });
    file = { object: id, digest };
    begun = await begin(vn, aVideo(), 'video/mp4');
    const wording = { en: { subject: 'x', text: 'x' } };
    letter = (await register(vn, await keepPartner(vn), { direction: 'OUT', wording, scan: digest })).id;
  });

  it('has its place in the table', () => {
    const found = operationsOf(t.hub.app).flatMap(({ path = '', name }) => (path.includes(':') ? [name] : []));
    const isOfDemonstration = (name: string): boolean => name.includes(' /demo/');
    expect(found.filter((name) => !isOfDemonstration(name)).toSorted()).toEqual(
      [...Object.keys(ADDRESSES), ...Object.keys(OF_NO_AGENCY)].toSorted(),
    );
  });

  it.each(Object.keys(ADDRESSES))('%s: of another agency, it is answered like a random one', async (name) => {
    const ask = async (party: Party, isMissing: boolean): Promise<string> => {
      const [path, request] = ADDRESSES[name]!(isMissing);
      const method = name.split(' ')[0] as 'GET';
      return wholeAnswer(await party.send(path, { method, ...request }));
    };
    const before = await fingerprint(t.database);
    const missing = await ask(la, true);
    expect(missing).toMatch(/^404 /);
    expect(await ask(la, false)).toBe(missing);
    expect(await fingerprint(t.database)).toEqual(before);
    expect(await ask(vn, false)).toMatch(/^2/);
  });
});

/** Every argument of type ID, also inside input types and below the root, as `operation argument.field`. */
function idPlaces(): string[] {
  const inside = (type: GraphQLInputType, path: string): string[] => {
    const named = getNamedType(type);
    if (isLeafType(named)) return named === GraphQLID ? [path] : [];
    if (!isInputObjectType(named)) return [];
    return Object.values(named.getFields()).flatMap((field) => inside(field.type, `${path}.${field.name}`));
  };
  return fields().flatMap((field) =>
    field.args.flatMap((argument) => inside(argument.type, `${field.name} ${argument.name}`)),
  );
}

/** All fields of all types that can be asked for. */
function fields(): GraphQLField<unknown, unknown>[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type));
  return types.filter(({ name }) => !name.startsWith('__')).flatMap((type) => Object.values(type.getFields()));
}

/** Calls the operation of a place with this id in it, as LA-CUS. */
function call(place: string, id: string): Promise<string> {
  const [name] = place.split(' ') as [string];
  const isMutation = schema.getMutationType()?.getFields()[name] !== undefined;
  const field = (isMutation ? schema.getMutationType() : schema.getQueryType())!.getFields()[name]!;
  const variables = PLACES[place]!.arguments(id);
  const given = field.args.filter((argument) => Object.hasOwn(variables, argument.name));
  const declared = given.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ');
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
  return la.askRaw(`${isMutation ? 'mutation' : 'query'}(${declared}) { ${name}(${passed}) ${selection} }`, variables);
}

/** Whether a pattern is that of references: it takes one, and not just anything. */
function isReference(pattern: unknown): boolean {
  if (typeof pattern !== 'string') return false;
  const form = new RegExp(pattern);
  return ['ALR', 'REQ', 'ORL'].some((code) => form.test(`VN-${code}-2026-KXQWPD`)) && !form.test('x');
}

/** The members of a kind's body that hold references, by the pattern that its JSON Schema gives, and whether as a list. */
function referencesIn(kind: string): [name: string, isList: boolean][] {
  const { properties } = jsonSchemaOf(kinds().find((each) => each.kind === kind)!.body);
  return Object.entries(properties).flatMap(([name, member]): [string, boolean][] => {
    const { pattern: inList } = (member['items'] ?? {}) as { pattern?: unknown };
    if (isReference(inList)) return [[name, true]];
    if (isReference(member['pattern'])) return [[name, false]];
    if (patternsIn(member).some(isReference)) throw new Error(`${kind}.${name} has a reference inside: try it too`);
    return [];
  });
}

/** Every pattern in a part of a JSON Schema, however deep. */
function patternsIn(schemaPart: unknown): unknown[] {
  if (typeof schemaPart !== 'object' || schemaPart === null) return [];
  return Object.entries(schemaPart).flatMap(([name, value]) => (name === 'pattern' ? [value] : patternsIn(value)));
}

function kinds(): ReturnType<ObjectKinds['all']> {
  return t.hub.app.get(ObjectKinds, { strict: false }).all();
}

async function submit(payload: object): Promise<string> {
  return la.askRaw(SUBMIT_TEXT, { object: await signObject(payload as Envelope, la.signing), parts: [] });
}

/** The whole answer, or that it was accepted: ids and receipts differ each time. */
function verdict(answer: string): string {
  return answer.includes('"errors"') ? answer : 'accepted';
}

/** Sends, from one agency to another, an object of every kind, and answers what has to be answered. */
async function exchangeEverything(from: Party, to: Party): Promise<Known[]> {
  const alert = await send(from, envelope(from, 'alert', alertTo(to)));
  const request = await send(from, envelope(from, 'request', requestFrom(from, to)));
  const answered = await answeredRequest(from, to);
  const closing = await send(from, closingOf(answered, from));
  const answer = await send(to, answerTo(request, to, 'ACKNOWLEDGEMENT'));
  const recalled = await send(from, envelope(from, 'alert', alertTo(to)));
  const consent = await send(to, askingOf(alert, to));
  const note = await send(to, noteOn(request, to));
  const oral = await send(to, envelope(to, 'oral', callFrom(from)));
  return [alert, request, answered, closing, answer, consent, note, oral, await send(from, recallOf(recalled, from))];
}

async function answeredRequest(from: Party, to: Party): Promise<Known> {
  const request = await send(from, envelope(from, 'request', requestFrom(from, to)));
  await send(to, answerTo(request, to, 'NEGATIVE'));
  return request;
}

async function send(party: Party, payload: Envelope): Promise<Known> {
  const answer = await party.askRaw(SUBMIT_TEXT, { object: await signObject(payload, party.signing), parts: [] });
  if (verdict(answer) !== 'accepted') throw new Error(answer);
  const { kind, id, to } = payload;
  const digest = digestOf(canonicalize(payload));
  return {
    kind,
    id,
    digest,
    ref: (payload.body['ref'] as string | undefined) ?? null,
    from: party.agency,
    isOwn: party === la,
    to,
    ...(kind === 'consent' ? { act: payload.body['act'] as string, answers: payload.inReplyTo?.id } : {}),
    body: payload.body,
  };
}

function envelope(from: Party, kind: Envelope['kind'], { to, body }: { to: Party; body: object }): Envelope {
  return anAlert(from, [to.agency], agreement, { kind, body: body as JsonObject });
}

function alertTo(to: Party): { to: Party; body: object } {
  const body = aMethodAlertBody({ ref: aReference('XX') });
  const feedbackDueAt = body.validTo;
  return { to, body: { ...body, requestedAction: 'CHECK_DOCUMENTS', feedbackRequired: true, feedbackDueAt } };
}

function requestFrom(from: Party, to: Party): { to: Party; body: object } {
  const ref = aReference('XX').replace('ALR', 'REQ');
  const body = aRequestBody({ ref, requestedAuthority: to.agency });
  const requesting = { ...body.requesting, authority: from.agency, unit: from.unit };
  return { to, body: { ...body, requesting, legalBasis: { agreement, article: 'art10' } } };
}

/** A note of what this party has asked by word of mouth. */
function callFrom(to: Party): { to: Party; body: object } {
  const ref = aReference('XX').replace('ALR', 'ORL');
  return { to, body: { ref, language: 'en', at: '2026-01-02T03:04:05Z', text: 'Hold it.', urgency: 'URGENT' } };
}

function answerTo(request: Known, party: Party, kind: 'ACKNOWLEDGEMENT' | 'NEGATIVE'): Envelope {
  const body = { requestRef: request.ref, answerSeq: 1, language: 'en', kind };
  return { ...anAlert(party, [request.from], agreement, { kind: 'answer', body }), inReplyTo: linkTo(request) };
}

function closingOf(request: Known, party: Party): Envelope {
  const body = { ...CLOSING, targetRef: request.ref! } as unknown as JsonObject;
  return { ...anAlert(party, request.to, agreement, { kind: 'feedback', body }), inReplyTo: linkTo(request) };
}

/** A question for consent to the sender of an object, for a use that needs no reader unless one is named. */
function askingOf(object: Known, party: Party, use: JsonObject = { for: 'EVIDENCE' }): Envelope {
  const body = {
    act: 'ASK',
    targetId: object.id,
    targetDigest: object.digest,
    reason: 'x',
    urgency: 'ROUTINE',
    ...use,
  };
  return { ...anAlert(party, [object.from], agreement, { kind: 'consent', body }), inReplyTo: linkTo(object) };
}

/** What its provider says to a question. */
function consentOf(asked: Known, party: Party, said: JsonObject): Envelope {
  const { reason: _reason, urgency: _urgency, ...scope } = asked.body;
  const body = { ...scope, ...said };
  return { ...anAlert(party, [asked.from], agreement, { kind: 'consent', body }), inReplyTo: linkTo(asked) };
}

function recallOf(object: Known, party: Party): Envelope {
  const body = aRecallBody() as unknown as JsonObject;
  return { ...anAlert(party, object.to, agreement, { kind: 'recall', body }), inReplyTo: linkTo(object) };
}

function noteOn(object: Known, party: Party): Envelope {
  const to = object.from === party.agency ? object.to : [object.from];
  const body = { text: 'The ship is late.', language: 'en' };
  return { ...anAlert(party, to, agreement, { kind: 'note', body }), inReplyTo: linkTo(object) };
}

function linkTo({ id, digest }: Known): Envelope['inReplyTo'] {
  return { id, digest: digest as `sha256:${string}` };
}

/** What a composition takes, of what an object would be made of. */
function input({ to, body }: { to: Party; body: object }): object {
  const { ref: _, ...draft } = body as { ref: string };
  return { to: [to.agency], handling: aHandling(agreement), body: draft };
}
