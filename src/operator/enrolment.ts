import type { EntityManager } from 'typeorm';
import { isNetwork } from '../common/identifiers/network.js';
import { verifyKeySetChain } from '../protocol/key-set.js';
import { type PublicJwk, checkPublicKey, thumbprint } from '../protocol/keys.js';
import { SCOPES } from '../session/scopes.js';
import { readKeySetChain } from '../trust/key-directory.js';
import { storeKeySet } from '../trust/key-sets.service.js';
import { type CalendarEnrolment, recordCalendar } from './calendar.js';

/**
 * What the operator records of an agency in the enrolment ceremony. Running it again brings names and units up to date; the
 * roots must be the pinned ones then, and the key sets begin with those that the hub has.
 */
export interface AgencyEnrolment {
  agency: {
    id: string;
    kind: 'CUSTOMS' | 'PARTNER';
    country: string;
    nameEn: string;
    nameVi: string;
    validFrom?: string;
    /** The agency lets an officer on duty send FLASH alone, and owe the second signature for a day; not when absent. */
    flashAlone?: boolean;
  };
  units: UnitEnrolment[];
  officers?: OfficerEnrolment[];
  /** When it works. */
  calendar?: CalendarEnrolment;
  /**
   * The most that the agency's administrators may give to officers and systems. When absent: what this and earlier enrolments gave
   * themselves.
   */
  ceiling?: { clearance: number; maySeeNominal: boolean };
  /** Root keys, their fingerprints read out over a second channel. Pinned for good. */
  roots: PublicJwk[];
  /** Signed key sets from the first on; of a known agency, all that the hub has, and perhaps newer ones. */
  keySets: string[];
}

export interface UnitEnrolment {
  id: string;
  kind: string;
  place?: string;
  nameEn: string;
  nameVi: string;
  phone24h?: string;
  mailbox?: string;
  /** Rights of the unit's system; without it the unit has none. */
  connection?: ConnectionEnrolment;
}

export interface ConnectionEnrolment {
  clearance: number;
  maySeeNominal: boolean;
  /** What the system may do, such as objects.read, or objects.submit:alert for sending alerts alone; all when absent. */
  scopes?: string[];
  /** To whom it may write: agencies (with all their units), units, community:<uuid>; whoever an agreement allows when absent. */
  addressees?: string[];
  /** From where it may come: IP addresses and networks; when absent, as it was, and at first from anywhere. */
  networks?: string[];
  /** When the connection ends (RFC 3339), at most 731 days from now; when absent, as it was, and at first in twelve months. */
  validUntil?: string;
  /** Whether the system may send GraphQL documents of its own; when absent, it names documents that the hub knows. */
  adhoc?: boolean;
}

export interface OfficerEnrolment {
  pseudonym: string;
  unit: string;
  titleEn: string;
  titleVi: string;
  roles: string[];
  clearance?: number;
  maySeeNominal?: boolean;
}

export interface CommunityEnrolment {
  id: string;
  nameEn: string;
  nameVi: string;
  members: string[];
}

const EVERY_SCOPE = ['directory.read', 'objects.read', 'objects.submit', 'keys.publish'];
const ADDRESSEE = /^([A-Z]{2}-[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){0,3}|community:[0-9a-f-]{36})$/;
const LONGEST_LIFE_MS = 731 * 86_400_000;
const SINCE_ALWAYS = '2000-01-01T00:00:00Z';

/**
 * Enrols an agency, as the operator's role hub_migrate. The operator pins roots and opens connections; it cannot make a key set
 * that the roots did not sign, nor, once they are pinned, exchange them or add another. Throws before anything is changed for
 * good: the transaction must not be committed then.
 */
export async function enrolAgency(tx: EntityManager, hub: string, enrolment: AgencyEnrolment): Promise<void> {
  const { agency, units, officers = [] } = enrolment;
  const roots = enrolment.roots.map(checkPublicKey);
  const sets = await verifyKeySetChain(enrolment.keySets, roots, { hub, now: new Date() });
  if (sets.some((set) => set.agency !== agency.id)) throw new Error(`The key sets are not ${agency.id}'s`);

  const isNew = await recordAgency(tx, agency);
  await recordSigningRule(tx, agency);
  const stored = await readKeySetChain(tx, agency.id);
  if (isNew) await pinRoots(tx, agency.id, roots);
  else {
    await checkPinnedRoots(tx, agency.id, roots);
    checkBeginning(agency.id, stored, enrolment.keySets);
  }
  await makeAudience(tx, 'AGENCY', agency.id, [{ agency: agency.id }]);
  await makeAudience(tx, 'SENT', agency.id, [{ agency: agency.id }]);
  await recordCalendar(tx, agency.id, enrolment.calendar ?? {});
  for (const unit of units) await enrolUnit(tx, agency.id, unit);
  for (const officer of officers) await enrolOfficer(tx, agency.id, officer);
  await recordCeiling(tx, enrolment);
  for (const [index, set] of sets.entries()) {
    if (index >= stored.length) await storeKeySet(tx, set, enrolment.keySets[index]!);
  }
}

