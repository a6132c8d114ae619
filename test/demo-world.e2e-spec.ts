import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import type { AlertBody } from '../src/alerts/body/alert-body.js';
import { makeBundle } from '../src/cli/bundle-maker.js';
import { HubClient } from '../src/cli/client.js';
import type { Summary } from '../src/cli/client-models.js';
import { readProfile } from '../src/cli/profile.js';
import { readHomeTrust } from '../src/cli/trust-store.js';
import { buildWorld, renewProfiles } from '../src/demo/world/build-world.js';
import { AGENCIES, TO_MEKONG_GROUP } from '../src/demo/world/directory.js';
import { FICTIONAL } from '../src/demo/world/fictional.js';
import { homeOf, obtainParties, type WorldParty } from '../src/demo/world/parties.js';
import { planWorld } from '../src/demo/world/plan.js';
import { type WorldSummary, worldState } from '../src/demo/world/world-file.js';
import { payloadOf } from '../src/exchange/payload.js';
import type { Bundle } from '../src/protocol/bundle.js';
import { verifyBundle } from '../src/protocol/bundle.js';
import { AnswerBody } from '../src/requests/body/answer-body.js';
import { FeedbackBody } from '../src/feedback/body/feedback-body.js';
import { RecallBody } from '../src/exchange/body/recall-body.js';
import type { Problem } from '../src/common/errors.js';
import { checked } from '../src/exchange/body/validate.js';
import { HUB_ID, startTestHub, type TestHub } from './support/hub.js';

const SEED = 'e2e';
const ANSWER_LINKS = { requestRef: 'VN-REQ-2026-KXQWPD', answerSeq: 1 };
const CLOSING_LINKS = { targetRef: 'VN-REQ-2026-KXQWPD' };
const HOURS = 3_600_000;

let t: TestHub;
let world: WorldSummary;
let parties: WorldParty[];
let clients: Map<string, HubClient>;
/** The units whose systems may send texts of their own. */
let withTexts: string[];
const exampleOf = (kind: string): { body: object } =>
  JSON.parse(readFileSync(join('docs/examples', `${kind}.json`), 'utf8')) as { body: object };

/** Everything each agency has sent, whoever may see it. */
let sent: Summary[];
/** The same as its senders prove it, one bundle for each agency. */
let bundles: { home: string; bundle: Bundle }[];

beforeAll(async () => {
  t = await startTestHub();
  world = await buildWorld({ ...optionsOf(t), seed: SEED });
  const adhoc = await t.database.sql<{ unit: string }>(
    'SELECT unit_id AS unit FROM auth.connection WHERE adhoc ORDER BY unit_id',
  );
  withTexts = adhoc.map(({ unit }) => unit);
  await t.database.sql('UPDATE auth.connection SET adhoc = true'); // the tests below ask more than the command line does
  parties = [...(await obtainParties(t.database.dataFolder, HUB_ID)).parties.values()];
  clients = new Map(
    parties.map(({ unit, client }) => [unit, new HubClient({ url: t.url, unit, clientKey: client.privateJwk })]),
  );
  const outboxes = await Promise.all(
    onePerAgency().map(async ({ unit, home }) => ({ unit, home, objects: await everything(clientOf(unit), 'outbox') })),
  );
  sent = outboxes.flatMap(({ objects }) => objects);
  bundles = await Promise.all(
    outboxes.map(async ({ unit, home, objects }) => {
      const request = {
        ids: objects.map(({ id }) => id),
        hub: HUB_ID,
        withParts: true,
        isFollowing: true,
        forExport: true,
      };
      return { home, bundle: (await makeBundle(clientOf(unit), request)).bundle };
    }),
  );
}, 120_000);
afterAll(() => t.stop());

