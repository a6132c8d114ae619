/** The account of an officer, made when there is none. Parameters: agency, pseudonym. */
export const OBTAIN_ACCOUNT = `
  INSERT INTO auth.account (agency_id, officer)
  SELECT agency_id, pseudonym FROM agency.officer WHERE agency_id = $1 AND pseudonym = $2
  ON CONFLICT (agency_id, officer) DO UPDATE SET officer = excluded.officer
  RETURNING id`;

/** Whether an account `a` can sign in by anything. */
export const CAN_SIGN_IN = `(EXISTS (SELECT FROM auth.passkey k WHERE k.account_id = a.id)
    OR EXISTS (SELECT FROM auth.password w WHERE w.account_id = a.id)
    OR EXISTS (SELECT FROM auth.issuer_subject l WHERE l.account_id = a.id))`;
