import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import type { AgreementModel } from './directory.models.js';

/** What two or more agencies have agreed, as data: what may be asked, in which language, and what may become of it. */
export interface Agreement {
  id: string;
  kind: string;
  title_en: string;
  title_vi: string;
  is_example: boolean;
  valid_from: Date;
  valid_until: Date | null;
  articles: { id: string; titleEn: string; titleVi: string }[];
  assistance_types: string[];
  languages: string[];
  deadline_profile: string;
  nominal_allowed: boolean;
  evidence_rule: 'NO' | 'WITH_CONSENT' | 'YES';
  onward_rule: string;
  parties: string[];
}

const COLUMNS = `a.id, a.kind, a.title_en, a.title_vi, a.is_example, a.valid_from, a.valid_until, a.articles, a.assistance_types,
  a.languages, a.deadline_profile, a.nominal_allowed, a.evidence_rule, a.onward_rule,
  ARRAY(SELECT p.agency_id FROM hub.agreement_party p WHERE p.agreement_id = a.id ORDER BY 1) AS parties`;

const IN_FORCE =
  'a.valid_from <= hub.now() AND (a.valid_until IS NULL OR a.valid_until > hub.now()) AND a.suspended_at IS NULL';

/** The agreements in force to which the caller's agency is a party. */
export function readAgreements(tx: EntityManager): Promise<Agreement[]> {
  return prepared<Agreement>(
    tx,
    'agreements',
    `SELECT ${COLUMNS} FROM hub.agreement a WHERE ${IN_FORCE} ORDER BY a.id`,
  );
}

/** The agreement of this id, if it is in force and the caller's agency is a party. */
export async function readAgreement(tx: EntityManager, id: string): Promise<Agreement | undefined> {
  const text = `SELECT ${COLUMNS} FROM hub.agreement a WHERE a.id = $1 AND ${IN_FORCE}`;
  return (await prepared<Agreement>(tx, 'agreement', text, [id]))[0];
}

/** An agreement as the API gives it. */
export function agreementModel(row: Agreement): AgreementModel {
  return {
    id: row.id,
    kind: row.kind,
    titleEn: row.title_en,
    titleVi: row.title_vi,
    isExample: row.is_example,
    parties: row.parties,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    articles: row.articles,
    assistanceTypes: row.assistance_types,
    languages: row.languages,
    deadlineProfile: row.deadline_profile,
    nominalAllowed: row.nominal_allowed,
    evidenceRule: row.evidence_rule,
    onwardRule: row.onward_rule,
  };
}
