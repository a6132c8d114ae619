import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NotSignedIn } from '../../src/cli/client-errors.js';
import { dpopProof } from '../../src/cli/dpop.js';
import { tokenRequest } from '../../src/cli/sign-in.js';
import { generateKey } from '../../src/protocol/keys.js';
import { aConnectionInput, act, changed, outcomeOf, twoAdministrators } from '../support/administration.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';
import { withoutServerTime } from '../support/server-time.js';
import { TestSocket } from '../support/socket.js';
import { fingerprint } from './hostile.js';

/** What threats.md 23 asks of a connection's networks and its end. A proxy on this machine says where a request comes from. */

const INSIDE = '203.0.113.7';
const OUTSIDE = '198.51.100.7';
/** The party's own client, which no proxy speaks for, signs in from this machine. */
const LOOPBACK = ['127.0.0.0/8', '::1'];
const NETWORKS = [...LOOPBACK, '203.0.113.0/24', '2001:db8:7::/48'];
const ME = '{"query":"{ me { unit } }"}';
const YEARS = 365.25 * 86_400_000;

let t: TestHub;
let vn: Party;
let one: Awaited<ReturnType<typeof twoAdministrators>>[0];
let two: typeof one;

beforeAll(async () => {
  t = await startTestHub({ TRUSTED_PROXIES: '127.0.0.1, ::1' });
  vn = await t.enrol('VN-CUS-AS', { connection: { networks: NETWORKS, scopes: ['directory.read', 'objects.read'] } });
  [one, two] = await twoAdministrators(t, vn);
});
afterAll(() => t.stop());

interface Reply {
  status: number;
  challenge: string | null;
  text: string;
}

/** What a request is answered that comes from this address. */
async function from(address: string, party = vn, path = '/graphql'): Promise<Reply> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
  const response = await party.send(path, { headers, body: ME });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    text: withoutServerTime(await response.text()),
  };
}

/** What the token endpoint answers to this address. */
async function tokenFor(party: Party, address: string): Promise<{ status: number; text: string }> {
  const key = await generateKey();
  const url = `${t.url}/oidc/token`;
  const ask = async (nonce?: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { dpop: await dpopProof(key, { method: 'POST', url, nonce }), 'x-forwarded-for': address },
      body: await tokenRequest(t.url, party.unit, party.client.privateJwk),
    });
  const first = await ask();
  const nonce = first.headers.get('dpop-nonce');
  const answer = nonce === null ? first : await ask(nonce);
  return { status: answer.status, text: await answer.text() };
}

async function socketFrom(address: string, party = vn): Promise<TestSocket | number> {
  return TestSocket.open(t.url, {
    ...(await party.headersFor('GET', '/graphql/socket')),
    'x-forwarded-for': address,
  });
}

const suspended = async <T>(party: Party, work: () => Promise<T>): Promise<T> => {
  const set = (value: string): Promise<unknown> =>
    t.database.sql(`UPDATE auth.connection SET suspended_at = ${value} WHERE unit_id = $1`, [party.unit]);
  await set('now()');
  try {
    return await work();
  } finally {
    await set('NULL');
  }
};

const setNetworks = (networks: string[] | null): Promise<unknown> =>
  t.database.sql('UPDATE auth.connection SET networks = $2 WHERE unit_id = $1', [vn.unit, networks]);

const utc = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

