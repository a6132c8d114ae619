import type { Caller, CallerSession } from '../../../access/caller.js';
import type { Language, MessageKey } from '../../../common/messages/messages.js';
import type { OwnSession } from '../console-sessions.js';
import type { OwnPasskey } from '../own-passkeys.js';
import { dateFormat, escapeHtml, type HtmlText, type Page } from './page.js';

/** What the page shows of the officer who looks at it. */
export interface Account {
  caller: Caller;
  session: CallerSession;
  sessions: readonly OwnSession[];
  passkeys: readonly OwnPasskey[];
  title: string;
}

/** "Your account": who is signed in, with which roles, and every session and passkey, each of which can be ended. */
export function accountPage({ caller, session, sessions, passkeys, title }: Account, language: Language): Page {
  const when = dateFormat(language);
  const line = (own: OwnSession, text: HtmlText): string => {
    const times = text('page.account.times', { began: when.format(own.beganAt), seen: when.format(own.seenAt) });
    const end = own.isCurrent
      ? `<small>${text('page.account.thisOne')}</small>`
      : `<button type="button" class="plain" data-act="end-session" data-id="${own.id}">${text('page.account.end')}</button>`;
    return `<li><span>${escapeHtml(browserIn(own.userAgent)) || text('page.account.unknownBrowser')}<small>${times}</small></span>${end}</li>`;
  };
  return {
    name: 'account',
    title: 'page.account.title',
    csrf: session.csrf,
    isWide: true,
    body: (
      text,
    ) => `<p><strong>${escapeHtml(title)}</strong><br>${escapeHtml(`${caller.unitId} · ${caller.officer ?? ''}`)}</p>
<p>${session.roles.map((role) => text(`role.${role}` as MessageKey)).join(' · ')}</p>
<p class="quiet">${text(strengthOf(session))}</p>
<div class="acts">${session.isFresh || session.acr === 'aal2' ? '' : `<a class="button" href="/step-up">${text('page.stepUp.title')}</a>`}
${session.acr === 'aal2' ? '' : `<a class="button plain" href="/signing">${text('page.account.signing')}</a>`}
${caller.permissions.has('officers.enrol') ? `<a class="button plain" href="/administration">${text('page.administration.title')}</a>` : ''}
<button type="button" class="plain" data-act="post" data-path="/sign-out">${text('page.account.signOut')}</button></div>
${passkeys.length === 0 ? '' : passkeyList(passkeys, text, language)}<h2>${text('page.account.sessions')}</h2>
<ul class="list">${sessions.map((own) => line(own, text)).join('\n')}</ul>`,
  };
}

/** The officer's passkeys; one that was added waits for a button, and the last one has none. */
function passkeyList(passkeys: readonly OwnPasskey[], text: HtmlText, language: Language): string {
  const when = dateFormat(language);
  const inForce = passkeys.filter(({ isApproved }) => isApproved).length;
  const line = ({ id, device, userAgent, madeAt, usedAt, isApproved }: OwnPasskey): string => {
    const browser = browserIn(userAgent) || text('page.account.unknownBrowser');
    const made = text('page.passkeys.made', { at: when.format(madeAt), browser });
    const used = usedAt ? ` · ${text('page.passkeys.used', { at: when.format(usedAt) })}` : '';
    const approve = isApproved
      ? ''
      : `<button type="button" data-act="approve-passkey" data-id="${id}">${text('page.passkeys.approve')}</button>`;
    const remove =
      isApproved && inForce < 2
        ? ''
        : `<button type="button" class="plain" data-act="remove-passkey" data-id="${id}" data-sure="${text('page.passkeys.sureRemove')}">${text('page.passkeys.remove')}</button>`;
    const state = isApproved ? '' : `<small><strong>${text('page.passkeys.waits')}</strong></small>`;
    return `<li><span>${escapeHtml(device ?? text('page.passkeys.first'))}<small>${made}${used}</small>${state}</span>${approve}${remove}</li>`;
  };
  return `<h2>${text('page.passkeys.title')}</h2>
<ul class="list" data-place="passkeys">${passkeys.map(line).join('\n')}</ul>
<p class="row"><label>${text('page.passkeys.device')}<input name="device" maxlength="60" autocomplete="off"></label>
<button type="button" class="plain" data-act="link-passkey">${text('page.passkeys.add')}</button></p>
<div data-place="link" hidden><p>${text('page.passkeys.how')}</p><p><svg data-qr role="img" aria-label="${text('page.passkeys.qr')}" viewBox="0 0 1 1"><path/></svg></p>
<p class="quiet" data-place="address"></p><p>${text('page.passkeys.then')}</p>
<p><a class="button plain" href="/account">${text('page.passkeys.look')}</a></p></div>
`;
}

function strengthOf({ acr, isFresh }: CallerSession): MessageKey {
  if (acr === 'aal2') return 'page.password.cannotConfirm';
  return isFresh ? 'page.account.fresh' : 'page.account.notFresh';
}

/** Browser and system as a person would name them; the header itself when it names neither. */
function browserIn(userAgent: string): string {
  const [, name, version] =
    /\b(Edg|OPR|Firefox|Chrome|HeadlessChrome|Version)\/(\d+)(?!.*\b(?:Edg|OPR)\/)/.exec(userAgent) ?? [];
  const system = /Windows|Android|iPhone|iPad|Mac OS X|Linux/.exec(userAgent)?.[0];
  if (name === undefined) return userAgent;
  return [`${NAMES[name] ?? name} ${version}`, system].filter(Boolean).join(', ');
}

const NAMES: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', HeadlessChrome: 'Chrome', Version: 'Safari' };
