import { aSignedIn, type Browser } from './browser.js';
import type { Answer, Party, TestHub } from './hub.js';

/** A change as administrators see it. */
export interface Change {
  id: string;
  kind: string;
  subject: string;
  state: string;
  proposedBy: string;
  decidedBy: string | null;
  changes: { field: string; was: string | null; becomes: string | null }[];
}

/** Every mutation of administration, with the types of its arguments. */
export const ACTS = {
  appointOfficer: { input: 'OfficerInput!' },
  changeOfficer: { officer: 'ID!', input: 'OfficerInput!' },
  suspendOfficer: { officer: 'ID!' },
  resumeOfficer: { officer: 'ID!' },
  endOfficer: { officer: 'ID!' },
  signOutOfficer: { officer: 'ID!' },
  changeSessionLimits: { input: 'SessionLimitsInput!' },
  changeSharingRules: { input: 'SharingRulesInput!' },
  makeUnit: { unit: 'ID!', input: 'NewUnitInput!' },
  changeUnit: { unit: 'ID!', input: 'UnitInput!' },
  suspendUnit: { unit: 'ID!' },
  resumeUnit: { unit: 'ID!' },
  openConnection: { unit: 'ID!', input: 'ConnectionInput!' },
  changeConnection: { unit: 'ID!', input: 'ConnectionInput!' },
  suspendConnection: { unit: 'ID!' },
  resumeConnection: { unit: 'ID!' },
  changeRules: { input: 'RulesInput!' },
  approveChange: { id: 'ID!' },
  declineChange: { id: 'ID!' },
  suspendAgency: { agency: 'ID!', unit: 'ID' },
  resumeAgency: { agency: 'ID!', unit: 'ID' },
  approveResumption: { id: 'ID!' },
  declineResumption: { id: 'ID!' },
  endOperator: { officer: 'ID!' },
} as const satisfies Record<string, Record<string, string>>;
export type Act = keyof typeof ACTS;

/** The text of a mutation of administration. */
export function actDocument(act: Act): string {
  const types = Object.entries(ACTS[act]);
  const declared = types.map(([name, type]) => `$${name}: ${type}`).join(', ');
  const passed = types.map(([name]) => `${name}: $${name}`).join(', ');
  return `mutation(${declared}) { ${act}(${passed}) { id kind subject state proposedBy decidedBy changes { field was becomes } } }`;
}

/** Does one administrative act in a browser. */
export function act(browser: Browser, name: Act, variables: object): Promise<Answer<Record<string, Change>>> {
  return browser.ask(actDocument(name), variables);
}

/** The change that an act made. Throws when it was refused. */
export async function changed(browser: Browser, name: Act, variables: object): Promise<Change> {
  const answer = await act(browser, name, variables);
  if (!answer.data) throw new Error(`${name}: ${JSON.stringify(answer.errors)}`);
  return answer.data[name]!;
}

/** Code and sub-code of a refusal, or the state of the change. */
export async function outcomeOf(answer: Promise<Answer<Record<string, Change>>>): Promise<string> {
  const { data, errors } = await answer;
  const [error] = errors ?? [];
  if (error) return [error.extensions.code, error.extensions.sub].filter(Boolean).join('/');
  return Object.values(data!)[0]!.state;
}

/** Two administrators of a party's agency, signed in. */
export async function twoAdministrators(
  t: TestHub,
  party: Party,
  role = 'AGENCY_ADMIN',
): Promise<[Awaited<ReturnType<typeof aSignedIn>>, Awaited<ReturnType<typeof aSignedIn>>]> {
  return [await aSignedIn(t, party, [role]), await aSignedIn(t, party, [role])];
}

export function anOfficerInput(unit: string, changes: object = {}): object {
  return {
    unit,
    titleEn: 'Analyst',
    titleVi: 'Cán bộ phân tích',
    roles: ['ANALYST'],
    clearance: 'UNCLASSIFIED',
    maySeeNominal: false,
    ...changes,
  };
}

export function aUnitInput(changes: object = {}): object {
  return { nameEn: 'Port control unit', nameVi: 'Đơn vị kiểm soát cảng', ...changes };
}

export function aConnectionInput(changes: object = {}): object {
  const scopes = ['directory.read', 'objects.read'];
  return { clearance: 'RESTRICTED', maySeeNominal: true, scopes, adhoc: true, ...changes };
}

/** Everything that an act takes, with these ids where they belong. */
export function variablesFor(name: Act, ids: { officer: string; unit: string; agency: string; id: string }): object {
  const inputs: Record<string, object> = {
    'OfficerInput!': anOfficerInput(ids.unit),
    'NewUnitInput!': aUnitInput({ kind: 'REGIONAL_OFFICE' }),
    'UnitInput!': aUnitInput(),
    'ConnectionInput!': aConnectionInput(),
    'RulesInput!': { nominalStepUp: true },
    'SharingRulesInput!': { approvals: [{ kind: 'seizure' }], ceilings: [] },
    'SessionLimitsInput!': { idleMinutes: 15, hours: 8 },
  };
  const types: [string, string][] = Object.entries(ACTS[name]);
  return Object.fromEntries(
    types.map(([argument, type]) => [argument, inputs[type] ?? ids[argument as keyof typeof ids]]),
  );
}