describe('threats 23 a unit’s system is answered', () => {
  it.each([
    ['an address of a network', INSIDE],
    ['the same within IPv6', `::ffff:${INSIDE}`],
    ['the same in hexadecimal', '::ffff:cb00:7107'],
    ['the same with its port', `${INSIDE}:50123`],
    ['an IPv6 address of a network', '2001:db8:7:1::9'],
    ['the same in brackets, with its port', '[2001:DB8:7:1::9]:50123'],
    ['one that the client wrote and one that the proxy saw', `${OUTSIDE}, ${INSIDE}`],
  ])('from %s', async (_, address) => {
    expect(await from(address)).toMatchObject({ status: 200, text: `{"data":{"me":{"unit":"${vn.unit}"}}}\n` });
    expect((await tokenFor(vn, address)).status).toBe(200);
  });

  it.each([
    ['an address of no network', OUTSIDE],
    ['the one beside a network', '203.0.114.0'],
    ['the same within IPv6', `::ffff:${OUTSIDE}`],
    ['an IPv6 address of no network', '2001:db8:8::1'],
    ['a network’s address behind the one that the proxy saw', `${INSIDE}, ${OUTSIDE}`],
    ['what is no address', 'nowhere'],
    ['an address and more', `${INSIDE} or 1=1`],
  ])('from %s as if it were shut, byte for byte, for a request, a token and a socket', async (_, address) => {
    const shut = await suspended(vn, async () => [await from(INSIDE), await tokenFor(vn, INSIDE)]);
    expect(shut).toMatchObject([{ status: 401, challenge: expect.stringContaining('invalid_token') }, { status: 401 }]);
    const before = await fingerprint(t.database);
    expect([await from(address), await tokenFor(vn, address)]).toEqual(shut);
    expect(await socketFrom(address)).toBe(401);
    expect(await fingerprint(t.database)).toEqual(before);
  });

  it('by its file route as by the API', async () => {
    const upload = async (address: string): Promise<number> => {
      const headers = { 'content-type': 'text/csv', 'x-forwarded-for': address };
      return (await vn.send('/files', { headers, body: 'a,b\n' })).status;
    };
    expect(await upload(OUTSIDE)).toBe(401);
    expect(await upload(INSIDE)).not.toBe(401);
  });

  it('from anywhere without networks', async () => {
    const th = await t.enrol('TH-CUS-LCB');
    expect((await from(OUTSIDE, th)).status).toBe(200);
    expect((await from('nowhere', th)).status).toBe(200);
  });

  it('by what its connection says, whatever X-Forwarded-For says where there is no proxy', async () => {
    const direct = await startTestHub();
    try {
      const la = await direct.enrol('LA-CUS-HQ', { connection: { networks: LOOPBACK } });
      expect((await from(OUTSIDE, la)).status).toBe(200);
      await direct.database.sql(`UPDATE auth.connection SET networks = '{203.0.113.0/24}' WHERE unit_id = 'LA-CUS-HQ'`);
      expect((await from(INSIDE, la)).status).toBe(401);
    } finally {
      await direct.stop();
    }
  });
});