describe('the demonstration world', () => {
  it('has what it promises', () => {
    expect(world).toEqual(worldState(t.database.dataFolder));
    expect(world.counts).toMatchObject({ agencies: 9, units: 14, requests: 15 });
    expect(world.counts.alerts).toBeGreaterThanOrEqual(38);
    expect(world.counts.alerts).toBeLessThanOrEqual(46);
    expect(sent).toHaveLength(world.counts.objects);
    expect(ofKind('request').filter(({ isSuperseded }) => !isSuperseded)).toHaveLength(15);
    expect(ofKind('alert')).toHaveLength(world.counts.alerts + world.counts.newerVersions);
    expect(new Set(sent.map(({ from }) => from)).size).toBe(9);
  });

  it('is the same for the same seed', () => {
    const planned = planWorld(SEED, new Date()).map(({ input }) => input((key) => key) as { body: Partial<AlertBody> });
    const plannedRefs = planned.flatMap(({ body }) => body.ref ?? []);
    expect(new Set(sent.flatMap(({ ref }) => ref ?? []))).toEqual(new Set(plannedRefs));
    const alerts = planned.flatMap(({ body }) => (body.title === undefined ? [] : [`${body.ref} ${body.title}`]));
    expect(
      ofKind('alert')
        .map(({ ref, title }) => `${ref} ${title}`)
        .toSorted(inOrder),
    ).toEqual(alerts.toSorted(inOrder));
  });

  it.each([
    [
      'alert',
      'query($input: ComposeAlertInput!) { composed: composeAlert(input: $input) { preview { refusals { code } } } }',
    ],
    [
      'request',
      'query($input: ComposeRequestInput!) { composed: composeRequest(input: $input) { preview { refusals { code } } } }',
    ],
  ])("takes the guide's example of a %s as it is", async (kind, query) => {
    const { composed } = await clientOf('VN-CUS-AS').ask<{ composed: object[] }>(query, { input: exampleOf(kind) });
    expect(composed).toEqual([{ preview: { refusals: [] } }]);
  });

  it.each([
    ['acknowledgement', AnswerBody],
    ['answer', AnswerBody],
    ['closing', FeedbackBody],
    ['recall', RecallBody],
  ])("finds no fault in the guide's example of %s", (kind, bodyClass) => {
    // What the hub adds when it composes.
    const added = { acknowledgement: ANSWER_LINKS, answer: ANSWER_LINKS, closing: CLOSING_LINKS, recall: {} }[kind]!;
    const problems: Problem[] = [];
    checked<object>(bodyClass, { ...exampleOf(kind).body, ...added }, '/body', problems);
    expect(problems).toEqual([]);
  });

  it('lies within the last two days and leaves the hub on wall time', () => {
    expect(t.hub.clock.isSimulated).toBe(false);
    for (const { receivedAt } of sent) {
      const age = Date.now() - Date.parse(receivedAt);
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(49 * HOURS);
    }
  });

  it('shows something to every unit', async () => {
    const inboxes = await Promise.all(parties.map(({ unit }) => everything(clientOf(unit), 'inbox')));
    expect(inboxes.map((inbox) => inbox.length > 0)).toEqual(parties.map(() => true));
  });

  it.each([
    ['AT-UNODC-CCP', ['AT-UNODC', 'AT-UNODC-CCP']],
    ['KR-RILOAP-LO', ['KR-RILOAP', 'KR-RILOAP-LO', TO_MEKONG_GROUP]],
  ])('shows %s what was released to it, without personal details, and nothing else', async (unit, names) => {
    const client = clientOf(unit);
    const inbox = await everything(client, 'inbox');
    expect(inbox.filter(({ to }) => !to.some((name) => names.includes(name)))).toEqual([]);
    expect(inbox.filter(({ hasParts }) => hasParts)).toEqual([]);

    const seen = new Set(inbox.map(({ id }) => id));
    const others = sent.filter(({ id, from }) => !seen.has(id) && !unit.startsWith(from));
    expect(others.length).toBeGreaterThan(70);
    const opened = await Promise.allSettled(others.map(({ id }) => client.open(id)));
    expect(opened.map((each) => each.status === 'rejected' && (each.reason as { code: string }).code)).toEqual(
      others.map(() => 'NOT_FOUND'),
    );
  });

  it('has one flash, which arrives within three hours', async () => {
    expect(sent.filter(({ urgency }) => urgency === 'FLASH')).toMatchObject([
      { id: world.first.flash.id, isRecalled: false },
    ]);
    const query = 'query($id: ID!) { alert(id: $id) { state body { consignment { eta } contact24h { phone } } } }';
    const { alert } = await clientOf(world.first.flash.unit).ask<{
      alert: { state: string; body: { consignment: { eta: string }; contact24h: { phone: string } } };
    }>(query, { id: world.first.flash.id });
    const wait = Date.parse(alert.body.consignment.eta) - Date.now();
    expect(alert).toMatchObject({ state: 'RELEASED', body: { contact24h: { phone: expect.stringMatching(/^\+66/) } } });
    expect(wait).toBeGreaterThan(2 * HOURS);
    expect(wait).toBeLessThanOrEqual(3 * HOURS);
    const elsewhere = clientOf('VN-CUS-PCUDAD').ask(query, { id: world.first.flash.id });
    await expect(elsewhere).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has one recalled alert, of which its readers keep a tombstone only', async () => {
    const recalled = ofKind('alert').filter(({ isRecalled }) => isRecalled);
    expect(recalled).toMatchObject([{ id: world.first.recall.recalled, to: ['TH-CUS'] }]);
    const thailand = clientOf('TH-CUS-ISD');
    const { changes } = await thailand.changes({ first: 100 });
    expect(changes.filter(({ act }) => act === 'RECALLED')).toMatchObject([
      { objectId: recalled[0]!.id, object: null },
    ]);
    await expect(thailand.open(recalled[0]!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(thailand.open(world.first.recall.id)).resolves.toMatchObject({ kind: 'recall' });
  });

  it('has one request that waits, in the queue of Viet Nam, and every other state', async () => {
    const query = '{ inbox(first: 100, kind: "request") { nodes { id isSuperseded request { state side } } } }';
    type Node = { id: string; isSuperseded: boolean; request: { state: string; side: string } };
    const found = await Promise.all(
      onePerAgency().map(async ({ unit }) => {
        const { inbox } = await clientOf(unit).ask<{ inbox: { nodes: Node[] } }>(query);
        return inbox.nodes.filter(({ isSuperseded }) => !isSuperseded).map((node) => ({ ...node, unit }));
      }),
    );
    const requests = found.flat();
    expect(requests.filter(({ request }) => request.state === 'RECEIVED')).toMatchObject([
      { id: world.first.waiting.id, unit: 'VN-CUS-AS', request: { side: 'INCOMING' } },
    ]);
    expect([...new Set(requests.map(({ request }) => request.state))].sort()).toEqual([
      'ACCEPTED',
      'ANSWERED',
      'CLARIFICATION_NEEDED',
      'CLOSED',
      'PARTIALLY_ANSWERED',
      'RECEIVED',
      'REFUSED',
      'WITHDRAWN',
    ]);
  });

  it('can be verified offline, object by object, with the roots in any unit’s folder', async () => {
    let verified = 0;
    for (const { home, bundle } of bundles) {
      const { roots, hubKeys } = await readHomeTrust(home);
      const verdicts = await verifyBundle(bundle, { roots, hubKeys });
      expect(verdicts.filter(({ verdict }) => verdict !== 'VALID')).toEqual([]);
      expect(new Set(verdicts.flatMap(({ notes }) => notes))).toEqual(new Set(['CLOCK_SIMULATED']));
      verified += verdicts.filter(({ from }) => bundle.keySets[from!] && readProfile(home).agency === from).length;
    }
    expect(verified).toBe(world.counts.objects);
  });

  it('says of each text that it is fictional', () => {
    const bodies = bundles
      .flatMap(({ bundle }) => bundle.objects)
      .map(({ text }) => JSON.stringify(payloadOf(text).body));
    expect(bodies.filter((body) => !body.includes(FICTIONAL.en) && !body.includes(FICTIONAL.vi))).toEqual([]);
    expect(bodies.filter((body) => body.includes(FICTIONAL.vi)).length).toBeGreaterThan(15);
  });

  it('lets only those systems send texts of their own that show something with them', () => {
    const cast = ['AT-UNODC-CCP', 'CN-CUS-AS', 'KR-RILOAP-LO', 'LA-CUS-AS', 'PH-CUS-INV', 'VN-CUS-AS'];
    expect(withTexts).toEqual([...cast, 'TH-CUS-LCB'].toSorted());
  });

  it('keeps its keys for the owner of the folder alone', () => {
    for (const agency of AGENCIES) {
      for (const code of [agency.agency.id, ...agency.units.map(({ id }) => id)]) {
        const home = homeOf(t.database.dataFolder, code);
        const secret = readdirSync(home).filter((name) => name.endsWith('.key.json'));
        expect(secret.length).toBeGreaterThan(0);
        for (const name of secret) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
        expect(statSync(home).mode & 0o777).toBe(0o700);
      }
    }
  });

  it('gives each unit a folder that the command line can use, also at another address', async () => {
    const home = homeOf(t.database.dataFolder, 'TH-CUS-LCB');
    expect(readProfile(home)).toMatchObject({ hub: t.url, hubId: HUB_ID, agency: 'TH-CUS', unit: 'TH-CUS-LCB' });
    expect(Object.keys((await readHomeTrust(home)).roots)).toHaveLength(9);
    await renewProfiles({ url: `${t.url}/`, hubId: HUB_ID, dataFolder: t.database.dataFolder });
    expect(readProfile(home).hub).toBe(`${t.url}/`);
  });

  it('is not made twice, nor for a hub that is no demonstration', async () => {
    await expect(buildWorld(optionsOf(t))).rejects.toThrow('already');
    await expect(buildWorld({ ...optionsOf(t), hubId: 'hub.example' })).rejects.toThrow('demonstration');
  });
});

function optionsOf({ url, hub, database }: TestHub) {
  return {
    url,
    hubId: HUB_ID,
    asOperator: <T>(work: (tx: EntityManager) => Promise<T>) => database.asOperator(work),
    setClock: (instant: Date | null) => hub.clock.set(instant),
    dataFolder: database.dataFolder,
  };
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function clientOf(unit: string): HubClient {
  return clients.get(unit)!;
}

function onePerAgency(): WorldParty[] {
  return AGENCIES.map(({ agency }) => parties.find((party) => party.agency === agency.id)!);
}

function ofKind(kind: string): Summary[] {
  return sent.filter((object) => object.kind === kind);
}

async function everything(client: HubClient, box: 'inbox' | 'outbox'): Promise<Summary[]> {
  const { nodes, hasNextPage } = await client.list({ box, first: 100 });
  expect(hasNextPage).toBe(false);
  return nodes;
}
