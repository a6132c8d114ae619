import type { Language } from '../common/messages/messages.js';
import { escapeHtml, type Page } from '../session/people/pages/page.js';
import { AGENCIES, type WorldAgency } from './world/directory.js';

/** Every officer of the demonstration, by agency, each with a button. */
export function demoSignInPage(language: Language): Page {
  const pick = <T>(en: T, vi: T): T => (language === 'vi' ? vi : en);
  const listOf = ({ agency, officers }: WorldAgency, act: string): string => {
    const lines = officers.map(({ pseudonym, titleEn, titleVi, unit }) => {
      const body = escapeHtml(JSON.stringify({ agency: agency.id, officer: pseudonym }));
      const title = escapeHtml(pick(titleEn, titleVi));
      return `<li><span>${title}<small>${escapeHtml(unit)}</small></span>
<button type="button" class="plain" data-act="post" data-path="/demo/sign-in" data-body="${body}" aria-label="${act}: ${title}">${act}</button></li>`;
    });
    return `<h2>${escapeHtml(pick(agency.nameEn, agency.nameVi))}</h2>\n<ul class="list">${lines.join('\n')}</ul>`;
  };
  return {
    name: 'demo-sign-in',
    title: 'demo.signIn',
    isWide: true,
    body: (text) => `<p>${text('demo.signInHow')}</p>
${AGENCIES.map((agency) => listOf(agency, text('demo.signInAct'))).join('\n')}`,
  };
}
