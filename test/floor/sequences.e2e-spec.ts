import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { aMethodAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { NotSignedIn } from '../../src/cli/client-errors.js';
import { aRecallBody } from '../../src/exchange/body/body.example.js';
import { aPdf } from '../../src/files/files.example.js';
import { canonicalize, type JsonObject } from '../../src/protocol/canonical.js';
import { digestOf } from '../../src/protocol/digest.js';
import type { Envelope, ObjectLink } from '../../src/protocol/envelope.js';
import { makePart } from '../../src/protocol/part.js';
import { formatTimestamp } from '../../src/protocol/timestamp.js';
import { aRequestBody } from '../../src/requests/body/request-body.example.js';
import { aHeader, anAlert, aReference, signAs, submitText, verdictOf } from '../hostile/hostile.js';
import { aSignedIn } from '../support/browser.js';
import { aHandling, untilFeedIsComplete } from '../support/exchange.js';
import { upload } from '../support/files.js';
import { type Answer, type Party, startTestHub, type TestHub } from '../support/hub.js';
import { aCaller, FOREVER, type World } from '../support/world.js';
import { type Sight, sightOf } from './oracle.js';

/**
 * Random sequences of what agencies do, over HTTP, and afterwards every way to read, for every caller, against the rule. The world of the
 * rule is kept by the moves below and never read from the tables that it judges.
 */

const SEED = process.env['LIAISON_SEED'] === undefined ? undefined : Number(process.env['LIAISON_SEED']);
const TIME_MS = Number(process.env['LIAISON_SEQUENCE_SECONDS'] ?? 30) * 1_000;
const HOUR = 3_600_000;

let t: TestHub;
let parties: Party[];
let clearances: Map<Party, number>;
/** Those who may see personal details. */
let cleared: Set<Party>;
/** Everybody who reads: each unit's system, and officers whose rights differ from it. */
let readers: Reader[];
let agreement: string;
/** A file that each agency has uploaded. */
let files: Map<string, { content: Buffer; digest: string }>;

beforeAll(async () => {
  t = await startTestHub({ POINTS_PER_MINUTE: '1000000000' });
  const [vn, port, th, la, kh] = [
    await t.enrol('VN-CUS-AS'),
    await t.enrol('VN-CUS-HP'),
    await t.enrol('TH-CUS-LCB', { clearance: 0, maySeeNominal: false }),
    await t.enrol('LA-CUS-HQ'),
    await t.enrol('KH-CUS-HQ', { maySeeNominal: false }),
  ];
  parties = [vn, port, th, la, kh];
  clearances = new Map(parties.map((party) => [party, party === th ? 0 : 1]));
  cleared = new Set([vn, port, la]);
  readers = [
    ...parties.map((party) => asReader(party)),
    await anOfficerOf(vn, 'ANALYST', { clearance: 0, maySeeNominal: true }),
    await anOfficerOf(th, 'PCU_MEMBER', { clearance: 1, maySeeNominal: true }),
    // Personal details are never shown to a partner's reader, whatever else the officer is cleared for.
    await anOfficerOf(la, 'PARTNER_READER', { clearance: 1, maySeeNominal: true }, false),
  ];
  agreement = await t.agree(parties.filter((party) => party !== port));
  files = new Map();
  for (const party of parties) {
    if (files.has(party.agency)) continue;
    const content = aPdf(`% ${randomUUID()}\n`);
    files.set(party.agency, { content, digest: await upload(t, party, content, 'application/pdf') });
  }
});
afterAll(() => t.stop());

/** Somebody who asks for a unit, with rights of their own. */
interface Reader {
  name: string;
  agency: string;
  unit: string;
  clearance: number;
  maySeeNominal: boolean;
  ask<T>(query: string, variables?: object): Promise<Answer<T>>;
  /** The status of a file's answer. */
  fetch(path: string): Promise<number>;
  /** Begins a session, where there are sessions. */
  signIn(): Promise<unknown>;
}

function asReader(party: Party): Reader {
  return {
    name: party.unit,
    agency: party.agency,
    unit: party.unit,
    clearance: clearances.get(party)!,
    maySeeNominal: cleared.has(party),
    ask: (query, variables) => party.ask(query, variables),
    fetch: async (path) => (await party.send(path, { method: 'GET' })).status,
    signIn: () => Promise.resolve(),
  };
}

/** An officer of the unit who is signed in at the console; `isShownNames` when the role takes the right away. */
async function anOfficerOf(
  { agency, unit, ...party }: Party,
  role: string,
  rights: { clearance: number; maySeeNominal: boolean },
  isShownNames = rights.maySeeNominal,
): Promise<Reader> {
  const { browser, passkey } = await aSignedIn(t, { agency, unit, ...party }, [role], rights);
  return {
    name: `${role} of ${unit}`,
    agency,
    unit,
    clearance: rights.clearance,
    maySeeNominal: isShownNames,
    ask: (query, variables) => browser.ask(query, variables),
    fetch: async (path) => (await browser.get(path)).status,
    signIn: () => browser.signIn(passkey),
  };
}

interface Move {
  act: 'alert' | 'request' | 'recall' | 'supersede' | 'expire' | 'join' | 'leave' | 'suspend' | 'resume';
  who: number;
  which: number;
  to: number[];
  isRestricted: boolean;
  isBrief: boolean;
  hasFile: boolean;
  isNominal: boolean;
}

const anyMove: fc.Arbitrary<Move> = fc.record({
  act: fc.constantFrom<Move['act'][]>(
    ...(['alert', 'alert', 'alert', 'request', 'recall', 'supersede', 'supersede'] as const),
    ...(['expire', 'join', 'join', 'leave', 'leave', 'suspend', 'resume'] as const),
  ),
  who: fc.nat(20),
  which: fc.nat(20),
  to: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
  isRestricted: fc.boolean(),
  isBrief: fc.boolean(),
  hasFile: fc.boolean(),
  isNominal: fc.boolean(),
});

/** An object that was sent, as far as later moves need it. */
interface Sent {
  seq: number;
  party: Party;
  envelope: Envelope;
  text: string;
  parts: Part[];
  isNewest: boolean;
  isRecalled: boolean;
  before: Sent | null;
}

interface Part {
  name: string;
  text: string;
  sha256: string;
}

/** One run: the hub, and the rule's picture of it. */
class Run {
  readonly sent: Sent[] = [];
  readonly suspended = new Set<string>();
  private moves = 0;

  private constructor(
    readonly world: World,
    private readonly communities: string[],
  ) {}

  /** A hub without objects, with its agencies and units, and with two communities. */
  static async begin(): Promise<Run> {
    t.hub.clock.set(null);
    const resumed = await t.database.sql<{ id: string }>(
      'UPDATE hub.agency SET suspended_at = NULL WHERE suspended_at IS NOT NULL RETURNING id',
    );
    // Sessions of a suspended agency stay ended; an export asks for a passkey used in the last minutes.
    for (const reader of readers) if (resumed.some(({ id }) => id === reader.agency)) await reader.signIn();
    await t.database.sql('UPDATE auth.console_session SET authenticated_at = now()');
    await t.database
      .sql(`TRUNCATE hub.object, hub.release, hub.release_term, hub.change, hub.part, hub.part_key, hub.alert,
      hub.attachment, hub.attachment_key, hub.request, hub.request_act, hub.request_question, audit.access CASCADE`);
    const [vn, , th, la] = parties as [Party, Party, Party, Party, Party];
    const communities = [await t.community([vn, th]), await t.community([vn, th, la])];
    const audiences = await t.database.sql<World['audiences'][number]>('SELECT id, kind, owner FROM hub.audience');
    const memberships = await t.database.sql<World['memberships'][number]>(
      `SELECT audience_id AS audience, agency_id AS agency, unit_id AS unit, since_seq::float8 AS since, until_seq::float8 AS until,
         outbox FROM hub.membership`,
    );
    const agencies = [...new Set(parties.map(({ agency }) => agency))].map((id) => ({
      id,
      units: parties.filter(({ agency }) => agency === id).map(({ unit }) => unit),
    }));
    const empty = { objects: [], releases: [], changes: [], parts: [], openings: [] };
    return new Run({ agencies, audiences, memberships, ...empty }, communities);
  }

  async make(move: Move): Promise<void> {
    this.moves += 1;
    const party = at(parties, move.who);
    if (['alert', 'request', 'recall', 'supersede'].includes(move.act) && this.suspended.has(party.agency)) return;
    switch (move.act) {
      case 'alert':
      case 'request':
        return this.send(party, move);
      case 'recall':
      case 'supersede':
        return this.follow(party, move);
      case 'expire':
        t.hub.clock.set(new Date(t.hub.clock.now().getTime() + 2 * HOUR));
        for (const release of this.world.releases) if (release.until === 'future') release.until = 'past';
        return;
      case 'join':
      case 'leave':
        return this.changeMembership(party, at(this.communities, move.which), move.act === 'join');
      case 'suspend':
      case 'resume':
        await t.database.sql(
          `UPDATE hub.agency SET suspended_at = ${move.act === 'suspend' ? "'2020-01-01Z'" : 'NULL'} WHERE id = $1`,
          [party.agency],
        );
        if (move.act === 'suspend') this.suspended.add(party.agency);
        else this.suspended.delete(party.agency);
    }
  }

  private async send(party: Party, move: Move): Promise<void> {
    const to = this.addressees(party, move);
    if (to.length === 0) return;
    const isRequest = move.act === 'request';
    const clearance = move.isRestricted ? clearances.get(party)! : 0;
    const file = files.get(party.agency)!;
    const attachment = { sha256: file.digest, size: String(file.content.length), mediaType: 'application/pdf' };
    const isNominal = move.hasFile && move.isNominal && !isRequest && cleared.has(party);
    const parts = isNominal ? [await makePart('nominalAttachments', { attachments: [attachment] })] : [];
    const expiresAt = formatTimestamp(new Date(t.hub.clock.now().getTime() + HOUR));
    const envelope = anAlert(party, isRequest ? [to[0]!] : [...new Set(to)].sort(), agreement, {
      kind: isRequest ? 'request' : 'alert',
      createdAt: formatTimestamp(t.hub.clock.now()),
      handling: aHandling(agreement, {
        classification: clearance === 1 ? 'RESTRICTED' : 'UNCLASSIFIED',
        ...(move.isBrief ? { expiresAt } : {}),
      }) as JsonObject,
      attachments: move.hasFile && !isNominal ? [attachment] : [],
      parts: parts.map(({ name, sha256 }) => ({ name, sha256 })),
      body: (isRequest
        ? requestBody(party, to[0]!)
        : aMethodAlertBody({
            ref: aReference(party.agency),
            ...(move.isBrief ? { consignment: { containers: [{ number: CONTAINER, checkDigit: 'OK' }] } } : {}),
          })) as unknown as JsonObject,
    });
    await this.submit(party, envelope, { clearance, isBrief: move.isBrief, before: null, parts });
  }

  /** Addressees of the move that may be written to today; a request goes to an agency or a unit alone. */
  private addressees(party: Party, { act, to }: Move): string[] {
    const others = parties.filter(({ agency }) => agency !== party.agency && !this.suspended.has(agency));
    const names = [...others.map(({ agency }) => agency), ...others.map(({ unit }) => unit)];
    if (act === 'alert') names.push(...this.communities.filter((community) => this.isMember(party, community)));
    return names.length === 0 ? [] : to.map((index) => at(names, index));
  }

  private isMember({ agency }: Party, community: string): boolean {
    const audience = this.audience('COMMUNITY', community.slice('community:'.length));
    return this.world.memberships.some((m) => m.audience === audience && m.agency === agency && m.until >= FOREVER);
  }

  /** A recall or a new version of the newest version of something that the party's unit has sent. */
  private async follow(party: Party, move: Move): Promise<void> {
    const own = this.sent.filter(
      (each) => each.party === party && each.envelope.kind === 'alert' && each.isNewest && !each.isRecalled,
    );
    if (own.length === 0) return;
    const target = at(own, move.which);
    const isOpen = target.envelope.to.every((to) =>
      to.startsWith('community:') ? this.isMember(party, to) : !this.suspended.has(to.split('-').slice(0, 2).join('-')),
    );
    const link: ObjectLink = { id: target.envelope.id, digest: digestOf(canonicalize(target.envelope)) };
    const { clearance } = this.world.objects.find(({ seq }) => seq === target.seq)!;
    const common = {
      createdAt: formatTimestamp(t.hub.clock.now()),
      to: target.envelope.to,
      handling: handlingOf(target),
    };
    if (move.act === 'supersede') {
      if (!isOpen) return;
      const envelope = anAlert(party, [], agreement, { ...common, supersedes: link, body: target.envelope.body });
      await this.submit(party, envelope, { clearance, isBrief: false, before: target });
      target.isNewest = false;
      return;
    }
    const body = aRecallBody() as unknown as JsonObject;
    const envelope = anAlert(party, [], agreement, { ...common, kind: 'recall', inReplyTo: link, body });
    const audiences = this.world.releases.filter(({ seq }) => seq === target.seq).map(({ audience }) => audience);
    for (let each: Sent | null = target; each; each = each.before) this.markRecalled(each);
    await this.submit(party, envelope, {
      clearance,
      isBrief: false,
      before: null,
      answers: target.envelope,
      audiences,
    });
  }

  private markRecalled(sent: Sent): void {
    sent.isRecalled = true;
    for (const release of this.world.releases) {
      if (release.seq !== sent.seq || release.isRecalled || this.isOutbox(release.audience)) continue;
      Object.assign(release, { isRecalled: true, isLive: false });
      const { audience, seq, clearance } = release;
      const change = { audience, xid: this.moves, seq, act: 'RECALLED', objectId: sent.envelope.id, clearance };
      this.world.changes.push(change);
    }
  }

  private async submit(
    party: Party,
    envelope: Envelope,
    more: {
      clearance: number;
      isBrief: boolean;
      before: Sent | null;
      answers?: Envelope;
      audiences?: number[];
      parts?: Part[];
    },
  ): Promise<void> {
    const { kind, id } = envelope;
    const header = aHeader(party.signing, {
      typ: `liaison-${kind}+jws`,
      iat: Math.floor(t.hub.clock.now().getTime() / 1000),
    });
    const text = await signAs(party.signing, envelope, header);
    const { clearance, isBrief, before, parts = [] } = more;
    const verdict = verdictOf(
      await submitText(
        party,
        text,
        parts.map((part) => ({ name: part.name, text: part.text })),
      ),
    );
    if (verdict !== 'accepted') throw new Error(`${kind} to ${envelope.to.join()}: ${verdict}`);
    const [row] = await t.database.sql<{ seq: number }>(
      'SELECT seq::float8 AS seq FROM hub.object WHERE from_agency = $1 AND id = $2',
      [party.agency, id],
    );
    const { seq } = row!;
    const sentBox = this.audience('SENT', party.agency);
    const audiences =
      more.audiences?.filter((audience) => audience !== sentBox) ?? envelope.to.map((to) => this.audienceOf(to));
    const { consignment } = envelope.body as { consignment?: unknown };
    const { ref } = (more.answers?.body ?? envelope.body) as { ref?: string }; // a recall is found under what it recalls
    const terms = [
      `kind:${kind}`,
      `from:${party.agency}`,
      ...envelope.to.map((to) => `to:${partnerOf(to)}`),
      ...(ref === undefined ? [] : [`reference:${ref}`]),
      ...(consignment === undefined ? [] : [`container:${CONTAINER}`]),
    ];
    this.world.objects.push({ seq, id, kind, from: party.agency, unit: party.unit, clearance, terms });
    for (const { name } of parts) this.world.parts.push({ seq, name, agencies: [] });
    for (const audience of [...new Set(audiences), sentBox]) {
      const until = isBrief && audience !== sentBox ? 'future' : 'never';
      this.world.releases.push({ audience, seq, clearance, until, isRecalled: false, isLive: true });
      this.world.changes.push({ audience, xid: this.moves, seq, act: 'RELEASED', objectId: id, clearance });
    }
    this.sent.push({ seq, party, envelope, text, parts, isNewest: true, isRecalled: false, before });
  }

  private async changeMembership({ agency }: Party, community: string, isJoining: boolean): Promise<void> {
    const audience = this.audienceOf(community);
    const current = this.world.memberships.find(
      (m) => m.audience === audience && m.agency === agency && m.until >= FOREVER,
    );
    if (isJoining === (current !== undefined)) return;
    const [row] = await t.database.sql<{ next: number }>(
      'SELECT (last_value + 1)::float8 AS next FROM hub.object_seq_seq',
    );
    const { next } = row!;
    if (current) {
      current.until = next;
      await t.database.sql(
        'UPDATE hub.membership SET until_seq = $3 WHERE audience_id = $1 AND agency_id = $2 AND until_seq > $3',
        [audience, agency, next],
      );
    } else if (
      !this.world.memberships.some((m) => m.audience === audience && m.agency === agency && m.since === next)
    ) {
      this.world.memberships.push({ audience, agency, unit: null, since: next, until: FOREVER, outbox: false });
      await t.database.sql('INSERT INTO hub.membership (audience_id, agency_id, since_seq) VALUES ($1, $2, $3)', [
        audience,
        agency,
        next,
      ]);
    }
  }

  private audienceOf(to: string): number {
    if (to.startsWith('community:')) return this.audience('COMMUNITY', to.slice('community:'.length));
    return this.audience(to.split('-').length === 2 ? 'AGENCY' : 'UNIT', to);
  }

  private audience(kind: string, owner: string): number {
    return this.world.audiences.find((each) => each.kind === kind && each.owner === owner)!.id;
  }

  private isOutbox(audience: number): boolean {
    return this.world.audiences.some(({ id, kind }) => id === audience && kind === 'SENT');
  }

  /** Compares every way to read, for every caller. */
  async compare(): Promise<void> {
    await untilFeedIsComplete(t.database);
    for (const reader of readers) {
      if (this.suspended.has(reader.agency)) await this.compareNothing(reader);
      else await this.compareReads(reader);
    }
    for (const reader of readers) if (!this.suspended.has(reader.agency)) await this.compareOpenings(reader);
  }

  private sightOf({ agency, unit, clearance, maySeeNominal }: Reader): Sight {
    return sightOf(this.world, aCaller({ agencyId: agency, unitId: unit, clearance, maySeeNominal }));
  }

  private async compareNothing(reader: Reader): Promise<void> {
    for (const query of ['{ inbox { nodes { id } } }', '{ changes { endCursor } }', '{ me { agency } }']) {
      expect([reader.name, await codeOf(reader, query)]).toEqual([reader.name, 'UNAUTHENTICATED']);
    }
  }

  private async compareReads(reader: Reader): Promise<void> {
    const sight = this.sightOf(reader);
    const idOf = (seq: number): string => this.world.objects.find((object) => object.seq === seq)!.id;
    const { data, errors } = await reader.ask<Lists>(LISTS);
    expect([reader.name, errors]).toEqual([reader.name, undefined]);
    expect({
      reader: reader.name,
      inbox: ids(data!.inbox),
      edges: data!.inbox.edges.map(({ node }) => node.id),
      outbox: ids(data!.outbox),
      alerts: ids(data!.alerts),
      requests: ids(data!.requests),
      recalls: ids(data!.recalls),
    }).toEqual({
      reader: reader.name,
      inbox: sight.inbox(null).map(idOf),
      edges: sight.inbox(null).map(idOf),
      outbox: sight.outbox(null).map(idOf),
      alerts: sight.inbox('kind:alert').map(idOf),
      requests: sight.inbox('kind:request').map(idOf),
      recalls: sight.inbox('kind:recall').map(idOf),
    });
    expect([
      reader.name,
      data!.changes.changes.map(({ act, objectId, object }) => [act, objectId, object?.id ?? null]),
    ]).toEqual([
      reader.name,
      sight.feed.map(({ act, objectId, isShown }) => [act, objectId, isShown ? objectId : null]),
    ]);
    await this.compareLookUps(reader, sight, idOf);
    await Promise.all(this.sent.map((sent) => this.compareObject(reader, sight, sent)));
  }

  /** Exact look-ups find what the pages show, and their hits are told to the owner. */
  private async compareLookUps(reader: Reader, sight: Sight, idOf: (seq: number) => string): Promise<void> {
    const references = this.world.objects.flatMap(({ terms }) => terms.filter((term) => term.startsWith('reference:')));
    const questions = [
      ['inbox', 'CONTAINER', CONTAINER, `container:${CONTAINER}`],
      ...distinct(parties.map(({ agency }) => agency)).flatMap((agency) => [
        ['inbox', 'PARTNER', agency, `from:${agency}`],
        ['outbox', 'PARTNER', agency, `to:${agency}`],
      ]),
      ...this.communities.map((community) => ['outbox', 'PARTNER', community, `to:${community}`]),
      ...distinct(references).map((term) => ['inbox', 'REFERENCE', term.slice('reference:'.length), term]),
    ] as ['inbox' | 'outbox', string, string, string][];
    await Promise.all(
      questions.map(async ([box, field, value, term]) => {
        const found = await reader.ask<Record<string, List>>(LOOK_UP[box], { lookUp: { field, value } });
        const expected = sight[box](term);
        const where = `${reader.name} ${box} ${field} ${value}`;
        expect([where, found.data ? ids(found.data[box]!) : verdictOf(found)]).toEqual([where, expected.map(idOf)]);
        for (const seq of expected) this.noteOpening(reader, seq);
      }),
    );
  }

  private noteOpening({ agency }: Reader, seq: number): void {
    if (this.world.objects.find((object) => object.seq === seq)!.from === agency) return;
    this.world.openings.push({ id: this.world.openings.length + 1, seq, agency });
  }

  private async compareObject(reader: Reader, sight: Sight, { seq, envelope, text, parts }: Sent): Promise<void> {
    const { id, kind, from, attachments } = envelope;
    const isSeen = sight.objects.includes(seq);
    const isCleared = sight.parts.includes(seq);
    const opened = await reader.ask<Opened>(OPEN, { id, forExport: seq % 2 === 0 });
    const where = `${reader.name} ${kind} ${id}`;
    const shown = parts.map((part) => ({
      name: part.name,
      text: isCleared ? part.text : null,
      withheld: isCleared ? null : 'NOT_CLEARED',
    }));
    expect([where, opened.data?.object ?? verdictOf(opened)]).toEqual([
      where,
      isSeen ? { text, parts: shown } : 'NOT_FOUND',
    ]);
    for (const name of ['alert', 'request']) {
      const code = await codeOf(reader, `query($id: ID!) { ${name}(id: $id) { id object { text } } }`, { id });
      expect([where, name, code]).toEqual([where, name, isSeen && kind === name ? 'answered' : 'NOT_FOUND']);
    }
    const named = parts.length > 0 ? [files.get(from)!.digest] : attachments.map(({ sha256 }) => sha256);
    for (const digest of named) {
      const status = await reader.fetch(`/files/${id}/${digest}`);
      const isGiven = parts.length > 0 ? isCleared : isSeen;
      expect([where, 'file', status]).toEqual([where, 'file', isGiven ? 200 : 404]);
    }
    if (isSeen) this.noteOpening(reader, seq);
  }

  /** Who opened it: its owner sees every agency that did, each agency itself alone. */
  private async compareOpenings(reader: Reader): Promise<void> {
    const sight = this.sightOf(reader);
    for (const { seq, envelope } of this.sent) {
      const answer = await reader.ask<{ objectAccess: { nodes: { agency: string }[] } }>(
        'query($id: ID!) { objectAccess(id: $id, by: OTHERS, first: 100) { nodes { agency } } }',
        { id: envelope.id },
      );
      const byId = new Map(this.world.openings.map(({ id, agency }) => [id, agency]));
      const expected = sight.openingsOf(seq, 'OTHERS').map((id) => byId.get(id)!);
      const shown = answer.data?.objectAccess.nodes.map(({ agency }) => agency);
      expect([reader.name, envelope.id, shown ? distinct(shown) : verdictOf(answer)]).toEqual([
        reader.name,
        envelope.id,
        sight.objects.includes(seq) ? distinct(expected) : 'NOT_FOUND',
      ]);
    }
  }
}

interface Opened {
  object: { text: string; parts: { name: string; text: string | null; withheld: string | null }[] };
}
const OPEN =
  'query($id: ID!, $forExport: Boolean!) { object(id: $id, forExport: $forExport) { text parts { name text withheld } } }';
const LOOK_UP = {
  inbox: 'query($lookUp: LookUp) { inbox(first: 100, lookUp: $lookUp) { nodes { id } } }',
  outbox: 'query($lookUp: LookUp) { outbox(first: 100, lookUp: $lookUp) { nodes { id } } }',
};
const CONTAINER = 'CSQU3054383';

const ids = ({ nodes }: List): string[] => nodes.map(({ id }) => id);
const distinct = (list: readonly string[]): string[] => [...new Set(list)].sort();

interface List {
  nodes: { id: string }[];
  edges: { node: { id: string } }[];
}
type Lists = Record<'inbox' | 'outbox' | 'alerts' | 'requests' | 'recalls', List> & {
  changes: { changes: { act: string; objectId: string; object: { id: string } | null }[] };
};
const LISTS = `{ inbox(first: 100) { nodes { id } edges { node { id } } } outbox(first: 100) { nodes { id } }
  alerts: inbox(first: 100, kind: "alert") { nodes { id } } requests: inbox(first: 100, kind: "request") { nodes { id } }
  recalls: inbox(first: 100, kind: "recall") { nodes { id } } changes(first: 100) { changes { act objectId object { id } } } }`;

async function codeOf(reader: Reader, query: string, variables: object = {}): Promise<string> {
  try {
    const { errors } = await reader.ask(query, variables);
    return errors?.[0]?.extensions.code ?? 'answered';
  } catch (error) {
    // Who is shut out before the first sign-in gets no token to ask with.
    if (error instanceof NotSignedIn) return 'UNAUTHENTICATED';
    throw error;
  }
}

/** An agency or a community as a correspondent: a unit counts as its agency. */
function partnerOf(to: string): string {
  return to.startsWith('community:') ? to : to.split('-').slice(0, 2).join('-');
}

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length]!;
}

