import type { Caller } from '../../access/caller.js';
import type { Language, MessageKey } from '../../common/messages/messages.js';
import type { Admission, Enrollable } from '../../session/people/admissions.js';
import { dateFormat, escapeHtml, type HtmlText, type Page } from '../../session/people/pages/page.js';
import { ROLES } from '../../session/people/role-rights.js';
import type { AdministeredUnitModel } from '../administered-unit.models.js';
import type { AgencyStanding } from '../agency-standing.models.js';
import type { ChangedField, ChangeModel } from '../change.models.js';
import type { Rules } from '../rules.service.js';

/** What the page shows of the administrator who looks at it. */
export interface Administration {
  caller: Caller;
  officers: readonly Enrollable[];
  admissions: readonly Admission[];
  changes: readonly ChangeModel[];
  units: readonly AdministeredUnitModel[];
  /** Null for the hub's administrators, and empty lists of the other sort. */
  rules: Rules | null;
  standings: readonly AgencyStanding[];
}

/** "Administration": what waits for a second administrator, and what one can do or propose. */
export function administrationPage(shown: Administration, language: Language): Page {
  const { caller, units, rules, standings } = shown;
  return {
    name: 'administration',
    title: 'page.administration.title',
    csrf: caller.session!.csrf,
    needsPasskey: true,
    isWide: true,
    script: 'administration',
    body: (text) => `<p><a href="/account">${text('page.account.title')}</a></p>
<p class="quiet">${text('page.administration.how')}</p>
${waitingList(shown, text, language)}
${LINK(text)}
${officerList(shown, text, language)}
${units.length === 0 ? '' : appointment(units, text)}
${rules === null ? '' : ruleList(rules, caller.agencyId, text)}
${standings.length === 0 ? '' : standingList(standings, caller.agencyId, text)}`,
  };
}

/** The link of an approved admission, filled in by the script. */
const LINK = (text: HtmlText): string => `<div data-place="link" hidden><h2>${text('page.administration.link')}</h2>
<p>${text('page.administration.handOver')}</p>
<p><svg data-qr role="img" aria-label="${text('page.passkeys.qr')}" viewBox="0 0 1 1"><path/></svg></p>
<p class="quiet" data-place="address"></p><p><a class="button plain" href="/administration">${text('page.administration.done')}</a></p></div>`;

/** Proposals that nobody has decided; one's own can be withdrawn, others' approved or declined. */
function waitingList(
  { caller, officers, admissions, changes }: Administration,
  text: HtmlText,
  language: Language,
): string {
  const when = dateFormat(language);
  const isHubs = caller.permissions.has('hub.administer');
  const line = (
    { proposedBy, expiresAt }: { proposedBy: string; expiresAt: Date | null },
    what: string,
    buttons: string,
  ): string => {
    const who = proposedBy === caller.officer ? text('page.administration.you') : proposedBy;
    const until = expiresAt === null ? '' : when.format(expiresAt);
    return `<li><span>${what}<small>${text('page.administration.proposed', { who, until })}</small></span>${buttons}</li>`;
  };
  const lines = [
    ...admissions.map((admission) => {
      const { id, officer, proposedBy } = admission;
      const known = officers.find((each) => each.officer === officer);
      const kind = text(known?.isEnrolled ? 'page.administration.recovery' : 'page.administration.enrolment');
      const isOthers = proposedBy !== caller.officer;
      const approve =
        isOthers && officer !== caller.officer
          ? `<button type="button" data-act="admit" data-id="${id}">${text('page.administration.approve')}</button>`
          : '';
      const what = `<strong>${kind}</strong><br>${nameOf(known, language)} ${escapeHtml(officer)}`;
      return line(admission, what, approve + dropper('DeclineAdmission', id, isOthers, text));
    }),
    ...changes.map((change) => {
      const { id, kind, subject, proposedBy } = change;
      const isOthers = proposedBy !== caller.officer;
      const [approving, declining] = isHubs
        ? (['ApproveResumption', 'DeclineResumption'] as const)
        : (['ApproveChange', 'DeclineChange'] as const);
      const approve =
        isOthers && subject !== caller.officer
          ? button(approving, { id }, text('page.administration.approve'), { isMain: true })
          : '';
      const known = officers.find(({ officer }) => officer === subject);
      const what = `<strong>${text(`changeKind.${kind}` as MessageKey)}</strong> ${nameOf(known, language)} ${escapeHtml(subject)}${fields(change.changes, text)}`;
      return line(change, what, approve + dropper(declining, id, isOthers, text));
    }),
  ];
  const none = lines.length === 0 ? `<p class="quiet">${text('page.administration.noneWaits')}</p>` : '';
  return `<h2>${text('page.administration.waiting')}</h2>
${none}<ul class="list" data-place="waiting">${lines.join('\n')}</ul>`;
}

function dropper(operation: string, id: string, isOthers: boolean, text: HtmlText): string {
  const label = text(isOthers ? 'page.administration.decline' : 'page.administration.withdraw');
  return button(operation, { id }, label);
}

/** A button that asks one document of the console. `label` and `sure` are HTML. */
function button(
  operation: string,
  variables: object,
  label: string,
  { sure, isMain = false }: { sure?: string; isMain?: boolean } = {},
): string {
  const question = sure === undefined ? '' : ` data-sure="${sure}"`;
  return `<button type="button"${isMain ? '' : ' class="plain"'} data-act="administer" data-operation="${operation}" data-variables="${escapeHtml(JSON.stringify(variables))}"${question}>${label}</button>`;
}

function nameOf(officer: Enrollable | undefined, language: Language): string {
  return officer ? `${escapeHtml(language === 'vi' ? officer.titleVi : officer.titleEn)} ·` : '';
}

