import type { Caller, CallerSession } from '../../../access/caller.js';
import type { Language, MessageKey } from '../../../common/messages/messages.js';
import type { OwnSession } from '../console-sessions.js';
import { dateFormat, escapeHtml, type HtmlText, type Page } from './page.js';

/** What the page shows of the officer who looks at it. */
export interface Account {
  caller: Caller;
  session: CallerSession;
  sessions: readonly OwnSession[];
  title: string;
}

/** "Your account": who is signed in, with which roles, and every session, each of which can be ended. */
export function accountPage({ caller, session, sessions, title }: Account, language: Language): Page {
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
<button type="button" class="plain" data-act="post" data-path="/sign-out">${text('page.account.signOut')}</button></div>
<h2>${text('page.account.sessions')}</h2>
<ul class="list">${sessions.map((own) => line(own, text)).join('\n')}</ul>`,
  };
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