describe('threats 23 a change of networks', () => {
  it('takes effect at the next request, and closes the sockets that it leaves outside', async () => {
    const socket = (await socketFrom('203.0.113.200')) as TestSocket;
    const kept = (await socketFrom(INSIDE)) as TestSocket;
    for (const each of [socket, kept]) await (await each.begin({})).follow();
    const networks = [...LOOPBACK, '203.0.113.0/28'];
    const change = await changed(one.browser, 'changeConnection', { unit: vn.unit, input: input({ networks }) });
    expect(change.state).toBe('APPLIED');
    expect(await from('203.0.113.200')).toMatchObject({ status: 401 });
    expect((await tokenFor(vn, '203.0.113.200')).status).toBe(401);
    expect(await socket.closed).toBe(4401);
    expect((await from(INSIDE)).status).toBe(200);
    expect(kept.socket.readyState).toBe(kept.socket.OPEN);
    kept.socket.terminate();
  });

  const CASES: [string, string[] | null, string[] | undefined, string][] = [
    ['networks where there were none', null, ['203.0.113.0/24'], 'APPLIED'],
    ['one network less', ['203.0.113.0/24', '192.0.2.0/24'], ['192.0.2.0/24'], 'APPLIED'],
    ['a part of a network', ['203.0.113.0/24'], ['203.0.113.64/26', '203.0.113.7'], 'APPLIED'],
    ['a part, as IPv6 writes it', ['203.0.113.0/24'], ['::ffff:203.0.113.0/122'], 'APPLIED'],
    ['a further network', ['203.0.113.0/24'], ['192.0.2.0/24', '203.0.113.0/24'], 'WAITING'],
    ['another network', ['203.0.113.0/24'], ['192.0.2.0/24'], 'WAITING'],
    ['a wider network', ['203.0.113.0/24'], ['203.0.112.0/23'], 'WAITING'],
    ['all of IPv4', ['203.0.113.0/24'], ['0.0.0.0/0'], 'WAITING'],
    ['IPv6 as well', ['0.0.0.0/0'], ['0.0.0.0/0', '2001:db8::/32'], 'WAITING'],
    ['no networks any more', ['203.0.113.0/24'], undefined, 'WAITING'],
    [
      'the same in another form and order',
      ['10.0.0.0/8', '203.0.113.7/32'],
      ['::ffff:203.0.113.7', '10.1.2.3/8'],
      'CONFLICT/UNCHANGED',
    ],
  ];
  it.each(CASES)(
    'that widens takes two administrators, one that narrows does not: %s',
    async (_, was, becomes, state) => {
      await setNetworks(was);
      const variables = { unit: vn.unit, input: input({ networks: becomes }) };
      const answer = await act(one.browser, 'changeConnection', variables);
      expect(await outcomeOf(Promise.resolve(answer))).toBe(state);
      if (state !== 'WAITING') return;
      const { id, changes } = answer.data!['changeConnection']!;
      expect(changes).toEqual([{ field: 'networks', was: was!.join(', '), becomes: becomes?.join(', ') ?? null }]);
      const stored = (): Promise<{ networks: string[] | null }[]> =>
        t.database.sql('SELECT networks::text[] FROM auth.connection WHERE unit_id = $1', [vn.unit]);
      expect(await stored()).toEqual([{ networks: was }]);
      expect(await outcomeOf(act(two.browser, 'approveChange', { id }))).toBe('APPLIED');
      expect(await stored()).toEqual([{ networks: becomes ?? null }]);
    },
  );

  it.each([
    ['a name', 'hq.customs.example'],
    ['too long a prefix', '203.0.113.0/33'],
    ['too long a prefix of IPv6', '2001:db8::/129'],
    ['a zone', 'fe80::1%eth0'],
    ['a range', '203.0.113.1-203.0.113.9'],
    ['a part of an address', '203.0.113'],
    ['nothing', ''],
  ])('that names %s is refused and leaves nothing', async (_, network) => {
    const before = await fingerprint(t.database);
    const variables = { unit: vn.unit, input: input({ networks: [INSIDE, network] }) };
    expect((await act(one.browser, 'changeConnection', variables)).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ pointer: '/input/networks/1', rule: 'network' }],
    });
    expect(
      await outcomeOf(act(one.browser, 'changeConnection', { ...variables, input: input({ networks: [] }) })),
    ).toBe('BAD_USER_INPUT');
    expect(await fingerprint(t.database)).toEqual(before);
  });
});

