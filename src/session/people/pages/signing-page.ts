import type { Caller, CallerSession } from '../../../access/caller.js';
import type { Language, MessageKey } from '../../../common/messages/messages.js';
import { OBJECT_KINDS } from '../../../protocol/envelope.js';
import type { KeyRequest, OfficerKey, OwnKey, StoppedKey } from '../person-keys.js';
import { dateFormat, escapeHtml, type HtmlText, type Page } from './page.js';
import { publicKeyFile } from './public-key-file.js';

/** What the page shows of the officer who looks at it. */
export interface Signing {
  hub: string;
  caller: Caller;
  session: CallerSession;
  keys: readonly OwnKey[];
  /** Of an administrator: officers' keys that wait. */
  waiting: readonly KeyRequest[];
  /** Of an administrator: officers' keys that the next key set should revoke. */
  stopped: readonly StoppedKey[];
  /** Of an administrator: officers' keys that count. */
  inForce: readonly OfficerKey[];
}

/**
 * "Sign": the officer's own key, a composed text read from its very bytes, and for an administrator the keys that wait. Each sees what the
 * role may do: who reads signs for a colleague to send, who administers admits, and an auditor or the operator has nothing to sign.
 */
export function signingPage(signing: Signing, language: Language): Page {
  const { hub, caller, session, keys, inForce } = signing;
  const { agencyId, officer, permissions } = caller;
  const isAdministrator = permissions.has('keys.publish');
  const sends = permissions.has('objects.submit');
  return {
    name: 'signing',
    title: 'page.signing.title',
    csrf: session.csrf,
    needsPasskey: true,
    isWide: true,
    script: 'signing',
    data: {
      hub,
      agency: agencyId,
      officer: officer ?? '',
      session: session.id,
      sends: sends ? 'yes' : '',
      kinds: OBJECT_KINDS.join(' '), // That a key made here may sign: an officer whose key lacks one finds out at 3 a.m.
    },
    texts: TEXTS,
    body: (text) => {
      const own = keyList(keys, text, language);
      const parts = [`<p><a href="/account">${text('page.account.title')}</a></p>`];
      if (isAdministrator)
        parts.push(
          how(text),
          own,
          maker('enrol', text),
          stoppedList(signing, text, language),
          requestList(signing, text, language),
          admits(keys) ? colleague(text) : '',
          officerKeyList(inForce, text, language),
        );
      else if (permissions.has('objects.read'))
        parts.push(how(text), own, maker('sig', text), sends ? owedList(text) : '', signer(sends, text));
      else parts.push(`<p>${text('page.signing.nothing')}</p>`);
      return parts.join('\n');
    },
  };
}

function how(text: HtmlText): string {
  return `<p>${text('page.signing.how')}</p>`;
}

/** What the script says by itself. */
const TEXTS = {
  'no-key': 'page.signing.noKey',
  'not-this-device': 'page.signing.notThisDevice',
  'not-readable': 'page.signing.notReadable',
  'no-releaser': 'page.signing.noReleaser',
  withheld: 'page.signing.withheld',
  sent: 'page.signing.sent',
  'hand-on': 'page.signing.handOn',
  roots: 'page.signing.roots',
  'other-roots': 'page.signing.otherRoots',
  'older-set': 'page.signing.olderSet',
} as const satisfies Record<string, MessageKey>;

function keyList(keys: readonly OwnKey[], text: HtmlText, language: Language): string {
  if (keys.length === 0) return `<p class="quiet">${text('page.signing.none')}</p>`;
  const day = dateFormat(language, 'day');
  const line = (key: OwnKey): string => {
    const { kid, use, device, state, kinds, requestedAt, validUntil } = key;
    const what = text(use === 'enrol' ? 'page.signing.admits' : 'page.signing.signs');
    const added = text('page.signing.added', { day: day.format(requestedAt) });
    const until = validUntil ? ` · ${text('page.signing.until', { day: day.format(validUntil) })}` : '';
    const stands =
      use === 'enrol' && state === 'REQUESTED' ? 'page.signing.waitsForRoot' : (`keyState.${state}` as MessageKey);
    return `<li><span>${escapeHtml(device)} · ${what}<small><strong>${text(stands)}</strong> · ${added}${until}</small>
<small>${escapeHtml(kinds.join(', '))}</small></span>${approver(kid, state, text)}${renewer(key, keys, text)}${stopper(kid, state, text)}</li>`;
  };
  return `<h2>${text('page.signing.keys')}</h2>\n<ul class="list" data-place="own">${keys.map(line).join('\n')}</ul>`;
}

/** How long before its end a key can be renewed. */
const RENEWAL_DAYS = 30;

