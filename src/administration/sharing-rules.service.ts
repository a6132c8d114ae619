import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.js';
import { ScopedDatabase } from '../access/scoped-database.js';
import { InvalidInput, type Problem } from '../common/errors.js';
import { checked } from '../exchange/body/validate.js';
import type { ChangeModel } from './change.models.js';
import { ChangesService } from './changes.service.js';
import {
  ApprovalRuleInput,
  SharingCeilingInput,
  type SharingRules,
  type SharingRulesInput,
} from './sharing-rules.models.js';

const MOST_RULES = 100;
const ANY = '*';

/** An agency's own rules of sharing. One administrator makes them stricter; what drops or replaces one takes two. */
@Injectable()
export class SharingRulesService {
  constructor(
    private readonly database: ScopedDatabase,
    private readonly changes: ChangesService,
  ) {}

  /** The rules of the administrator's own agency. */
  own(caller: Caller): Promise<SharingRules> {
    return this.database.as(caller, async (tx) => ({
      approvals: await tx.query<SharingRules['approvals']>(
        `SELECT NULLIF(r.kind, '*') AS kind, NULLIF(r.partner, '*') AS partner, r.content
         FROM agency.approval_rule r ORDER BY r.kind, r.partner, r.content`,
      ),
      ceilings: await tx.query<SharingRules['ceilings']>(
        `SELECT c.role, NULLIF(c.partner, '*') AS partner, CASE c.clearance WHEN 0 THEN 'UNCLASSIFIED' ELSE 'RESTRICTED' END AS classification,
           c.nominal AS "personalDetails" FROM agency.sharing_ceiling c ORDER BY c.role, c.partner, c.clearance, c.nominal`,
      ),
    }));
  }

  /** Writes them anew. Throws InvalidInput, and what ChangesService does. */
  change(caller: Caller, { approvals, ceilings }: SharingRulesInput): Promise<ChangeModel> {
    const problems: Problem[] = [];
    const rules = each(ApprovalRuleInput, approvals, '/input/approvals', problems);
    const limits = each(SharingCeilingInput, ceilings, '/input/ceilings', problems);
    if (problems.length > 0) throw new InvalidInput(problems);
    return this.changes.change(caller, 'SHARING', caller.agencyId, {
      approvals: asSet(rules.map(({ kind, partner, content }) => [kind ?? ANY, partner ?? ANY, content])),
      ceilings: asSet(
        limits.map(({ role, partner, classification, personalDetails }) => [
          role,
          partner ?? ANY,
          classification,
          personalDetails ? 'NOMINAL' : 'NO_NOMINAL',
        ]),
      ),
    });
  }
}

/** Each of a list as it keeps the rules of its class. */
function each<T extends object>(
  inputClass: new () => T,
  inputs: readonly T[],
  pointer: string,
  problems: Problem[],
): T[] {
  if (inputs.length > MOST_RULES) {
    problems.push({ pointer, rule: 'rules', key: 'problem.sharingRules', params: { max: MOST_RULES } });
    return [];
  }
  return inputs.flatMap((input, index) => {
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
    return checked(inputClass, given, `${pointer}/${index}`, problems) ?? [];
  });
}

/** Rules as the database compares them: a line each, in one order, none twice. */
function asSet(rules: readonly (readonly string[])[]): string[] {
  return [...new Set(rules.map((words) => words.join(' ')))].toSorted();
}
