import type { EntityManager } from 'typeorm';

export interface AgreementEnrolment {
  id: string;
  kind: 'MULTILATERAL' | 'BILATERAL' | 'OPERATION';
  titleEn: string;
  titleVi: string;
  isExample: boolean;
  validFrom: string;
  parties: string[];
  articles: { id: string; titleEn: string; titleVi: string }[];
  assistanceTypes: string[];
  languages: string[];
  /** HUB_DEFAULT or another profile of src/duties/deadlines.ts. */
  deadlineProfile: string;
  /** Deadlines that the agreement sets for itself. */
  deadlines?: AgreedDeadline[];
  nominalAllowed: boolean;
  evidenceRule: 'NO' | 'WITH_CONSENT' | 'YES';
  onwardRule: 'NONE' | 'AGENCY' | 'NATIONAL_CUSTOMS' | 'NAMED';
}

/** A deadline of the agreement itself, instead of its profile's. What it does not say it counts for, it counts for all of. */
export interface AgreedDeadline {
  /** READ, ACKNOWLEDGE, ANSWER, CLARIFY, REPORT_ON_ANSWER, NEXT_REPORT, REPORT_ON_ALERT or CONFIRM. */
  name: string;
  /** FLASH, URGENT or ROUTINE. */
  urgency?: string;
  /** Of the legal basis that an object names. */
  article?: string;
  assistanceType?: string;
  amount: number;
  /** HOURS, DAYS or WORKING_DAYS. */
  unit: string;
}

/** Records an agreement. One that is known already stays as it is. */
export async function enrolAgreement(tx: EntityManager, agreement: AgreementEnrolment): Promise<void> {
  await checkProfile(tx, agreement);
  await tx.query(
    `INSERT INTO hub.agreement (id, kind, title_en, title_vi, is_example, valid_from, articles, assistance_types, languages,
       deadline_profile, nominal_allowed, evidence_rule, onward_rule)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING`,
    [
      agreement.id,
      agreement.kind,
      agreement.titleEn,
      agreement.titleVi,
      agreement.isExample,
      agreement.validFrom,
      JSON.stringify(agreement.articles),
      agreement.assistanceTypes,
      agreement.languages,
      agreement.deadlineProfile,
      agreement.nominalAllowed,
      agreement.evidenceRule,
      agreement.onwardRule,
    ],
  );
  await tx.query(
    `INSERT INTO hub.agreement_party (agreement_id, agency_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
    [agreement.id, agreement.parties],
  );
  await recordDeadlines(tx, agreement);
}

/** Deadlines that nobody knows would be the hub's own without a word. */
async function checkProfile(tx: EntityManager, { id, deadlineProfile }: AgreementEnrolment): Promise<void> {
  const known = await tx.query<object[]>('SELECT FROM cmd.deadline WHERE profile = $1 LIMIT 1', [deadlineProfile]);
  if (known.length > 0) return;
  throw new Error(`The agreement ${id}: there is no deadline profile ${deadlineProfile}. Nothing was changed.`);
}

async function recordDeadlines(tx: EntityManager, { id, deadlines = [] }: AgreementEnrolment): Promise<void> {
  for (const [index, { name, urgency, article, assistanceType, amount, unit }] of deadlines.entries()) {
    const made = await tx.query<object[]>(
      `INSERT INTO cmd.deadline (profile, name, urgency, article, assistance_type, amount, unit)
       SELECT $1, d.name, d.urgency, $4, $5, $6, $7 FROM cmd.deadline d
       WHERE d.profile = 'HUB_DEFAULT' AND d.name = $2 AND d.urgency = COALESCE($3, d.urgency)
         AND $7 IN ('HOURS', 'DAYS', 'WORKING_DAYS') AND $6 BETWEEN 1 AND 10000
       ON CONFLICT DO NOTHING RETURNING name`,
      [id, name, urgency ?? null, article ?? null, assistanceType ?? null, amount, unit],
    );
    if (made.length > 0) continue;
    const known = await tx.query<object[]>('SELECT FROM cmd.deadline WHERE profile = $1 AND name = $2 LIMIT 1', [
      id,
      name,
    ]);
    if (known.length > 0) continue;
    throw new Error(
      `The agreement ${id}: deadlines/${index} needs a name and an urgency that the hub knows, an amount from 1 to 10000, and HOURS, DAYS or WORKING_DAYS. Nothing was changed.`,
    );
  }
}