/** The button that asks for the next key while there is still one to approve it; none where the next one waits already or counts. */
function renewer(
  { kid, use, state, validUntil, requestedAt }: OwnKey,
  keys: readonly OwnKey[],
  text: HtmlText,
): string {
  if (use !== 'sig' || state !== 'IN_FORCE' || !validUntil) return '';
  if (validUntil.getTime() - Date.now() > RENEWAL_DAYS * 86_400_000) return '';
  const isLater = (other: OwnKey): boolean =>
    other.requestedAt > requestedAt && ['OTHER_DEVICE', 'REQUESTED', 'IN_FORCE'].includes(other.state);
  if (keys.some((other) => other.use === 'sig' && isLater(other))) return '';
  return `<button type="button" data-act="renew" data-kid="${kid}">${text('page.signing.renew')}</button>`;
}

/** The button that approves a key which was made at a further device. */
function approver(kid: string, state: string, text: HtmlText): string {
  if (state !== 'OTHER_DEVICE') return '';
  return `<button type="button" data-act="approve" data-kid="${kid}">${text('page.signing.approve')}</button>`;
}

/** The button that ends a key: one that waits is taken back, one that signs goes with its lost device. */
function stopper(kid: string, state: string, text: HtmlText): string {
  if (['REFUSED', 'REVOKED', 'EXPIRED'].includes(state)) return '';
  const isInSet = state === 'IN_FORCE' || state === 'LOCKED';
  const label = text(isInSet ? 'page.signing.lost' : 'page.signing.takeBack');
  const sure = text(isInSet ? 'page.signing.sureLost' : 'page.signing.sureTakeBack');
  return `<button type="button" class="plain" data-act="block" data-kid="${kid}" data-sure="${sure}">${label}</button>`;
}

function maker(use: 'sig' | 'enrol', text: HtmlText): string {
  return `<p class="row"><label>${text('page.signing.device')}
<input name="device" maxlength="60" autocomplete="off" value="${text('page.signing.thisDevice')}"></label>
<button type="button" class="plain" data-act="make" data-use="${use}">${text('page.signing.make')}</button></p>`;
}

/** What colleagues sent alone and a second officer has to confirm: the script fills it in. */
function owedList(text: HtmlText): string {
  const line = text('page.signing.owedLine', { officer: '{officer}', due: '{due}' });
  return `<h2>${text('page.signing.owed')}</h2>
<p class="quiet" data-place="none-owed">${text('page.signing.noneOwed')}</p>
<ul class="list" data-place="owed" data-line="${line}"></ul>
<template data-owed><li><span><strong></strong><small></small></span><button type="button" class="plain" data-act="read-owed">${text('page.signing.read')}</button></li></template>
`;
}

function signer(sends: boolean, text: HtmlText): string {
  return `<h2>${text('page.signing.text')}</h2>
<p><label>${text('page.signing.paste')}<textarea name="composed" rows="4" spellcheck="false"></textarea></label></p>
<p data-place="which" hidden><label>${text('page.signing.which')}<select name="which"></select></label></p>
<div data-place="shown" hidden><p class="quiet" data-place="summary"></p><dl class="shown"></dl></div>
<div class="acts"><button type="button" data-act="sign" hidden>${text(sends ? 'page.signing.sign' : 'page.signing.signOnly')}</button>
<button type="button" data-act="confirm" hidden>${text('page.signing.confirm')}</button></div>
<p data-place="hand-on" hidden><label>${text('page.signing.handOn')}<textarea name="signed" rows="4" readonly></textarea></label></p>`;
}

/** Whether the officer has what signs the next key set. */
function admits(keys: readonly OwnKey[]): boolean {
  return keys.some(({ use, state }) => use === 'enrol' && state === 'IN_FORCE');
}

/** Stopped keys that the agency's key set still vouches for, each with the two reasons for which it is revoked there. */
function stoppedList({ keys, stopped }: Signing, text: HtmlText, language: Language): string {
  if (stopped.length === 0) return '';
  const format = dateFormat(language, 'day');
  const canRevoke = admits(keys);
  const line = ({ kid, officer, unit, titleEn, titleVi, device, stoppedAt }: StoppedKey): string => {
    const title = (language === 'vi' ? titleVi : titleEn) ?? text('page.signing.noOfficer');
    const where = [unit, device].filter((each) => each !== null).join(' · ');
    const day = text('page.signing.stoppedOn', { day: format.format(stoppedAt) });
    const button = (reason: string, label: MessageKey): string =>
      `<button type="button" class="plain" data-act="revoke" data-kid="${kid}" data-reason="${reason}">${text(label)}</button>`;
    const buttons = [button('keyCompromise', 'page.signing.compromised'), button('cessation', 'page.signing.ceased')];
    return `<li><span>${escapeHtml(`${title} · ${officer}`)}<small>${escapeHtml(where)} · ${day}</small><small>${escapeHtml(kid)}</small></span>
${canRevoke ? buttons.join('') : ''}</li>`;
  };
  const who = canRevoke ? '' : `<p class="quiet">${text('page.signing.whoRevokes')}</p>`;
  return `<h2>${text('page.signing.stopped')}</h2>
<p class="quiet">${text('page.signing.stoppedHow')}</p>
${who}<ul class="list" data-place="stopped">${stopped.map(line).join('\n')}</ul>`;
}