/** What the file does not say stays as it is. */
async function recordSigningRule(tx: EntityManager, { id, flashAlone }: AgencyEnrolment['agency']): Promise<void> {
  if (flashAlone === undefined) return;
  await tx.query(
    `INSERT INTO agency.signing_rule (agency_id, flash_alone) VALUES ($1, $2)
     ON CONFLICT (agency_id) DO UPDATE SET flash_alone = excluded.flash_alone`,
    [id, flashAlone],
  );
}

/** Whether the agency is new. The row of a known one is held until the transaction ends, so that two enrolments take turns. */
async function recordAgency(tx: EntityManager, agency: AgencyEnrolment['agency']): Promise<boolean> {
  const { id, kind, country, nameEn, nameVi, validFrom = SINCE_ALWAYS } = agency;
  const made = await tx.query<unknown[]>(
    `INSERT INTO hub.agency (id, kind, country, name_en, name_vi, valid_from) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [id, kind, country, nameEn, nameVi, validFrom],
  );
  if (made.length > 0) return true;
  await tx.query('UPDATE hub.agency SET name_en = $2, name_vi = $3 WHERE id = $1', [id, nameEn, nameVi]);
  return false;
}

/** What the operator grants the agency: its administrators go no higher. */
async function recordCeiling(
  tx: EntityManager,
  { agency, units, officers = [], ceiling }: AgencyEnrolment,
): Promise<void> {
  const given = [...units.flatMap(({ connection }) => connection ?? []), ...officers];
  const clearance = ceiling?.clearance ?? Math.max(0, ...given.map((each) => each.clearance ?? 0));
  const maySeeNominal = ceiling?.maySeeNominal ?? given.some((each) => each.maySeeNominal ?? false);
  await tx.query(
    `INSERT INTO agency.ceiling AS c (agency_id, clearance, may_see_nominal) VALUES ($1, $2, $3)
     ON CONFLICT (agency_id) DO UPDATE SET
       clearance = CASE WHEN $4 THEN $2 ELSE GREATEST(c.clearance, $2) END,
       may_see_nominal = CASE WHEN $4 THEN $3 ELSE c.may_see_nominal OR $3 END`,
    [agency.id, clearance, maySeeNominal, ceiling !== undefined],
  );
}

async function pinRoots(tx: EntityManager, agencyId: string, roots: readonly PublicJwk[]): Promise<void> {
  for (const jwk of roots) {
    await tx.query('INSERT INTO hub.agency_root (agency_id, kid, jwk) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      agencyId,
      await thumbprint(jwk),
      JSON.stringify(jwk),
    ]);
  }
}

/** Else whoever hands the operator a file could put keys of his own in the place of the agency's. */
async function checkPinnedRoots(tx: EntityManager, agencyId: string, roots: readonly PublicJwk[]): Promise<void> {
  const rows = await tx.query<{ kid: string }[]>('SELECT kid FROM hub.agency_root WHERE agency_id = $1', [agencyId]);
  const pinned = rows.map(({ kid }) => kid).toSorted();
  const given = [...new Set(await Promise.all(roots.map(thumbprint)))].toSorted();
  if (given.join() === pinned.join()) return;
  throw new Error(
    `${agencyId} is enrolled with other roots. Pinned: ${pinned.join(', ') || 'none'}; in the enrolment: ${given.join(', ')}. ` +
      'Nothing was changed. Roots are pinned for good: enrol with those of the first ceremony. An agency changes its roots by a ' +
      'key set that the old ones sign.',
  );
}

/** The key sets that the hub has must be the first of the enrolment's, byte for byte. */
function checkBeginning(agencyId: string, stored: readonly string[], given: readonly string[]): void {
  const differing = stored.findIndex((text, index) => text !== given[index]);
  if (differing === -1) return;
  const found =
    differing < given.length
      ? `Key set ${differing + 1} of the enrolment is another than the hub has`
      : `The hub has ${stored.length} key sets, the enrolment only ${given.length}`;
  throw new Error(
    `${agencyId}: ${found}. Nothing was changed. Take the agency's published key sets from the first to the last into the ` +
      'enrolment, then run it again.',
  );
}

async function enrolUnit(tx: EntityManager, agencyId: string, unit: UnitEnrolment): Promise<void> {
  await tx.query(
    `INSERT INTO hub.unit (id, agency_id, kind, place, name_en, name_vi, phone_24h, mailbox, valid_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET name_en = excluded.name_en, name_vi = excluded.name_vi, place = excluded.place,
       phone_24h = excluded.phone_24h, mailbox = excluded.mailbox`,
    [
      unit.id,
      agencyId,
      unit.kind,
      unit.place ?? null,
      unit.nameEn,
      unit.nameVi,
      unit.phone24h ?? null,
      unit.mailbox ?? null,
      SINCE_ALWAYS,
    ],
  );
  await makeAudience(tx, 'UNIT', unit.id, [{ agency: agencyId, unit: unit.id }]);
  if (unit.connection) await openConnection(tx, unit.id, unit.connection);
}

