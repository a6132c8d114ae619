/** The account of an officer, made when there is none. Parameters: agency, pseudonym. */
export const OBTAIN_ACCOUNT = `
  INSERT INTO auth.account (agency_id, officer)
  SELECT agency_id, pseudonym FROM agency.officer WHERE agency_id = $1 AND pseudonym = $2
  ON CONFLICT (agency_id, officer) DO UPDATE SET officer = excluded.officer
  RETURNING id`;