/** How its successor or recall is handled: as it was itself, without an end. */
function handlingOf({ envelope }: Sent): JsonObject {
  const { expiresAt: _, ...handling } = envelope.handling;
  return handling;
}

function requestBody(from: Party, to: string): object {
  const body = aRequestBody({
    ref: aReference(from.agency).replace('ALR', 'REQ'),
    requestedAuthority: to.split('-').slice(0, 2).join('-'),
  });
  const requesting = { ...body.requesting, authority: from.agency, unit: from.unit };
  return { ...body, requesting, legalBasis: { agreement, article: 'art10' } };
}

const sequences = fc.asyncProperty(fc.array(anyMove, { minLength: 1, maxLength: 14, size: 'max' }), async (moves) => {
  const run = await Run.begin();
  for (const move of moves) await run.make(move);
  await run.compare();
  tried.runs += 1;
  tried.objects += run.sent.length;
});
const tried = { runs: 0, objects: 0 };

describe('threats 7 and 10 after any sequence of moves, every way to read', () => {
  it('shows to every caller what the rule says, and nothing else', async () => {
    const limits = { interruptAfterTimeLimit: TIME_MS, markInterruptAsFailure: false, endOnFailure: true };
    await fc.assert(sequences, { numRuns: 10_000, ...limits, ...(SEED === undefined ? {} : { seed: SEED }) });
    console.log(`sequences: ${JSON.stringify(tried)}`);
    expect(tried.runs).toBeGreaterThan(2);
    expect(tried.objects).toBeGreaterThan(tried.runs);
  }, 180_000);

  it('is found wrong when a recall hides nothing', async () => {
    const [{ qual } = { qual: '' }] = await t.database.sql<{ qual: string }>(
      `SELECT qual FROM pg_policies WHERE schemaname || '.' || tablename = 'hub.release' AND policyname = 'released'`,
    );
    expect(qual).toContain('(recalled_at IS NULL)');
    await t.database.sql(
      `ALTER POLICY released ON hub.release USING (${qual.replace('(recalled_at IS NULL)', '(true)')})`,
    );
    try {
      const found = await fc.check(sequences, { numRuns: 100, endOnFailure: true, seed: 1 });
      expect(found.failed).toBe(true);
    } finally {
      await t.database.sql(`ALTER POLICY released ON hub.release USING (${qual})`);
    }
  }, 180_000);
});
