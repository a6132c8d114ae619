import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Client, type Pool } from 'pg';
import type { Caller, CallerSession } from '../../src/access/caller.js';
import { ScopedDatabase } from '../../src/access/scoped-database.js';
import { FileRefused, NotFound, Unauthenticated } from '../../src/common/errors.js';
import { anAlertBody } from '../../src/alerts/body/alert-body.example.js';
import { someNominalData } from '../../src/exchange/body/body.example.js';
import { ObjectsService } from '../../src/exchange/objects.service.js';
import { FileStore } from '../../src/files/file-store.js';
import { aPdf } from '../../src/files/files.example.js';
import { FilesService } from '../../src/files/files.service.js';
import { UploadsService } from '../../src/files/uploads.service.js';
import { suspendIssuer } from '../../src/operator/issuers.js';
import { readThread } from '../../src/requests/request-threads.js';
import { ConsoleSessions } from '../../src/session/people/console-sessions.js';
import type { Identity } from '../../src/session/people/identity.js';
import { linkSubject } from '../../src/session/people/issuers/issuer-subjects.js';
import { OwnPasskeys } from '../../src/session/people/own-passkeys.js';
import { Passwords } from '../../src/session/people/passwords.js';
import { inTransaction } from '../../src/session/people/transaction.js';
import { POOL } from '../../src/session/session.module.js';
import { type KeySet, verifyKeySetChain } from '../../src/protocol/key-set.js';
import { generateKey } from '../../src/protocol/keys.js';
import { storeKeySet } from '../../src/trust/key-sets.service.js';
import { anEntry, newestKeySet, nextKeySet } from '../hostile/hostile.js';
import { aSignedIn } from '../support/browser.js';
import { seqOf } from '../support/commands.js';
import {
  aRequestInput,
  COMPOSE_REQUEST,
  composeAndSubmit,
  type ComposedObject,
  recall,
  signAndSubmit,
} from '../support/exchange.js';
import { download, sha256, upload } from '../support/files.js';
import { HUB_ID, type Party, startTestHub, type TestHub } from '../support/hub.js';
import { startIssuer, trust } from '../support/issuer.js';
import { aCaller } from '../support/world.js';

/*
 * Another act comes between two steps of the hub: what was so when the first step looked is so no longer at the second. Where no client can
 * be so quick, the second step is called directly, with what the first one knew.
 */

let t: TestHub;
let vn: Party;
let th: Party;
let la: Party;
let agreement: string;
let ofThailand: Caller;
let ofLaos: Caller;

beforeAll(async () => {
  t = await startTestHub();
  [vn, th, la] = [await t.enrol('VN-CUS-AS'), await t.enrol('TH-CUS-LCB'), await t.enrol('LA-CUS-HQ')];
  agreement = await t.agree([vn, th]);
  [ofThailand, ofLaos] = [th, la].map(({ agency, unit }) =>
    aCaller({ agencyId: agency, unitId: unit, caseRef: 'TEST-1' }),
  ) as [Caller, Caller];
});
afterAll(() => t.stop());

const part = <T>(type: Type<T>): T => t.hub.app.get(type);

describe('an object', () => {
  it('is summed up for nobody who does not see it', async () => {
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement });
    expect((await part(ObjectsService).summary(ofThailand, id)).id).toBe(id);
    await expect(part(ObjectsService).summary(ofLaos, id)).rejects.toThrow(NotFound);
  });

  it('that is recalled after it was opened gives out no personal details any more', async () => {
    const nominal = someNominalData();
    const { ref: _, ...body } = anAlertBody();
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, body, nominal });
    const row = await part(ObjectsService).open(ofThailand, id);
    expect((await part(ObjectsService).parts(ofThailand, row, ['nominal']))[0]!.text).not.toBeNull();
    const end = beforeFirst('record-access', 'nominal.viewed', () => recall(vn, id));
    const late = part(ObjectsService).parts(ofThailand, row, ['nominal']);
    await expect(late.finally(end)).rejects.toThrow(NotFound);
  });

  it('that is recalled while its attachment is fetched from the store gives none out', async () => {
    const digest = await upload(t, vn, aPdf(`% ${randomUUID()}\n`), 'application/pdf');
    const { id } = await composeAndSubmit(vn, { to: ['TH-CUS'], agreement, attachments: [digest] });
    expect((await download(t, th, id, digest)).status).toBe(200);
    const store = part(FileStore);
    const read = store.read.bind(store);
    const slowly = jest.spyOn(store, 'read').mockImplementationOnce(async (...words) => {
      await recall(vn, id);
      return read(...words);
    });
    const answer = await download(t, th, id, digest);
    slowly.mockRestore();
    expect(answer.status).toBe(404);
  });

  it('whose thread is out of sight moves nothing', async () => {
    const { data } = await vn.ask<{ composeRequest: ComposedObject[] }>(COMPOSE_REQUEST, {
      input: aRequestInput(agreement, vn, [th]),
    });
    const { id } = await signAndSubmit(vn, data!.composeRequest[0]!);
    const seq = await seqOf(t.database, id);
    const threadOf = (caller: Caller): Promise<{ root_seq: string }> =>
      part(ScopedDatabase).as(caller, (tx) => readThread(tx, seq));
    expect((await threadOf(ofThailand)).root_seq).toBe(seq);
    await expect(threadOf(ofLaos)).rejects.toThrow(NotFound);
  });
});

