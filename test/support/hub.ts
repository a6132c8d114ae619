import { randomUUID } from 'node:crypto';
import { readEnvironment } from '../../config/environment.js';
import { type Outgoing, UnitSession } from '../../src/cli/unit-session.js';
import { startHub, type RunningHub } from '../../src/hub.js';
import { enrolAgreement } from '../../src/operator/agreements.js';
import {
  type ConnectionEnrolment,
  enrolAgency,
  enrolCommunity,
  type UnitEnrolment,
} from '../../src/operator/enrolment.js';
import type { CalendarEnrolment } from '../../src/operator/calendar.js';
import { encodeBase64url } from '../../src/protocol/base64url.js';
import { proofOf } from '../../src/protocol/testing.js';
import { buildKeySet, type KeyEntry } from '../../src/protocol/key-set.js';
import { generateKey, rawSign, type KeyPair } from '../../src/protocol/keys.js';
import { CONSOLE_DOCUMENTS } from './documents.js';
import { withoutServerTime } from './server-time.js';
import { cloneDatabase, type TestDatabase } from './database.js';

export const HUB_ID = 'demo.test.localhost';
const DAY = 86_400;

/** A unit of an agency with its keys and a signed-in client. */
export interface Party {
  agency: string;
  unit: string;
  signing: KeyPair;
  client: KeyPair;
  root: KeyPair;
  /** Sends a GraphQL operation and returns the whole answer, but for the time of its errors. */
  ask<T = Record<string, unknown>>(query: string, variables?: object, headers?: Headers): Promise<Answer<T>>;
  /** The same, as text, for byte comparisons. */
  askRaw(query: string, variables?: object): Promise<string>;
  /** Sends any request, signed with the party's token and a proof. */
  send(path: string, request: Outgoing): Promise<Response>;
  /** Signs in anew with the next request: a token lasts five minutes. */
  signInAnew(): void;
  /** The headers that sign one request. */
  headersFor(method: string, path: string): Promise<{ authorization: string; dpop: string }>;
}

type Headers = Record<string, string | undefined>;

export interface Answer<T> {
  data: T | null;
  errors?: {
    message: string;
    path?: string[];
    extensions: {
      code: string;
      sub?: string;
      pointer?: string;
      problems?: { pointer: string; rule: string; message: string }[];
    };
  }[];
}

export interface TestHub {
  hub: RunningHub;
  url: string;
  database: TestDatabase;
  /** Enrols a unit's agency with fresh keys, and the unit. */
  enrol(unit: string, options?: PartyOptions): Promise<Party>;
  /** An agreement between these parties that allows everything unless told otherwise. */
  agree(parties: readonly Party[], changes?: Partial<Parameters<typeof enrolAgreement>[1]>): Promise<string>;
  community(members: readonly Party[]): Promise<string>;
  stop(): Promise<void>;
}

export interface PartyOptions {
  clearance?: number;
  maySeeNominal?: boolean;
  /** Limits of the unit's connection; none when left out. Tests ask with texts of their own. */
  connection?: Pick<ConnectionEnrolment, 'scopes' | 'addressees' | 'networks' | 'validUntil' | 'adhoc'>;
  kinds?: string[];
  alg?: 'Ed25519' | 'ES256';
  calendar?: CalendarEnrolment;
  /** Further units of the same agency, without connections. */
  units?: UnitEnrolment[];
  /** A party of the same agency: its root and keys stay, this unit is added. */
  beside?: Party;
}

const ALL_KINDS = ['alert', 'request', 'oral', 'answer', 'feedback', 'consent', 'note', 'recall'];

/** Tests ask for more at once, and fail far more often in a minute, than a partner may; the limits themselves have tests of their own. */
const GENEROUS = {
  NOT_FOUND_PER_MINUTE: '100000',
  BAD_SIGNATURES_PER_MINUTE: '100000',
  FAILED_SIGN_INS_PER_MINUTE: '100000',
  FAILED_TOKENS_PER_MINUTE: '100000',
  FAILED_PASSWORDS_PER_MINUTE: '100000',
  FAILED_ENROLMENTS_PER_MINUTE: '100000',
  BEGUN_SIGN_INS_PER_MINUTE: '100000',
  CONCURRENT_OPERATIONS: '1000',
};

/**
 * The whole hub on a database of its own, on a free port; `variables` are those of its environment, and `prepare` is given its data
 * folder before it starts.
 */