/** What the script says of a colleague's key set. */
const COLLEAGUE_TEXTS = {
  'hand-on': 'page.signing.handSetOn',
  'signed-by': 'page.signing.setSignedBy',
  added: 'page.signing.setAdds',
  revoked: 'page.signing.setRevokes',
  'key-compromise': 'page.signing.reason.keyCompromise',
  cessation: 'page.signing.reason.cessation',
  superseded: 'page.signing.reason.superseded',
  'not-a-set': 'page.signing.notASet',
  'not-next': 'page.signing.notNext',
  'too-old': 'page.signing.setTooOld',
  'more-changes': 'page.signing.moreChanges',
  'signed-already': 'page.signing.signedAlready',
} as const satisfies Record<string, MessageKey>;

/** The script fills in these. */
const LEFT_OPEN = Object.fromEntries(
  ['officers', 'officer', 'kinds', 'until', 'reason', 'since'].map((name) => [name, `{${name}}`]),
);

/** What an administrator signed alone is handed on here, and read by the second one, where the agency wants two. */
function colleague(text: HtmlText): string {
  const says = Object.entries(COLLEAGUE_TEXTS).map(([name, key]) => `data-${name}="${text(key, LEFT_OPEN)}"`);
  return `<p data-place="hand-on" hidden><label>${text('page.signing.handSetOn')}<textarea name="signed" rows="4" readonly></textarea></label></p>
<details data-place="colleague" ${says.join(' ')}><summary>${text('page.signing.colleague')}</summary>
<p class="quiet">${text('page.signing.colleagueHow')}</p>
<p><label>${text('page.signing.pasteSet')}<textarea name="colleagues" rows="4" spellcheck="false"></textarea></label></p>
<div data-place="changes" hidden><p></p><ul class="list"></ul></div>
<div class="acts"><button type="button" class="plain" data-act="read-set">${text('page.signing.read')}</button>
<button type="button" data-act="sign-set" hidden>${text('page.signing.signSet')}</button></div></details>`;
}

/** Keys that wait, each with its file for who admits elsewhere: an enrolment key with the root, any other also with an enrolment key in a file. */
function requestList({ hub, caller, keys, waiting }: Signing, text: HtmlText, language: Language): string {
  const canAdmit = admits(keys);
  const line = (request: KeyRequest): string => {
    const { kid, use, officer, unit, titleEn, titleVi, device, kinds } = request;
    const what = text(use === 'enrol' ? 'page.signing.admits' : 'page.signing.signs');
    const file = publicKeyFile(request, { hub, agency: caller.agencyId });
    const admit = canAdmit && use === 'sig' && officer !== caller.officer;
    return `<li><span>${escapeHtml(`${language === 'vi' ? titleVi : titleEn} · ${officer}`)} · ${what}<small>${escapeHtml(`${unit} · ${device} · ${kinds.join(', ')} · ${kid}`)}</small>
<small><a href="${escapeHtml(file.address)}" download="${file.name}">${text('page.signing.file')}</a> <code>--key ${escapeHtml(`${officer}:${use}:${kinds.join(',')}=${file.name}`)}</code></small></span>
${admit ? `<button type="button" data-act="admit" data-kid="${kid}">${text('page.signing.admit')}</button>` : ''}</li>`;
  };
  const note = text(canAdmit ? 'page.signing.files' : 'page.signing.noEnrolKey');
  const none = waiting.length === 0 ? `<p class="quiet">${text('page.signing.noneWaits')}</p>` : '';
  return `<h2>${text('page.signing.waiting')}</h2>
<p class="quiet">${note}</p>
<p class="quiet" data-place="roots" hidden></p>
${none}<ul class="list" data-place="waiting">${waiting.map(line).join('\n')}</ul>`;
}

function officerKeyList(keys: readonly OfficerKey[], text: HtmlText, language: Language): string {
  const day = dateFormat(language, 'day');
  const line = ({ kid, officer, unit, titleEn, titleVi, use, device, validFrom, validUntil }: OfficerKey): string => {
    const title = (language === 'vi' ? titleVi : titleEn) ?? text('page.signing.noOfficer');
    const what = text(use === 'enrol' ? 'page.signing.admits' : 'page.signing.signs');
    const times = `${text('page.signing.added', { day: day.format(validFrom) })} · ${text('page.signing.until', { day: day.format(validUntil) })}`;
    const where = [unit, device].filter((each) => each !== null).join(' · ');
    return `<li><span>${escapeHtml(title)} · ${escapeHtml(officer)} · ${what}<small>${escapeHtml(where)}</small><small>${times}</small></span>${stopper(kid, 'IN_FORCE', text)}</li>`;
  };
  const none = keys.length === 0 ? `<p class="quiet">${text('page.signing.noneInForce')}</p>` : '';
  return `\n<h2>${text('page.signing.inForce')}</h2>\n${none}<ul class="list" data-place="in-force">${keys.map(line).join('\n')}</ul>`;
}
