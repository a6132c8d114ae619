import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import type { Problem } from '../common/errors.js';
import type { KeyOf, MessageParams } from '../common/messages/messages.js';
import { type Agreement, readAgreement } from '../directory/agreement.js';
import { type Addressee, readAddressees } from '../directory/readers.js';
import type { Handling } from './body/handling.js';

/** What the policy needs to know of an object, before or after it is signed. */
export interface Sharing {
  kind: string;
  to: readonly string[];
  handling: Handling;
  /** Carries personal details. */
  isNominal: boolean;
  language: string | null;
  assistanceType: string | null;
  /** Clearance that the object needs which this one answers, null for a new matter. */
  answeredClearance: number | null;
}

/** Why this may not be sent to this addressee. */
export interface Refusal extends Problem {
  to: string;
}

export interface SharingDecision {
  agreement: Agreement | undefined;
  addressees: Addressee[];
  refusals: Refusal[];
}

/**
 * Whether the caller may share this with these addressees, and why not: the same decision for compose and for submit. A recall may
 * always go where the recalled object went, whatever has become of the agreement or the addressee.
 */
export async function decideSharing(tx: EntityManager, caller: Caller, sharing: Sharing): Promise<SharingDecision> {
  const [agreement, addressees] = await Promise.all([
    readAgreement(tx, sharing.handling.legalBasis.agreement),
    readAddressees(tx, sharing.to),
  ]);
  const refusals = addressees.flatMap((addressee, index) => {
    const beyondLimits = connectionRefusals(caller, sharing, addressee, index);
    if (beyondLimits.length > 0) return beyondLimits;
    return [
      ...markingRefusals(sharing, addressee),
      ...(sharing.kind === 'recall' ? [] : refusalsFor(caller, sharing, agreement, addressee, index)),
    ];
  });
  return { agreement, addressees, refusals };
}

/** RESTRICTED needs clearance 1. */
export function clearanceOf(handling: Handling): number {
  return handling.classification === 'RESTRICTED' ? 1 : 0;
}

/**
 * The limits of the unit's connection come first and alone, so that nothing is told about an addressee to whom the system may not
 * write. The database asks the same again (cmd.within_connection).
 */
function connectionRefusals({ sending }: Caller, { kind }: Sharing, { to }: Addressee, index: number): Refusal[] {
  if (sending === undefined) return [];
  if (!sending.kinds.has(kind)) {
    return [{ to, rule: 'KIND', pointer: '/kind', key: 'refusal.connectionKind' }];
  }
  const list = sending.addressees;
  if (kind === 'recall' || list === null || list.includes(to) || list.includes(agencyOf(to))) return [];
  return [{ to, rule: 'ADDRESS_LIST', pointer: `/to/${index}`, key: 'refusal.connectionAddressee', params: { to } }];
}

/** The agency of an agency's or a unit's code. */
function agencyOf(to: string): string {
  return to.split('-').slice(0, 2).join('-');
}

/** A reply is not marked lower than what it answers: it tells that there is something to answer. */
function markingRefusals({ handling, answeredClearance }: Sharing, { to }: Addressee): Refusal[] {
  if (answeredClearance === null || clearanceOf(handling) >= answeredClearance) return [];
  return [{ to, rule: 'CLASSIFICATION', pointer: '/handling/classification', key: 'refusal.classification' }];
}

function refusalsFor(
  caller: Caller,
  sharing: Sharing,
  agreement: Agreement | undefined,
  { to, is_known, agencies }: Addressee,
  index: number,
): Refusal[] {
  const refuse = (rule: string, pointer: string, key: KeyOf<'refusal'>, params: MessageParams = {}): Refusal => ({
    to,
    rule,
    pointer,
    key,
    params: { to, agreement: sharing.handling.legalBasis.agreement, ...params },
  });
  if (!is_known) return [refuse('ADDRESSEE', `/to/${index}`, 'refusal.addresseeUnknown')];
  if (to === caller.agencyId || to.startsWith(`${caller.agencyId}-`)) {
    return [refuse('ADDRESSEE', `/to/${index}`, 'refusal.addresseeIsSelf')];
  }
  if (!agreement || agencies.some((agency) => !agreement.parties.includes(agency))) {
    return [refuse('AGREEMENT', '/handling/legalBasis', 'refusal.agreementUnknown')];
  }
  const refusals: Refusal[] = [];
  if (sharing.isNominal && !agreement.nominal_allowed) {
    refusals.push(refuse('NOMINAL', '/parts', 'refusal.nominalNotAllowed'));
  }
  if (sharing.language !== null && !agreement.languages.includes(sharing.language)) {
    refusals.push(refuse('LANGUAGE', '/body/language', 'refusal.languageNotAccepted', { language: sharing.language }));
  }
  if (sharing.assistanceType !== null && !agreement.assistance_types.includes(sharing.assistanceType)) {
    refusals.push(refuse('ASSISTANCE_TYPE', '/body/assistanceType', 'refusal.assistanceType'));
  }
  if (EVIDENCE.indexOf(sharing.handling.evidenceUse) > EVIDENCE.indexOf(agreement.evidence_rule)) {
    refusals.push(refuse('EVIDENCE', '/handling/evidenceUse', 'refusal.evidenceRule'));
  }
  return refusals;
}

/** From the strictest to the freest. */
export const EVIDENCE: readonly string[] = ['NO', 'WITH_CONSENT', 'YES'];
