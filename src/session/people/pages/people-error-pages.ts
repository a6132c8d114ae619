import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type ErrorPage, ErrorPages } from '../../../common/error-pages.js';
import type { Language, MessageKey } from '../../../common/messages/messages.js';
import { PEOPLE_OPTIONS, type PeopleOptions } from '../people-options.js';
import { escapeHtml, type Page, PAGE_HEADERS, renderPage } from './page.js';

/** The routes that officers open in a browser, and what an error there is headed with. */
const HEADINGS: Readonly<Record<string, MessageKey>> = {
  '/sign-in': 'page.refused.title',
  '/enrol': 'page.refused.title',
  '/step-up': 'page.refused.title',
  '/account': 'page.refused.title',
  '/signing': 'page.refused.title',
  '/administration': 'page.refused.title',
  '/sign-in/with/:issuer': 'page.notSignedIn.title',
  '/sign-in/return': 'page.notSignedIn.title',
  '/sign-in/return/:issuer': 'page.notSignedIn.title',
  '/oidc/auth': 'page.notSignedIn.title',
  '/oidc/auth/:uid': 'page.notSignedIn.title',
};

/** Errors on the pages of sign-in and account: one sentence that says what to do next, and the way back to sign-in. */
@Injectable()
export class PeopleErrorPages extends ErrorPages {
  constructor(@Inject(PEOPLE_OPTIONS) private readonly options: PeopleOptions) {
    super();
  }

  override pageFor(
    { method, routeOptions }: FastifyRequest,
    sentence: string,
    language: Language,
  ): ErrorPage | undefined {
    const title = method === 'POST' ? undefined : HEADINGS[routeOptions.url ?? ''];
    if (title === undefined) return undefined;
    const page: Page = {
      name: 'error',
      title,
      body: (text) => `<p>${escapeHtml(sentence)}</p>
<div class="acts"><a class="button" href="/sign-in">${text('page.notSignedIn.again')}</a></div>`,
    };
    const isDemonstration = this.options.demonstrationPage !== undefined;
    return { headers: PAGE_HEADERS, html: renderPage(page, language, { isDemonstration }) };
  }
}
