import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentId, readManifest } from '../../src/edge/trusted-documents.js';
import { aSignedIn, type Browser } from '../support/browser.js';
import { trusted } from '../support/documents.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { CHANGED, headersOf, TestSocket } from '../support/socket.js';
import { fingerprint } from './hostile.js';

/** Rows G14 and G15 of the hostile inputs: what a session's cookie, and a bound connection, may ask. */

let t: TestHub;
let vn: Party;
let bound: Party;
let browser: Browser;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
  bound = await t.enrol('TH-CUS-LCB', { connection: { adhoc: undefined } });
  ({ browser } = await aSignedIn(t, vn, ['ANALYST']));
});
afterAll(() => t.stop());

const ME = '{ me { agency } }';
const KNOWN = trusted(ME);
/** A document of the command line, which pages have no use for. */
const [OF_CLI] = [...readManifest('cli')].find(([, text]) => text.startsWith('query HubKeys'))!;
const UNKNOWN = documentId('{ me { unit } }');

type Ask = (body: object) => Promise<string>;
const outcome = (status: number, text: string): string => {
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  return `${status} ${errors?.[0]?.extensions.code ?? JSON.stringify(data)}`;
};
const asPage: Ask = async (body) => {
  const reply = await browser.post('/graphql', body);
  return outcome(reply.status, JSON.stringify(reply.body));
};
const asSystem =
  (party: () => Party): Ask =>
  async (body) => {
    const headers = { 'content-type': 'application/json' };
    const response = await party().send('/graphql', { headers, body: JSON.stringify(body) });
    return outcome(response.status, await response.text());
  };
const answered = (agency: string): string => `200 {"me":{"agency":"${agency}"}}`;
const REFUSED = '400 DOCUMENT_NOT_TRUSTED';

