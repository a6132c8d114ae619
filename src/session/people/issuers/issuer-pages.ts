import type { Language } from '../../../common/messages/messages.js';
import { escapeHtml, type Page } from '../pages/page.js';
import type { IssuerChoice } from './trusted-issuer.js';

/** A link for each issuer, as HTML; `query` goes along. */
export function issuerLinks(issuers: readonly IssuerChoice[], language: Language, query = ''): string {
  return issuers
    .map(({ id, nameEn, nameVi }) => {
      const name = escapeHtml(language === 'vi' ? nameVi : nameEn);
      return `\n<a class="button plain" href="/sign-in/with/${id}${query}">${name}</a>`;
    })
    .join('');
}

/** "Signed in": leads on by itself, and by a link where the browser does not follow. */
export const SIGNED_IN_PAGE: Page = {
  name: 'signed-in',
  title: 'page.signedIn.title',
  body: (text) => `<div class="acts"><a class="button" href="/account">${text('page.signedIn.on')}</a></div>`,
};
