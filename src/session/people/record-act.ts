import type { PoolClient } from 'pg';

/** What officers and administrators do to accounts, as the log names it. */
export type Act =
  | 'admission.proposed'
  | 'admission.approved'
  | 'officer.enrolled'
  | 'passkey.added'
  | 'admission.declined'
  | 'passkey.approved'
  | 'passkey.removed';

/** Writes an act of this account for the log, in the transaction that does it; `subject` is the account that it is about, if another's. */
export async function recordAct(tx: PoolClient, act: Act, accountId: string, subject = accountId): Promise<void> {
  await tx.query(RECORD, [act, accountId, subject]);
}

/** Wall time, as all of sign-in. */
const RECORD = `
  INSERT INTO audit.pending (event, agency_id, unit_id, officer, purpose, at, subject)
  SELECT $1, a.agency_id, o.unit_id, a.officer, NULL, now(), s.officer
  FROM auth.account a JOIN agency.officer o ON o.agency_id = a.agency_id AND o.pseudonym = a.officer
    JOIN auth.account s ON s.id = $3
  WHERE a.id = $2`;
