import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { databaseFault } from '../common/database-fault.js';
import { BadSignedObject, Conflict, NotFound } from '../common/errors.js';
import { HubIdentity } from '../common/hub-identity.js';
import { AGENCY } from '../protocol/envelope.js';
import { keysOf, type KeySet, verifyKeySetChain } from '../protocol/key-set.js';
import type { PublicJwk } from '../protocol/keys.js';
import { isAnyBlocked, isAnyOfFormerAdministrator, readKeySetChain, readKeySetPage } from './key-directory.js';
import { refusing } from './protocol-faults.js';

/** Agencies' key sets: taken only when the agency's roots or enrolment keys signed them, given out as they were signed. */
@Injectable()
export class KeySetsService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly hub: HubIdentity,
  ) {}

  /** The agency's key sets after this one, oldest first: as many as make a page. Throws NotFound for an agency without any. */
  async page(caller: Caller, agencyId: string, after: number): Promise<string[]> {
    if (!AGENCY.test(agencyId)) throw new NotFound(); // PostgreSQL takes no text with a NUL in it
    return this.database.as(caller, async (tx) => {
      const sets = await readKeySetPage(tx, agencyId, after);
      if (sets.length === 0 && after <= 0) throw new NotFound();
      return sets;
    });
  }

  /** Publishes the next key set of the caller's agency. The same set again changes nothing. */
  async publish(caller: Caller, text: string): Promise<KeySet> {
    return this.database.as(caller, async (tx) => {
      const known = await readKeySetChain(tx, caller.agencyId);
      const chain = known.includes(text) ? known : [...known, text];
      const roots = await tx.query<{ jwk: PublicJwk }[]>('SELECT jwk FROM hub.agency_root WHERE agency_id = $1', [
        caller.agencyId,
      ]);
      const sets = await refusing(() =>
        verifyKeySetChain(
          chain,
          roots.map((row) => row.jwk),
          { hub: this.hub.id, now: new Date(), publishedAt: new Date() },
        ),
      );
      const set = sets[chain.indexOf(text)]!;
      if (chain === known) return set;
      if (await isAnyBlocked(tx, set.signedBy)) throw new BadSignedObject('KEY_REVOKED');
      if (await isAnyOfFormerAdministrator(tx, set.signedBy)) throw new BadSignedObject('KEYSET_ROOT');
      await storeKeySet(tx, set, text);
      return set;
    });
  }
}

/** Hands a verified key set to the database, which refuses gaps and other agencies' keys. */
export async function storeKeySet(tx: Pick<EntityManager, 'query'>, set: KeySet, text: string): Promise<void> {
  try {
    await tx.query('SELECT cmd.publish_key_set($1, $2, $3, $4, $5)', [
      set.agency,
      set.seq,
      set.digest,
      text,
      JSON.stringify(keysOf(set)),
    ]);
  } catch (error) {
    if (databaseFault(error) === 'FORBIDDEN') throw new BadSignedObject('FROM');
    if (databaseFault(error) === 'KEYSET_SEQ') throw new Conflict('error.keySetOutOfStep', { sub: 'KEYSET_SEQ' });
    if (databaseFault(error) === 'KEY_REUSED') throw new Conflict('error.keyReused', { sub: 'KEY_REUSED' });
    throw error;
  }
}