describe('a file', () => {
  const declared = (content: Buffer) => ({
    size: content.length,
    sha256: sha256(content),
    mediaType: 'application/pdf',
  });
  const sender = (): Caller => aCaller({ agencyId: vn.agency, unitId: vn.unit });
  async function* pieces(content: Buffer): AsyncGenerator<Buffer> {
    yield content;
  }

  it.each([-1, 1])('with %d bytes more than it said it has is refused, whatever HTTP let through', async (more) => {
    const content = aPdf(`% ${randomUUID()}\n`);
    const file = { ...declared(content), size: content.length - more };
    const refused: unknown = await part(FilesService)
      .receive(sender(), file, pieces(content))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FileRefused);
    expect((refused as FileRefused).details.sub).toBe('LENGTH');
  });

  it('that is not all there is not made whole, and no part comes to an upload that is forgotten', async () => {
    const content = aPdf(`% ${randomUUID()}\n`);
    const uploads = part(UploadsService);
    const begun = await uploads.begin(sender(), declared(content));
    const refused: unknown = await uploads.complete(sender(), begun.id).catch((error: unknown) => error);
    expect((refused as FileRefused).details.sub).toBe('LENGTH');
    await uploads.cancel(sender(), begun.id);
    const late = uploads.append(sender(), begun, { at: 0, size: content.length }, pieces(content));
    await expect(late).rejects.toThrow(NotFound);
  });
});

describe('a key set', () => {
  const known = async (): Promise<string[]> => {
    const rows = await t.database.sql<{ text: string }>(
      'SELECT text FROM hub.key_set WHERE agency_id = $1 ORDER BY number',
      [vn.agency],
    );
    return rows.map(({ text }) => text);
  };
  const verified = (chain: string[]): Promise<KeySet[]> =>
    verifyKeySetChain(chain, [vn.root.publicJwk], { hub: HUB_ID, now: new Date() });

  it('is stored for nobody but its agency, whoever found it genuine', async () => {
    const chain = await known();
    const [set] = (await verified(chain)).slice(-1);
    const foreign = part(ScopedDatabase).as(ofThailand, (tx) => storeKeySet(tx, set!, chain.at(-1)!));
    await expect(foreign).rejects.toMatchObject({ code: 'BAD_SIGNED_OBJECT', details: { sub: 'FROM' } });
  });

  it('is published by one of two that were made at the same moment; the other is told to go on from it', async () => {
    const rival = async (): Promise<string> => {
      const { fields } = await newestKeySet(vn);
      return nextKeySet(vn, { keys: [...fields.keys, anEntry(vn, await generateKey())] });
    };
    const [one, other] = [await rival(), await rival()];
    const before = await known();
    const [first, second] = [(await verified([...before, one])).at(-1)!, (await verified([...before, other])).at(-1)!];
    const sender = aCaller({ agencyId: vn.agency, unitId: vn.unit });
    const store = (set: KeySet, text: string, meanwhile?: () => Promise<unknown>): Promise<unknown> =>
      part(ScopedDatabase).as(sender, async (tx) => {
        await storeKeySet(tx, set, text);
        await meanwhile?.();
      });
    let late: Promise<unknown> | undefined;
    await store(first, one, () => {
      late = store(second, other).catch((error: unknown) => error);
      return sleep(300);
    });
    expect(await late).toMatchObject({ code: 'CONFLICT', details: { sub: 'KEYSET_SEQ' } });
    expect(await known()).toEqual([...before, one]);
  });
});