/** Who is enrolled already stays as the agency has changed it. */
async function enrolOfficer(tx: EntityManager, agencyId: string, officer: OfficerEnrolment): Promise<void> {
  const { pseudonym, unit, titleEn, titleVi, roles, clearance = 0, maySeeNominal = false } = officer;
  const known = await tx.query<object[]>('SELECT FROM hub.unit WHERE id = $1 AND agency_id = $2', [unit, agencyId]);
  if (known.length === 0)
    throw new Error(`The officer ${pseudonym}: ${unit} is no unit of ${agencyId}. Nothing was changed.`);
  await tx.query(
    `INSERT INTO agency.officer (agency_id, pseudonym, unit_id, title_en, title_vi, roles, clearance, may_see_nominal, valid_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (agency_id, pseudonym) DO NOTHING`,
    [agencyId, pseudonym, unit, titleEn, titleVi, roles, clearance, maySeeNominal, SINCE_ALWAYS],
  );
}

/**
 * The lists that the enrolment does not say are as wide as they can be, so a name that it misspells must not pass for left out. Networks and end are
 * the agency's own to narrow, and stay.
 */
async function openConnection(tx: EntityManager, unit: string, connection: ConnectionEnrolment): Promise<void> {
  const { clearance, maySeeNominal, scopes, addressees, networks, validUntil, adhoc, ...unknown } = connection;
  const faults = [
    ...Object.keys(unknown).map((name) => `there is no ${name}`),
    ...(scopes ?? []).filter((scope) => !SCOPES.includes(scope)).map((scope) => `there is no scope ${scope}`),
    ...(addressees ?? []).filter((to) => !ADDRESSEE.test(to)).map((to) => `${to} is no addressee`),
    ...(networks?.length === 0 ? ['networks has none'] : []),
    ...(networks ?? []).filter((each) => !isNetwork(each)).map((each) => `${each} is no network`),
    ...(adhoc !== undefined && typeof adhoc !== 'boolean' ? ['adhoc is neither true nor false'] : []),
    ...(validUntil !== undefined && Number.isNaN(Date.parse(validUntil)) ? [`${validUntil} is no time`] : []),
    ...(Date.parse(validUntil ?? '') > Date.now() + LONGEST_LIFE_MS
      ? [`${validUntil} is more than 731 days ahead`]
      : []),
  ];
  if (faults.length > 0) throw new Error(`The connection of ${unit}: ${faults.join(', ')}. Nothing was changed.`);
  await tx.query(
    `INSERT INTO auth.connection AS c (unit_id, clearance, may_see_nominal, scopes, addressees, adhoc, networks, valid_until)
     VALUES ($1, $2, $3, $4, $5, $6, auth.networks($7), COALESCE($8, now() + interval '12 months'))
     ON CONFLICT (unit_id) DO UPDATE SET clearance = excluded.clearance, may_see_nominal = excluded.may_see_nominal,
       scopes = excluded.scopes, addressees = excluded.addressees, adhoc = excluded.adhoc,
       networks = COALESCE(auth.networks($7), c.networks), valid_until = COALESCE($8, c.valid_until)`,
    [
      unit,
      clearance,
      maySeeNominal,
      scopes ?? EVERY_SCOPE,
      addressees ?? null,
      adhoc ?? false,
      networks ?? null,
      validUntil ?? null,
    ],
  );
}

/** Makes a community whose members see what is addressed to it from now on. */
export async function enrolCommunity(tx: EntityManager, community: CommunityEnrolment): Promise<void> {
  const audience = await makeAudience(
    tx,
    'COMMUNITY',
    community.id,
    community.members.map((agency) => ({ agency })),
  );
  await tx.query(
    `INSERT INTO hub.community (id, audience_id, name_en, name_vi) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
    [community.id, audience, community.nameEn, community.nameVi],
  );
}

/** The audience of this kind and owner, with these members; made when it is not there. Its id. */
async function makeAudience(
  tx: EntityManager,
  kind: 'AGENCY' | 'SENT' | 'UNIT' | 'COMMUNITY',
  owner: string,
  members: readonly { agency: string; unit?: string }[],
): Promise<number> {
  const made = await tx.query<{ id: number }[]>(
    'INSERT INTO hub.audience (kind, owner) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id',
    [kind, owner],
  );
  if (!made[0]) {
    const known = await tx.query<{ id: number }[]>('SELECT id FROM hub.audience WHERE kind = $1 AND owner = $2', [
      kind,
      owner,
    ]);
    return known[0]!.id;
  }
  const id = made[0].id;
  for (const { agency, unit } of members) {
    await tx.query('INSERT INTO hub.membership (audience_id, agency_id, unit_id, outbox) VALUES ($1, $2, $3, $4)', [
      id,
      agency,
      unit ?? null,
      kind === 'SENT',
    ]);
  }
  return id;
}