describe('G14 a page', () => {
  it('names its document by id', async () => {
    expect(await asPage({ documentId: KNOWN })).toBe(answered('VN-CUS'));
    const [id] = [...readManifest('web')].find(([, text]) => text.startsWith('query Me'))!;
    expect(await asPage({ documentId: id, operationName: 'Me', variables: {} })).toMatch(/^200 \{"me"/);
  });

  it.each<[string, object]>([
    ['text', { query: ME }],
    ['the text of a document that is trusted', { query: readManifest('web').values().next().value }],
    ['an unknown id', { documentId: UNKNOWN }],
    ['an id of the command line', { documentId: OF_CLI }],
    ['id and text', { documentId: KNOWN, query: ME }],
    ['id and empty text', { documentId: KNOWN, query: '' }],
    ['an unknown id and text', { documentId: UNKNOWN, query: ME }],
    ['neither', {}],
    ['null', { documentId: null, query: null }],
    ['the id in capitals', { documentId: KNOWN.toUpperCase() }],
    ['the id without its prefix', { documentId: KNOWN.replace('sha256:', '') }],
    ['an id of a prototype', { documentId: 'constructor' }],
    ['a list of ids', { documentId: [KNOWN] }],
    ['a number', { documentId: 1 }],
    ['a hash as Apollo has it', { extensions: { persistedQuery: { version: 1, sha256Hash: KNOWN.slice(7) } } }],
  ])('that sends %s is refused', async (_, body) => {
    expect(await asPage(body)).toBe(REFUSED);
  });

  it('cannot have anything done by a text beside an id', async () => {
    const before = await fingerprint(t.database);
    const query = 'mutation($id: ID!) { endSession(id: $id) }';
    const { data } = await browser.ask<{ mySessions: { id: string }[] }>('{ mySessions { id } }');
    const variables = { id: data!.mySessions[0]!.id };
    expect(await asPage({ query, variables })).toBe(REFUSED);
    expect(await asPage({ documentId: KNOWN, query, variables })).toBe(REFUSED);
    expect(await asPage({ documentId: KNOWN })).toBe(answered('VN-CUS'));
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('has its variables looked at like anybody’s', async () => {
    const id = trusted('query($id: ID!) { object(id: $id) { id } }');
    expect(await asPage({ documentId: id, variables: { id: randomUUID() } })).toBe('200 NOT_FOUND');
    expect(await asPage({ documentId: id, variables: { id: 'x' } })).toBe('200 BAD_USER_INPUT');
    expect(await asPage({ documentId: id, variables: { id: randomUUID(), more: 1 } })).toBe('400 BAD_USER_INPUT');
    expect(await asPage({ documentId: trusted('{ __schema { types { name } } }') })).toBe('400 BAD_REQUEST');
  });

  it('is told so in its language', async () => {
    const reply = await browser.post('/graphql', { query: ME }, { 'accept-language': 'vi' });
    expect(reply.body.errors?.[0]?.message).toContain('truy vấn');
  });

  it('follows changes by an id alone', async () => {
    const headers = headersOf(browser);
    for (const [payload, answer] of [
      [{ query: CHANGED }, 'DOCUMENT_NOT_TRUSTED'],
      [{ documentId: UNKNOWN }, 'DOCUMENT_NOT_TRUSTED'],
      [{ documentId: trusted(CHANGED), query: CHANGED }, 'DOCUMENT_NOT_TRUSTED'],
      [{ documentId: KNOWN }, 'BAD_REQUEST'],
      [{ documentId: trusted(CHANGED) }, '"resync":true'],
    ] as const) {
      const socket = (await TestSocket.open(t.url, headers)) as TestSocket;
      await socket.begin({ csrf: browser.csrf });
      socket.subscribe(payload);
      expect(JSON.stringify(await socket.until(({ id }) => id === '1'))).toContain(answer);
      socket.socket.terminate();
    }
  });
});

describe('G14 a unit’s system', () => {
  it.each<[string, object, string]>([
    ['text', { query: ME }, answered('VN-CUS')],
    ['an id', { documentId: KNOWN }, answered('VN-CUS')],
    ['an unknown id', { documentId: UNKNOWN }, REFUSED],
    ['id and text', { documentId: KNOWN, query: ME }, REFUSED],
    ['neither', {}, '400 BAD_REQUEST'],
  ])('that sends %s', async (_, body, expected) => {
    expect(await asSystem(() => vn)(body)).toBe(expected);
  });

  it.each<[string, object, string]>([
    ['text', { query: ME }, REFUSED],
    ['an id', { documentId: KNOWN }, answered('TH-CUS')],
    ['id and text', { documentId: KNOWN, query: ME }, REFUSED],
    ['the text of a document that is known', { query: readManifest('cli').get(OF_CLI) }, REFUSED],
  ])('whose connection says nothing of texts, and that sends %s', async (_, body, expected) => {
    expect(await asSystem(() => bound)(body)).toBe(expected);
  });

  it('names the documents of the command line, whatever its connection says of texts', async () => {
    for (const party of [vn, bound]) {
      expect(await asSystem(() => party)({ documentId: OF_CLI })).toMatch(/^200 \{"hubKeySet"/);
    }
  });

  it('follows changes by an id alone when its connection is bound', async () => {
    const socket = (await TestSocket.open(t.url, await bound.headersFor('GET', '/graphql/socket'))) as TestSocket;
    await socket.begin({});
    socket.subscribe({ query: CHANGED });
    expect(JSON.stringify(await socket.until(({ id }) => id === '1'))).toContain('DOCUMENT_NOT_TRUSTED');
    await socket.follow('2');
    socket.socket.terminate();
  });

  it('may send text only when its connection says so, and no longer than that', async () => {
    const party = await t.enrol('LA-CUS-HQ');
    expect(await asSystem(() => party)({ query: ME })).toBe(answered('LA-CUS'));
    await t.database.sql(`UPDATE auth.connection SET adhoc = DEFAULT WHERE unit_id = 'LA-CUS-HQ'`);
    expect(await asSystem(() => party)({ query: ME })).toBe(REFUSED);
  });
});

describe('G15 a stored document', () => {
  it('cannot be added, by whom ever: hash and text are refused, and the hash alone after that', async () => {
    const persistedQuery = { version: 1, sha256Hash: documentId('{ me { unit } }').slice(7) };
    for (const ask of [asPage, asSystem(() => vn), asSystem(() => bound)]) {
      const together = await ask({ query: '{ me { unit } }', extensions: { persistedQuery } });
      const alone = await ask({ extensions: { persistedQuery } });
      const byId = await ask({ documentId: UNKNOWN });
      expect([together, alone, byId].filter((each) => !/BAD_REQUEST|DOCUMENT_NOT_TRUSTED/.test(each))).toEqual([]);
      expect(byId).toBe(REFUSED);
    }
    expect(await asPage({ documentId: KNOWN, extensions: { persistedQuery } })).toMatch(/BAD_REQUEST$/);
  });
});

describe('without sign-in', () => {
  it('an unknown id tells nothing, and a known one answers UNAUTHENTICATED', async () => {
    const post = async (body: object): Promise<string> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${t.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
      return outcome(response.status, await response.text());
    };
    expect(await post({ documentId: UNKNOWN })).toBe(REFUSED);
    expect(await post({ documentId: KNOWN })).toMatch(/UNAUTHENTICATED$/);
    expect(await post({ query: ME })).toMatch(/UNAUTHENTICATED$/);
  });
});
