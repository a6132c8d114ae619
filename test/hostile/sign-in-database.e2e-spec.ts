import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnitSession } from '../../src/cli/unit-session.js';
import { aSignedIn, Browser } from '../support/browser.js';
import { trusted } from '../support/documents.js';
import { type Party, startTestHub, type TestHub } from '../support/hub.js';

let t: TestHub;
let vn: Party;

beforeAll(async () => {
  t = await startTestHub();
  vn = await t.enrol('VN-CUS-AS');
});
afterAll(() => t.stop());

/** Ends the connections of sign-in, and whether PostgreSQL takes new ones. */
async function setReachable(isReachable: boolean): Promise<void> {
  const [row] = await t.database.sql<{ name: string }>('SELECT current_database() AS name');
  await t.database.sql(`GRANT CONNECT ON DATABASE ${row!.name} TO hub_app, hub_migrate`);
  await t.database.sql(
    isReachable
      ? `GRANT CONNECT ON DATABASE ${row!.name} TO PUBLIC`
      : `REVOKE CONNECT ON DATABASE ${row!.name} FROM PUBLIC, hub_auth`,
  );
  await t.database.sql(
    `SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = 'hub_auth' AND datname = current_database()`,
  );
}

describe('threats 21 a sign-in whose database takes no connection', () => {
  it('is told of as unavailable, whoever asks and for whatever, and goes on when the database is back', async () => {
    const { browser, passkey } = await aSignedIn(t, vn, ['ANALYST']);
    const stranger = new Browser(t.url);
    const { body: options } = await stranger.post('/sign-in/options');
    const response = passkey.get(options as { challenge: string } & object);
    const unit = await vn.headersFor('POST', '/graphql');
    await setReachable(false);
    try {
      const asked = {
        'an officer’s page': await browser.post('/graphql', { documentId: trusted('{ me { agency } }') }),
        'a unit’s system': await new Browser(t.url).post('/graphql', { query: '{ me { unit } }' }, unit),
        'a sign-in': await stranger.post('/sign-in', { response }),
        'an enrolment': await stranger.post('/enrol/open', { token: 'x' }),
        'an enrolment by password': await stranger.post('/enrol/password/options', { token: 'x' }),
        'an issuer': await stranger.post('/enrol/with', { token: 'x', issuer: 'national' }),
        'a password': await stranger.post('/sign-in/password', { name: 'VN-CUS-ABCDEF', password: 'x', code: '1' }),
      };
      const told = Object.entries(asked).map(([name, { status, body }]) => {
        const [error] = body.errors ?? [];
        return [name, status, error?.extensions];
      });
      const unavailable = { code: 'UNAVAILABLE', retryable: true };
      expect(told).toEqual(Object.keys(asked).map((name) => [name, 503, unavailable]));
      const system = new UnitSession(t.url, vn.unit, vn.client.privateJwk);
      await expect(system.signIn()).rejects.toMatchObject({ reason: 'HTTP 503' });
    } finally {
      await setReachable(true);
    }
    expect((await browser.ask('{ me { agency } }')).data).toEqual({ me: { agency: 'VN-CUS' } });
    expect((await vn.ask('{ me { agency } }')).data).toEqual({ me: { agency: 'VN-CUS' } });
  });
});
