import type { Caller, CallerSession } from '../../../access/caller.js';
import type { Language, MessageKey } from '../../../common/messages/messages.js';
import type { KeyRequest, OwnKey } from '../person-keys.js';
import { escapeHtml, type HtmlText, type Page } from './page.js';

/** What the page shows of the officer who looks at it. */
export interface Signing {
  hub: string;
  caller: Caller;
  session: CallerSession;
  keys: readonly OwnKey[];
  /** Of an administrator: officers' keys that wait. */
  waiting: readonly KeyRequest[];
}

/** "Sign": the officer's own key, a composed text read from its very bytes, and for an administrator the keys that wait. */
export function signingPage({ hub, caller, session, keys, waiting }: Signing, language: Language): Page {
  const { agencyId, officer } = caller;
  const isAdministrator = caller.permissions.has('officers.enrol');
  return {
    name: 'signing',
    title: 'page.signing.title',
    csrf: session.csrf,
    needsPasskey: true,
    isWide: true,
    script: 'signing.js',
    data: { hub, agency: agencyId, officer: officer ?? '', session: session.id },
    texts: TEXTS,
    body: (text) => `<p><a href="/account">${text('page.account.title')}</a></p>
<p>${text('page.signing.how')}</p>
${keyList(keys, text)}
${maker(text, isAdministrator)}
${isAdministrator ? requestList(waiting, text, language) : signer(text)}`,
  };
}

/** What the script says by itself. */
const TEXTS = {
  'no-key': 'page.signing.noKey',
  'not-this-device': 'page.signing.notThisDevice',
  'not-readable': 'page.signing.notReadable',
  sent: 'page.signing.sent',
  'hand-on': 'page.signing.handOn',
  roots: 'page.signing.roots',
  'other-roots': 'page.signing.otherRoots',
} as const satisfies Record<string, MessageKey>;

function keyList(keys: readonly OwnKey[], text: HtmlText): string {
  if (keys.length === 0) return `<p class="quiet">${text('page.signing.none')}</p>`;
  const line = ({ kid, use, device, state, kinds }: OwnKey): string => {
    const isOver = state === 'REFUSED' || state === 'REVOKED' || state === 'EXPIRED';
    const stop = isOver
      ? ''
      : `<button type="button" class="plain" data-act="block" data-kid="${kid}">${text('page.signing.block')}</button>`;
    const what = text(use === 'enrol' ? 'page.signing.admits' : 'page.signing.signs');
    return `<li><span>${escapeHtml(device)} · ${what}<small>${text(`keyState.${state}` as MessageKey)} · ${escapeHtml(kinds.join(', '))}</small></span>${stop}</li>`;
  };
  return `<h2>${text('page.signing.keys')}</h2>\n<ul class="list">${keys.map(line).join('\n')}</ul>`;
}

function maker(text: HtmlText, isAdministrator: boolean): string {
  const use = isAdministrator ? 'enrol' : 'sig';
  return `<p class="row"><label>${text('page.signing.device')}
<input name="device" maxlength="60" autocomplete="off" value="${text('page.signing.thisDevice')}"></label>
<button type="button" class="plain" data-act="make" data-use="${use}">${text('page.signing.make')}</button></p>`;
}

function signer(text: HtmlText): string {
  return `<h2>${text('page.signing.text')}</h2>
<p><label>${text('page.signing.paste')}<textarea name="composed" rows="4" spellcheck="false"></textarea></label></p>
<div data-place="shown" hidden><p class="quiet" data-place="summary"></p><dl class="shown"></dl></div>
<div class="acts"><button type="button" data-act="sign" hidden>${text('page.signing.sign')}</button></div>
<p data-place="hand-on" hidden><label>${text('page.signing.handOn')}<textarea name="signed" rows="4" readonly></textarea></label></p>`;
}

function requestList(waiting: readonly KeyRequest[], text: HtmlText, language: Language): string {
  const requests = waiting.filter(({ use }) => use === 'sig');
  const line = ({ kid, officer, unit, titleEn, titleVi, device, kinds }: KeyRequest): string =>
    `<li><span>${escapeHtml(`${language === 'vi' ? titleVi : titleEn} · ${officer}`)}<small>${escapeHtml(`${unit} · ${device} · ${kinds.join(', ')} · ${kid}`)}</small></span>
<button type="button" data-act="admit" data-kid="${kid}">${text('page.signing.admit')}</button></li>`;
  const list = requests.length === 0 ? `<p class="quiet">${text('page.signing.noneWaits')}</p>` : '';
  return `<h2>${text('page.signing.waiting')}</h2>\n<p class="quiet" data-place="roots" hidden></p>\n${list}<ul class="list">${requests.map(line).join('\n')}</ul>`;
}
