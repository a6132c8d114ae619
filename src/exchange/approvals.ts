import type { EntityManager } from 'typeorm';
import { prepared } from '../access/prepared.js';
import { type Code, codeList } from '../common/codes/code-list.js';
import { Forbidden, type HubError } from '../common/errors.js';
import type { KeyOf } from '../common/messages/messages.js';
import type { Tier } from './object-kind.js';

export const ApprovalReasons = codeList('ApprovalReason', 'Why an object needs a second person.', {
  TIER: 'Its kind does, or personal details go to an agency that never had any from one’s own.',
  RULE: 'A rule of one’s own agency does.',
  CLASSIFICATION: 'One’s own role goes no further than a lower classification there.',
  NOMINAL: 'One’s own role sends no personal details there.',
});
export type ApprovalReason = Code<typeof ApprovalReasons>;

export const SharedContent = codeList('SharedContent', 'What a rule of sharing is about.', {
  ANY: 'Whatever is sent.',
  RESTRICTED: 'What is marked RESTRICTED.',
  NOMINAL: 'What carries personal details.',
});
export type SharedContent = Code<typeof SharedContent>;

/** As much of an object as an agency's own rules of sharing are about. */
export interface Shared {
  kind: string;
  to: readonly string[];
  clearance: number;
  isNominal: boolean;
  tier: Tier;
}

export const APPROVAL_SENTENCES: Readonly<Record<ApprovalReason, KeyOf<'approval'>>> = {
  TIER: 'approval.tier',
  RULE: 'approval.rule',
  CLASSIFICATION: 'approval.classification',
  NOMINAL: 'approval.nominal',
};

/** Why this sender cannot send this alone; empty if he can. PostgreSQL asks the same of what is submitted (cmd.check_sharing). */
export async function approvalsFor(
  tx: EntityManager,
  shared: Shared,
  officer: string | null,
): Promise<ApprovalReason[]> {
  if (shared.kind === 'recall') return [];
  const text = `SELECT cmd.approval_rule($1, $2, $3::smallint, $4) AS ruled, cmd.above_ceiling($5, $2, $3::smallint, $4) AS ceiling`;
  const { kind, to, clearance, isNominal, tier } = shared;
  const [row] = await prepared<{ ruled: boolean; ceiling: 'CLASSIFICATION' | 'NOMINAL' | null }>(
    tx,
    'approvals',
    text,
    [kind, to, clearance, isNominal, officer],
  );
  return [
    ...(tier === 'T2' ? (['TIER'] as const) : []),
    ...(row!.ruled && tier !== 'T0' ? (['RULE'] as const) : []),
    ...(row!.ceiling === null ? [] : [row!.ceiling]),
  ];
}

/** The refusal of what an agency's own rules do not let go out so. */
export function sharingRefusal(reason: 'RULE' | 'CLASSIFICATION' | 'NOMINAL'): HubError {
  if (reason === 'RULE') return new Forbidden('error.approvalNeeded', { sub: 'APPROVAL_NEEDED' });
  const key = reason === 'NOMINAL' ? 'error.ceilingNominal' : 'error.ceilingClassification';
  return new Forbidden(key, { sub: 'CEILING' });
}