describe('a session that has ended', () => {
  const identity = (accountId: string): Identity => ({
    issuer: part(ConsoleSessions).issuer,
    subject: accountId,
    acr: 'phr',
    authTime: new Date(),
  });
  const pool = (): Pool => t.hub.app.get<Pool>(POOL);

  async function anEnded(): Promise<CallerSession> {
    const { officer } = await aSignedIn(t, vn, ['ANALYST']);
    const [row] = await t.database.sql<{ id: string; accountId: string }>(
      `DELETE FROM auth.console_session s USING auth.account a WHERE a.id = s.account_id AND a.officer = $1
       RETURNING s.id, a.id AS "accountId"`,
      [officer],
    );
    const rest = { roles: ['ANALYST'], acr: 'phr', isFresh: true, nominalNeedsStepUp: false, csrf: '' } as const;
    return { ...row!, ...rest, roles: [...rest.roles] };
  }

  it('is not begun again by a step-up, and adds no passkey', async () => {
    const session = await anEnded();
    const renewed = inTransaction(pool(), (tx) =>
      part(ConsoleSessions).renew(tx, session, identity(session.accountId)),
    );
    await expect(renewed).rejects.toThrow(Unauthenticated);
    await expect(part(OwnPasskeys).link(session, 'Phone')).rejects.toThrow(NotFound);
  });

  it('of an officer who has left has no title and sets no password', async () => {
    const session = await anEnded();
    const of = 'WHERE pseudonym = (SELECT officer FROM auth.account WHERE id = $1)';
    await t.database.sql(`UPDATE agency.officer SET valid_until = now() - interval '1 second' ${of}`, [
      session.accountId,
    ]);
    await expect(part(ConsoleSessions).titleOf(session)).rejects.toThrow(Unauthenticated);
    const given = { token: 't', browser: 'b', password: 'correct horse battery staple', code: '000000' };
    const enrolled = inTransaction(pool(), (tx) => part(Passwords).enrol(tx, session.accountId, given));
    await expect(enrolled).rejects.toThrow(Unauthenticated);
  });

  it('begins for nobody at a service that was suspended meanwhile', async () => {
    const { accountId } = await anEnded();
    const issuer = await startIssuer('vn-customs');
    await trust(t, issuer, ['VN-CUS']);
    await issuer.stop();
    const linked = (): Promise<void> =>
      inTransaction(pool(), (tx) =>
        linkSubject(tx, { ...identity(accountId), issuer: issuer.url, subject: 'x' }, accountId),
      );
    await t.database.asOperator((tx) => suspendIssuer(tx, 'vn-customs', true));
    await expect(linked()).rejects.toThrow(Unauthenticated);
    await t.database.asOperator((tx) => suspendIssuer(tx, 'vn-customs', false));
    await expect(linked()).resolves.toBeUndefined();
  });
});

describe('a service that is unknown', () => {
  it('is not suspended in silence', async () => {
    const name = `nowhere-${randomBytes(4).toString('hex')}`;
    await expect(t.database.asOperator((tx) => suspendIssuer(tx, name, true))).rejects.toThrow(name);
  });
});

/** Has this happen just before the first statement of this name and first value is sent; gives what ends the wait for it. */
function beforeFirst(name: string, value: string, act: () => Promise<unknown>): () => void {
  const send = Object.getOwnPropertyDescriptor(Client.prototype, 'query')!.value as (...words: unknown[]) => unknown;
  let acted: Promise<unknown> | undefined;
  const waiting = jest.spyOn(Client.prototype, 'query') as unknown as {
    mockImplementation(run: (this: Client, ...words: unknown[]) => unknown): void;
    mockRestore(): void;
  };
  waiting.mockImplementation(function (...words) {
    const statement = words[0] as { name?: string; values?: unknown[] };
    if (acted !== undefined || statement.name !== name || statement.values?.[0] !== value)
      return send.apply(this, words);
    acted = act();
    return acted.then(() => send.apply(this, words));
  });
  return () => waiting.mockRestore();
}