/** What would be different, before and after. */
function fields(changes: readonly ChangedField[], text: HtmlText): string {
  const line = ({ field, was, becomes }: ChangedField): string =>
    `<small>${text(`changeField.${field}` as MessageKey)}: ${was === null ? '' : `${inWords(field, was, text)} → `}${inWords(field, becomes, text)}</small>`;
  return changes.map(line).join('');
}

function inWords(field: string, value: string | null, text: HtmlText): string {
  if (value === null) return text('page.administration.none');
  if (value === 'true' || value === 'false')
    return text(value === 'true' ? 'page.administration.yes' : 'page.administration.no');
  if (field !== 'roles') return escapeHtml(value);
  return value
    .split(', ')
    .map((role) => text(`role.${role}` as MessageKey))
    .join(' · ');
}

/** One's officers, and for each what can be done; nobody does anything to himself. */
function officerList({ caller, officers, admissions }: Administration, text: HtmlText, language: Language): string {
  const isAgencys = caller.permissions.has('agency.administer');
  const line = (each: Enrollable): string => {
    const { officer, unit, roles, isEnrolled, isSuspended } = each;
    const enrolled = isEnrolled ? 'page.administration.enrolled' : 'page.administration.notEnrolled';
    const state = isSuspended ? 'page.administration.suspended' : enrolled;
    const buttons = [
      admissions.some((waiting) => waiting.officer === officer)
        ? ''
        : button(
            'ProposeAdmission',
            { officer },
            text(isEnrolled ? 'page.administration.recover' : 'page.administration.enrol'),
            isEnrolled ? { sure: text('page.administration.sureRecover') } : {},
          ),
      isAgencys && isEnrolled && !isSuspended
        ? button('SignOutOfficer', { officer }, text('page.administration.signOut'))
        : '',
      isAgencys && !isSuspended
        ? button('SuspendOfficer', { officer }, text('page.administration.suspend'), {
            sure: text('page.administration.sureSuspend'),
          })
        : '',
      isAgencys && isSuspended ? button('ResumeOfficer', { officer }, text('page.administration.resume')) : '',
    ];
    return `<li data-officer="${escapeHtml(officer)}"><span>${nameOf(each, language)} ${escapeHtml(officer)}<small>${escapeHtml(unit)} · ${roles.map((role) => text(`role.${role}` as MessageKey)).join(' · ')}</small><small><strong>${text(state)}</strong></small></span>${officer === caller.officer ? `<small>${text('page.administration.yourself')}</small>` : buttons.join('')}</li>`;
  };
  return `<h2>${text('page.administration.officers')}</h2>
<ul class="list" data-place="officers">${officers.map(line).join('\n')}</ul>`;
}

/** Proposes an officer that there is not yet. The operator's roles are not offered. */
function appointment(units: readonly AdministeredUnitModel[], text: HtmlText): string {
  const label = (field: string, input: string): string =>
    `<label>${text(`changeField.${field}` as MessageKey)}${input}</label>`;
  const roles = Object.keys(ROLES).filter((role) => ROLES[role]!.givenBy === 'AGENCY');
  const boxes = roles.map(
    (role) =>
      `<label class="choice"><input type="checkbox" name="roles" value="${role}"> ${text(`role.${role}` as MessageKey)}</label>`,
  );
  return `<details><summary>${text('page.administration.appoint')}</summary>
<form name="appoint">
${label('unit', `<select name="unit">${units.map(({ unit }) => `<option>${escapeHtml(unit)}</option>`).join('')}</select>`)}
${label('titleEn', '<input name="titleEn" required maxlength="120" autocomplete="off">')}
${label('titleVi', '<input name="titleVi" required maxlength="120" autocomplete="off" lang="vi">')}
<fieldset><legend>${text('changeField.roles')}</legend>${boxes.join('')}</fieldset>
${label('clearance', '<select name="clearance"><option>UNCLASSIFIED</option><option>RESTRICTED</option></select>')}
<label class="choice"><input type="checkbox" name="maySeeNominal"> ${text('changeField.maySeeNominal')}</label>
${label('validUntil', '<input type="date" name="validUntil">')}
<button type="button" data-act="appoint">${text('page.administration.propose')}</button>
</form></details>`;
}

function ruleList({ nominalStepUp }: Rules, agency: string, text: HtmlText): string {
  const label = text(nominalStepUp ? 'page.administration.endRule' : 'page.administration.setRule');
  return `<h2>${text('page.administration.rules', { agency })}</h2>
<ul class="list"><li><span>${text('changeField.nominalStepUp')}<small><strong>${text(nominalStepUp ? 'page.administration.yes' : 'page.administration.no')}</strong></small></span>${button('ChangeRules', { input: { nominalStepUp: !nominalStepUp } }, label)}</li></ul>`;
}

/** For the operator: who takes part; not the operator's own agency, which nobody shuts out. */
function standingList(standings: readonly AgencyStanding[], own: string, text: HtmlText): string {
  const line = ({ agency, suspendedAt, administrators }: AgencyStanding): string => {
    const state = text(suspendedAt ? 'page.administration.suspended' : 'page.administration.takesPart');
    const count = text('page.administration.administrators', { count: administrators });
    const act = suspendedAt
      ? button('ResumeAgency', { agency }, text('page.administration.resume'))
      : button('SuspendAgency', { agency }, text('page.administration.suspend'), {
          sure: text('page.administration.sureSuspendAgency'),
        });
    return `<li><span>${escapeHtml(agency)}<small><strong>${state}</strong> · ${count}</small></span>${agency === own ? '' : act}</li>`;
  };
  return `<h2>${text('page.administration.agencies')}</h2>
<ul class="list" data-place="agencies">${standings.map(line).join('\n')}</ul>`;
}
