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
  /** What the device will be called whose passkey the link adds; null for a link that enrols, in place of whatever there was. */
  adds: string | null;
}

/** What a link was for that has been used. */
export type UsedLink = Pick<Enrollee, 'accountId' | 'adds'>;

/** Runs a statement as whoever issues the link: hub_auth in the server, the operator's role on the command line. */
type Run = (text: string, values: unknown[]) => Promise<unknown>;

/**
 * Makes a single-use link for an account, to enrol or, with a device's name, to add a passkey; one of the same kind that was open before
 * is void. The token, which is stored only as its SHA-256.
 */
export async function issueLink(
  run: Run,
  accountId: string,
  { device = null, minutes = LINK_MINUTES }: { device?: string | null; minutes?: number } = {},
): Promise<string> {
  const token = freshSecret();
  await run('DELETE FROM auth.enrolment_link WHERE expires_at <= now()', []);
  await run(
    `INSERT INTO auth.enrolment_link (token_hash, account_id, expires_at, adds) VALUES ($1, $2, now() + make_interval(mins => $3), $4)
     ON CONFLICT (account_id, (adds IS NULL)) DO UPDATE
       SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, adds = excluded.adds, browser_hash = NULL`,
    [hashOf(token), accountId, minutes, device],
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

  /** As `open`, where there is no passkey to be made: a link that adds one is none here. Throws Forbidden. */
  async openToEnrol(token: string, browser: string): Promise<Enrollee> {
    const enrollee = await this.open(token, browser);
    return enrollee.adds === null ? enrollee : refuse();
  }

  /** Uses the link whose token has this hash up in this transaction. Throws Forbidden. */
  async use(tx: PoolClient, tokenHash: Buffer, browser: string): Promise<UsedLink> {
    const { rows } = await tx.query<UsedLink>(USE, [tokenHash, hashOf(browser)]);
    return rows[0] ?? refuse();
  }

  /** As `use`, for what takes the place of whatever the account had. The account's id. Throws Forbidden. */
  async useToEnrol(tx: PoolClient, tokenHash: Buffer, browser: string): Promise<string> {
    const { accountId, adds } = await this.use(tx, tokenHash, browser);
    return adds === null ? accountId : refuse();
  }
}

function refuse(): never {
  throw new Forbidden('error.enrolmentLink');
}

const OPEN = `
  UPDATE auth.enrolment_link l SET browser_hash = $2 FROM auth.officer_in_force o
  WHERE l.token_hash = $1 AND l.expires_at > now() AND COALESCE(l.browser_hash, $2) = $2 AND o.account_id = l.account_id
  RETURNING o.account_id AS "accountId", o.agency_id AS "agencyId", o.title_en AS "titleEn", o.title_vi AS "titleVi", l.adds`;

const USE = `
  DELETE FROM auth.enrolment_link WHERE token_hash = $1 AND browser_hash = $2 AND expires_at > now()
  RETURNING account_id AS "accountId", adds`;
