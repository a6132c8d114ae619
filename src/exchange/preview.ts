import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { type Language, message } from '../common/messages/messages.js';
import { agreementModel } from '../directory/agreement.js';
import type { NeighbouringUnitModel, NotReading, ReadingUnitModel } from '../directory/directory.models.js';
import {
  type NeighbouringUnit,
  readNeighbouringUnits,
  readReadingUnits,
  type ReadingUnit,
} from '../directory/readers.js';
import { APPROVAL_SENTENCES, type ApprovalReason } from './approvals.js';
import type { Handling } from './body/handling.js';
import type { Preview } from './composition.js';
import { clearanceOf, type SharingDecision } from './sharing-policy.js';
import { warningsOf } from './sharing-warnings.js';

/** What is about to be sent, as far as it decides who will see what. */
export interface Previewed {
  to: readonly string[];
  handling: Handling;
  /** Names of its parts; all of them are personal details. */
  parts: readonly string[];
  isReply: boolean;
  /** Conditions of the version that it replaces. */
  before: Handling | null;
  /** Why its sender cannot send it alone. */
  approvals: readonly ApprovalReason[];
}

/** Who would see what, and what the sender should know before it is sent. */
export async function previewOf(
  tx: EntityManager,
  caller: Caller,
  previewed: Previewed,
  decision: SharingDecision,
  language: Language,
): Promise<Preview> {
  const { to, handling, parts, isReply, before, approvals } = previewed;
  const { agreement, addressees, refusals } = decision;
  const isNominal = parts.length > 0;
  const units: ReadingUnit[] = [];
  for (const addressee of addressees) {
    // Who stands behind an addressee is told to those who may write to it.
    const isRefused = refusals.some((refusal) => refusal.to === addressee.to);
    const agencies = isRefused ? [] : addressee.agencies.filter((agency) => agency !== caller.agencyId);
    units.push(...(await readReadingUnits(tx, addressee.to, agencies, clearanceOf(handling))));
  }
  const places = units.flatMap(({ place }) => (place === null ? [] : [place]));
  const reading = [caller.agencyId, ...addressees.flatMap(({ agencies }) => agencies)];
  const neighbours =
    places.length === 0 ? [] : await readNeighbouringUnits(tx, places, reading, agreement?.parties ?? []);
  const warnings = warningsOf({ to, handling, isNominal, isReply, before, agreement, units });
  return {
    readers: units.map((unit) => readingUnit(unit, isNominal)),
    neighbours: neighbours.map(neighbouringUnit),
    restrictedParts: [...parts],
    withheld: parts.map((name) => ({ name, message: message('preview.withheld', language) })),
    legalBasis: (language === 'vi' ? agreement?.title_vi : agreement?.title_en) ?? null,
    agreement: agreement ? agreementModel(agreement) : null,
    expiresAt: handling.expiresAt === undefined ? null : new Date(handling.expiresAt),
    notes: addressees.flatMap(({ to: name, successor }) =>
      successor === null ? [] : [message('preview.successor', language, { to: name, successor })],
    ),
    approvals: approvals.map((code) => ({ code, message: message(APPROVAL_SENTENCES[code], language) })),
    warnings: warnings.map(({ code, key, params }) => ({ code, message: message(key, language, params) })),
    refusals: refusals.map(({ to: name, rule, pointer, key, params }) => ({
      to: name,
      code: rule,
      pointer,
      message: message(key, language, params),
    })),
  };
}

function readingUnit(unit: ReadingUnit, isNominal: boolean): ReadingUnitModel {
  const notReading: NotReading[] = [
    { reason: 'NOT_CLEARED', officers: unit.uncleared },
    { reason: 'NO_PERSONAL_DETAILS', officers: isNominal ? unit.without_nominal : 0 },
  ];
  return {
    agency: unit.agency_id,
    unit: unit.unit_id,
    nameEn: unit.name_en,
    nameVi: unit.name_vi,
    officers: unit.officers,
    notReading: notReading.filter(({ officers }) => officers > 0),
  };
}

/** Below this the number of officers of a service that is not addressed points at persons. */
const SMALL = 5;

function neighbouringUnit({ agency_id, unit_id, name_en, name_vi, officers }: NeighbouringUnit): NeighbouringUnitModel {
  const isSmall = officers !== null && officers < SMALL;
  return {
    agency: agency_id,
    unit: unit_id,
    nameEn: name_en,
    nameVi: name_vi,
    officers: isSmall ? null : officers,
    fewerThan: isSmall ? SMALL : null,
  };
}