describe('threats 23 a connection ends', () => {
  it('twelve months after it was opened when nobody says when, 731 days after at the latest', async () => {
    const unit = await anotherUnit();
    const open = (validUntil?: string) =>
      act(one.browser, 'openConnection', { unit, input: input({ networks: undefined, validUntil }) });
    const before = await fingerprint(t.database);
    const tooLate = await open(utc(new Date(Date.now() + 731 * 86_400_000 + 60_000)));
    expect(tooLate.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ pointer: '/input/validUntil', rule: 'LIFETIME', message: expect.stringContaining('731') }],
    });
    expect(await fingerprint(t.database)).toEqual(before);
    expect(await outcomeOf(open(utc(new Date(Date.now() + 731 * 86_400_000 - 60_000))))).toBe('WAITING');

    const proposed = (await open()).data!['openConnection']!;
    await changed(two.browser, 'approveChange', { id: proposed.id });
    const end = await endOf(unit);
    expect(Math.abs(end - Date.now() - YEARS)).toBeLessThan(2 * 86_400_000);
    // A change that does not speak of the end leaves it.
    await changed(one.browser, 'changeConnection', {
      unit,
      input: input({ networks: undefined, scopes: ['objects.read'] }),
    });
    expect(await endOf(unit)).toBe(end);
  });

  it('later by two administrators alone, and never for good', async () => {
    const variables = (validUntil: Date | null): object => ({
      unit: vn.unit,
      input: input({ networks: undefined, validUntil: validUntil && utc(validUntil) }),
    });
    await setNetworks(null);
    const later = new Date(Date.now() + 2 * YEARS - 86_400_000);
    expect(await outcomeOf(act(one.browser, 'changeConnection', variables(later)))).toBe('WAITING');
    expect(await outcomeOf(act(one.browser, 'changeConnection', variables(new Date(Date.now() + 3 * YEARS))))).toBe(
      'BAD_USER_INPUT',
    );
    expect(await outcomeOf(act(one.browser, 'changeConnection', variables(null)))).toBe('CONFLICT/UNCHANGED');
    await expect(
      t.database.sql('UPDATE auth.connection SET valid_until = NULL WHERE unit_id = $1', [vn.unit]),
    ).rejects.toThrow('not-null');
  });

  it('for requests, tokens and sockets alike', async () => {
    const mm = await t.enrol('MM-CUS-INV');
    const socket = await (await TestSocket.of(t.url, mm)).follow();
    expect((await from(INSIDE, mm)).status).toBe(200);
    await t.database.sql('UPDATE auth.connection SET valid_until = now() WHERE unit_id = $1', [mm.unit]);
    expect((await from(INSIDE, mm)).status).toBe(401);
    expect(await tokenFor(mm, INSIDE)).toEqual(await suspended(vn, () => tokenFor(vn, INSIDE)));
    expect(await socketFrom(INSIDE, mm)).toBe(401);
    expect(await socket.closed).toBe(4401);
  });

  it('and its client says that it is not signed in', async () => {
    const kh = await t.enrol('KH-CUS-INV', { connection: { networks: ['203.0.113.0/24'] } });
    await expect(kh.ask('{ me { unit } }')).rejects.toThrow(NotSignedIn);
  });
});

describe('threats 23 an enrolment', () => {
  const kept = () =>
    t.database.sql<{ networks: string[] | null; end: Date }>(
      `SELECT networks::text[], valid_until AS end FROM auth.connection WHERE unit_id = 'PH-CUS-INV'`,
    );

  it('says networks and end, and run again without them leaves them as they are', async () => {
    const validUntil = utc(new Date(Date.now() + YEARS / 2));
    await t.enrol('PH-CUS-INV', { connection: { networks: ['203.0.113.9', '::ffff:10.1.2.3/104'], validUntil } });
    const said = [{ networks: ['10.0.0.0/8', '203.0.113.9/32'], end: new Date(validUntil) }];
    expect(await kept()).toEqual(said);
    await t.enrol('PH-CUS-INV');
    expect(await kept()).toEqual(said);
  });

  it.each([
    ['a network that is none', { networks: ['203.0.113.0/40'] }, '203.0.113.0/40 is no network'],
    ['an empty list', { networks: [] }, 'networks has none'],
    ['an end too far ahead', { validUntil: utc(new Date(Date.now() + 3 * YEARS)) }, 'is more than 731 days ahead'],
  ])('with %s is refused', async (_, connection, fault) => {
    await expect(t.enrol('SG-CUS-HQ', { connection })).rejects.toThrow(fault);
    expect(await t.database.sql(`SELECT 1 FROM auth.connection WHERE unit_id = 'SG-CUS-HQ'`)).toEqual([]);
  });
});

function input(changes: object): object {
  return aConnectionInput({ networks: NETWORKS, ...changes });
}

async function endOf(unit: string): Promise<number> {
  const [row] = await t.database.sql<{ end: Date }>(
    'SELECT valid_until AS end FROM auth.connection WHERE unit_id = $1',
    [unit],
  );
  return row!.end.getTime();
}

/** A unit of the agency without a connection. */
async function anotherUnit(): Promise<string> {
  const { unit } = await t.enrol('VN-CUS-NEW');
  await t.database.sql('DELETE FROM auth.connection WHERE unit_id = $1', [unit]);
  return unit;
}