export async function startTestHub(
  variables: Record<string, string> = {},
  prepare: (dataFolder: string) => void = () => undefined,
): Promise<TestHub> {
  const database = await cloneDatabase();
  prepare(database.dataFolder);
  const environment = readEnvironment({
    HUB_ID,
    PORT: '0',
    DATA_FOLDER: database.dataFolder,
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'fatal',
    DATABASE_POOL: '8',
    ...GENEROUS,
    ...variables,
  });
  const hub = await startHub(environment, database.url, CONSOLE_DOCUMENTS);
  const chains = new Map<
    string,
    { root: KeyPair; texts: string[]; keys: KeyEntry[]; digest: `sha256:${string}` | null }
  >();
  return {
    hub,
    url: hub.url,
    database,
    enrol: async (unit, options = {}) => {
      const agency = unit.split('-').slice(0, 2).join('-');
      const chain = chains.get(agency) ?? { root: await generateKey(), texts: [], keys: [], digest: null };
      chains.set(agency, chain);
      const signing = await generateKey(options.alg);
      const client = await generateKey();
      const now = Math.floor(Date.now() / 1000);
      const entry = (pair: KeyPair, use: 'sig' | 'auth', kinds: string[]): KeyEntry => ({
        kid: pair.kid,
        jwk: pair.publicJwk,
        use,
        holder: `unit:${unit}`,
        kinds,
        nbf: now - DAY,
        exp: now + 365 * DAY,
        revoked: null,
        proof: proofOf(pair, { hub: HUB_ID, agency, use, kid: pair.kid }),
      });
      chain.keys.push(entry(signing, 'sig', options.kinds ?? ALL_KINDS), entry(client, 'auth', []));
      const { digestOf } = await import('../../src/protocol/digest.js');
      const text = await buildKeySet(
        {
          hub: HUB_ID,
          agency,
          seq: chain.texts.length + 1,
          prev: chain.digest,
          roots: [chain.root.publicJwk],
          threshold: 1,
          keys: chain.keys,
        },
        [chain.root],
      );
      chain.texts.push(text);
      chain.digest = digestOf(Buffer.from((JSON.parse(text) as { payload: string }).payload, 'base64url'));
      await database.asOperator((tx) =>
        enrolAgency(tx, HUB_ID, {
          agency: {
            id: agency,
            kind: 'CUSTOMS',
            country: agency.slice(0, 2),
            nameEn: `${agency} customs`,
            nameVi: `Hải quan ${agency}`,
          },
          ...(options.calendar ? { calendar: options.calendar } : {}),
          units: [
            {
              id: unit,
              kind: 'ANTI_SMUGGLING',
              nameEn: `Unit ${unit}`,
              nameVi: `Đơn vị ${unit}`,
              connection: {
                clearance: options.clearance ?? 1,
                maySeeNominal: options.maySeeNominal ?? true,
                adhoc: true,
                ...options.connection,
              },
            },
            ...(options.units ?? []),
          ],
          roots: [chain.root.publicJwk],
          keySets: chain.texts,
        }),
      );
      return partyOf(hub.url, { agency, unit, signing, client, root: chain.root });
    },
    agree: async (parties, changes = {}) => {
      const id = `EX-${randomUUID().slice(0, 8).toUpperCase()}`;
      await database.asOperator((tx) =>
        enrolAgreement(tx, {
          id,
          kind: 'MULTILATERAL',
          titleEn: 'Example agreement',
          titleVi: 'Thỏa thuận ví dụ',
          isExample: true,
          validFrom: '2020-01-01T00:00:00Z',
          parties: parties.map((party) => party.agency),
          articles: [{ id: 'art10', titleEn: 'Spontaneous assistance', titleVi: 'Hỗ trợ tự nguyện' }],
          assistanceTypes: ['INFORMATION_OFFENCE', 'VERIFY_DOCUMENT', 'ENQUIRY'],
          languages: ['en', 'vi'],
          deadlineProfile: 'HUB_DEFAULT',
          nominalAllowed: true,
          evidenceRule: 'YES',
          onwardRule: 'NONE',
          ...changes,
        }),
      );
      return id;
    },
    community: async (members) => {
      const id = randomUUID();
      await database.asOperator((tx) =>
        enrolCommunity(tx, { id, nameEn: 'Community', nameVi: 'Cộng đồng', members: members.map((m) => m.agency) }),
      );
      return `community:${id}`;
    },
    stop: async () => {
      await hub.stop();
      await database.drop();
    },
  };
}

/** Every request of a test is for a case, so that personal details open; a test of that itself leaves it out with `undefined`. */
export const FOR_A_CASE = { 'x-liaison-purpose': 'PREVENT_DETECT', 'x-liaison-case-ref': 'TEST-1' };

/** Headers without those that are left out. */
export function given(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function partyOf(url: string, keys: Omit<Party, 'ask' | 'askRaw' | 'send' | 'signInAnew' | 'headersFor'>): Party {
  const session = new UnitSession(url, keys.unit, keys.client.privateJwk);
  const send = async (query: string, variables: object, headers: Headers): Promise<string> => {
    const answer = await session.send('/graphql', {
      headers: given({ 'content-type': 'application/json', ...FOR_A_CASE, ...headers }),
      body: JSON.stringify({ query, variables }),
    });
    return withoutServerTime(await answer.text());
  };
  return {
    ...keys,
    send: (path, request) => session.send(path, { ...request, headers: { ...FOR_A_CASE, ...request.headers } }),
    signInAnew: () => session.forget(),
    headersFor: async (method, path) => {
      await session.send('/healthz', { method: 'GET' }); // its answer brings the newest nonce
      return session.headersFor(method, path);
    },
    ask: async <T>(query: string, variables: object = {}, headers: Headers = {}) =>
      JSON.parse(await send(query, variables, headers)) as Answer<T>,
    askRaw: (query, variables = {}) => send(query, variables, {}),
  };
}

/** A raw signature over a signingInput, base64url, as `submit` takes it. */
export async function signRaw(party: Party, signingInput: string): Promise<string> {
  return encodeBase64url(await rawSign(party.signing.privateJwk, signingInput));
}
