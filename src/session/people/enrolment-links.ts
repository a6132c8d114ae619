import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { Forbidden } from '../../common/errors.js';
import { freshSecret } from '../../database/secrets.js';
import { hashOf } from './secret.js';

/** How long an enrolment link can be opened and used. */
export const LINK_MINUTES = 15;

/** For whom a link is. */
export interface Enrollee {
  accountId: string;
  agencyId: string;
  titleEn: string;
  titleVi: string;
}

/** Runs a statement as whoever issues the link: hub_auth in the server, the operator's role on the command line. */
type Run = (text: string, values: unknown[]) => Promise<unknown>;

/** Makes a single-use link for an account; one that was open before is void. The token, which is stored only as its SHA-256. */
export async function issueLink(run: Run, accountId: string): Promise<string> {
  const token = freshSecret();
  await run('DELETE FROM auth.enrolment_link WHERE expires_at <= now()', []);
  await run(
    `INSERT INTO auth.enrolment_link (token_hash, account_id, expires_at) VALUES ($1, $2, now() + make_interval(mins => $3))
     ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, browser_hash = NULL`,
    [hashOf(token), accountId, LINK_MINUTES],
  );
  return token;
}

/** The address of a link. The token stands behind #, so that no server, proxy or log sees it. */
export function linkAddress(publicUrl: string, token: string): string {
  return `${publicUrl}/enrol#${token}`;
}

/** Opens and uses enrolment links. One that is used, too old, opened in another browser or never made: one answer for all. */
@Injectable()
export class EnrolmentLinks {
  constructor(private readonly pool: Pool) {}

  /** Binds the link to this browser, if no other was first. Throws Forbidden. */
  async open(token: string, browser: string): Promise<Enrollee> {
    const { rows } = await this.pool.query<Enrollee>(OPEN, [hashOf(token), hashOf(browser)]);
    return rows[0] ?? refuse();
  }

  /** Uses the link whose token has this hash up in this transaction. Throws Forbidden. */
  async use(tx: PoolClient, tokenHash: Buffer, browser: string): Promise<string> {
    const { rows } = await tx.query<{ accountId: string }>(USE, [tokenHash, hashOf(browser)]);
    return rows[0]?.accountId ?? refuse();
  }
}

function refuse(): never {
  throw new Forbidden('error.enrolmentLink');
}

const OPEN = `
  UPDATE auth.enrolment_link l SET browser_hash = $2 FROM auth.officer_in_force o
  WHERE l.token_hash = $1 AND l.expires_at > now() AND COALESCE(l.browser_hash, $2) = $2 AND o.account_id = l.account_id
  RETURNING o.account_id AS "accountId", o.agency_id AS "agencyId", o.title_en AS "titleEn", o.title_vi AS "titleVi"`;

const USE = `
  DELETE FROM auth.enrolment_link WHERE token_hash = $1 AND browser_hash = $2 AND expires_at > now()
  RETURNING account_id AS "accountId"`;
