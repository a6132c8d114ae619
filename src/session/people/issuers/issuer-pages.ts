import type { HubError } from '../../../common/errors.js';
import type { Language } from '../../../common/messages/messages.js';
import { escapeHtml, type Page } from '../pages/page.js';
import type { IssuerChoice } from './trusted-issuer.js';

/** A link for each issuer, as HTML. */
export function issuerLinks(issuers: readonly IssuerChoice[], language: Language): string {
  return issuers
    .map(({ id, nameEn, nameVi }) => {
      const name = escapeHtml(language === 'vi' ? nameVi : nameEn);
      return `\n<a class="button plain" href="/sign-in/with/${id}">${name}</a>`;
    })
    .join('');
}

/** "Signed in": leads on by itself, and by a link where the browser does not follow. */
export const SIGNED_IN_PAGE: Page = {
  name: 'signed-in',
  title: 'page.signedIn.title',
  body: (text) => `<div class="acts"><a class="button" href="/account">${text('page.signedIn.on')}</a></div>`,
};

/** "Not signed in": one sentence that says what to do next. */
export function notSignedInPage({ key, details }: HubError): Page {
  return {
    name: 'not-signed-in',
    title: 'page.notSignedIn.title',
    body: (text) => `<p>${text(key, details.params)}</p>
<div class="acts"><a class="button" href="/sign-in">${text('page.notSignedIn.again')}</a></div>`,
  };
}
