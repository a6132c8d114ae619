import { dirname, resolve } from 'node:path';
import type { AgreementEnrolment } from '../operator/agreements.js';
import type { AgencyEnrolment, CommunityEnrolment } from '../operator/enrolment.js';
import { checkPublicKey, type PublicJwk } from '../protocol/keys.js';
import { EXIT, Failure, refusing } from './failures.js';
import { readRecord, readText } from './files.js';

/** What one file of an enrolment ceremony holds. */
export interface EnrolmentFile {
  agencies: AgencyEnrolment[];
  communities: CommunityEnrolment[];
  agreements: AgreementEnrolment[];
}

const AGENCY = ['id', 'kind', 'country', 'nameEn', 'nameVi'];
const UNIT = ['id', 'kind', 'nameEn', 'nameVi'];
const OFFICER = ['pseudonym', 'unit', 'titleEn', 'titleVi', 'roles'];
const CEILING = ['clearance', 'maySeeNominal'];
const COMMUNITY = ['id', 'nameEn', 'nameVi', 'members'];
const AGREEMENT = [
  'id',
  'kind',
  'titleEn',
  'titleVi',
  'isExample',
  'validFrom',
  'parties',
  'articles',
  'assistanceTypes',
  'languages',
  'deadlineProfile',
  'nominalAllowed',
  'evidenceRule',
  'onwardRule',
];

/**
 * Reads an enrolment file: one agency at the top (`agency`, `units`, `roots`, `keySets`, `officers`, `ceiling`, `calendar`) or several under
 * `agencies`, besides `communities` and `agreements`. A root or a key set may be the name of a file next to it.
 */
export function readEnrolment(file: string): Promise<EnrolmentFile> {
  const record = readRecord(file);
  const folder = dirname(file);
  const found = [...(record['agency'] === undefined ? [] : [record]), ...listOf(file, record, 'agencies')];
  const communities = listOf(file, record, 'communities');
  const agreements = listOf(file, record, 'agreements');
  return refusing(() => ({
    agencies: found.map((each, i) => agencyOf(file, folder, each, `/agencies/${i}`)),
    communities: communities.map((each, i) => whole(file, each, COMMUNITY, `/communities/${i}`) as CommunityEnrolment),
    agreements: agreements.map((each, i) => whole(file, each, AGREEMENT, `/agreements/${i}`) as AgreementEnrolment),
  }));
}

type Enrolled = AgencyEnrolment['agency'];
type Unit = AgencyEnrolment['units'][number];
type Ceiling = NonNullable<AgencyEnrolment['ceiling']>;
type Officers = NonNullable<AgencyEnrolment['officers']>;

function agencyOf(file: string, folder: string, record: Record<string, unknown>, pointer: string): AgencyEnrolment {
  const agency = whole(file, record['agency'], AGENCY, `${pointer}/agency`) as Enrolled;
  const units = listOf(file, record, 'units').map(
    (unit, i) => whole(file, unit, UNIT, `${pointer}/units/${i}`) as Unit,
  );
  const officers = listOf(file, record, 'officers').map(
    (officer, i) => whole(file, officer, OFFICER, `${pointer}/officers/${i}`) as Officers[number],
  );
  const roots = arrayOf(file, record, 'roots').map((root) => rootOf(folder, root));
  const keySets = arrayOf(file, record, 'keySets').map((text) => keySetOf(folder, text));
  if (roots.length === 0 || keySets.length === 0) throw bad(file, `${pointer}/roots, ${pointer}/keySets`);
  const ceiling = record['ceiling'] && whole(file, record['ceiling'], CEILING, `${pointer}/ceiling`);
  const calendar = record['calendar'] && whole(file, record['calendar'], [], `${pointer}/calendar`);
  return {
    agency,
    units,
    officers,
    ...(ceiling ? { ceiling: ceiling as Ceiling } : {}),
    ...(calendar ? { calendar } : {}),
    roots,
    keySets,
  };
}

function rootOf(folder: string, root: unknown): PublicJwk {
  return checkPublicKey(typeof root === 'string' ? readRecord(resolve(folder, root)) : root);
}

/** A signed text begins with a brace, the name of a file does not. */
function keySetOf(folder: string, text: unknown): string {
  if (typeof text !== 'string') return JSON.stringify(text);
  return text.startsWith('{') ? text : readText(resolve(folder, text)).trim();
}

/** An object with at least these members; the database judges their content. */
function whole(file: string, value: unknown, members: readonly string[], pointer: string): unknown {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const missing = members.find((name) => record[name] === undefined);
  if (missing !== undefined) throw bad(file, `${pointer}/${missing}`);
  return value;
}

function listOf(file: string, record: Record<string, unknown>, member: string): Record<string, unknown>[] {
  return arrayOf(file, record, member).map((entry) => {
    if (typeof entry !== 'object' || entry === null) throw bad(file, `/${member}`);
    return entry as Record<string, unknown>;
  });
}

function arrayOf(file: string, record: Record<string, unknown>, member: string): unknown[] {
  const value = record[member] ?? [];
  if (!Array.isArray(value)) throw bad(file, `/${member}`);
  return value;
}

function bad(file: string, pointer: string): Failure {
  return new Failure(EXIT.usage, 'cli.failure.badEnrolment', { file, pointer });
}
