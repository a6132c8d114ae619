import type { PeopleOptions } from '../people-options.js';
import type { HtmlText, Page } from './page.js';

/** "Sign in": with a passkey, at a national issuer (`issuers` is HTML), or in a demonstration with a click. */
export function signInPage({ demonstrationPage }: PeopleOptions, csrf: string | undefined, issuers: string): Page {
  return {
    name: 'sign-in',
    title: 'page.signIn.title',
    csrf,
    needsPasskey: true,
    body: (text) => `<p>${text('page.signIn.how')}</p>
<div class="acts"><button type="button" data-act="sign-in" autofocus>${text('page.signIn.act')}</button>${issuers}${demonstrationLink(text, demonstrationPage)}</div>
<p class="quiet">${text('page.signIn.noPasskey')}</p>`,
  };
}

/** "Step up": the passkey again, or the officer's national issuer (`issuers` is HTML), before something that cannot be taken back. */
export function stepUpPage({ demonstrationPage }: PeopleOptions, csrf: string, issuers: string): Page {
  return {
    name: 'step-up',
    title: 'page.stepUp.title',
    csrf,
    needsPasskey: true,
    body: (text) => `<p>${text('page.stepUp.why')}</p>
<div class="acts"><button type="button" data-act="step-up" autofocus>${text('page.stepUp.act')}</button>${issuers}
<a class="button plain" href="/account">${text('page.back')}</a>${demonstrationLink(text, demonstrationPage)}</div>`,
  };
}

/** "Enrol": makes the passkey for whoever holds the link. */
export const ENROL_PAGE: Page = {
  name: 'enrol',
  title: 'page.enrol.title',
  needsPasskey: true,
  body: (text) => `<p><strong data-enrollee></strong></p>
<p>${text('page.enrol.how')}</p>
<p class="quiet">${text('page.enrol.replaces')}</p>
<div class="acts"><button type="button" data-act="enrol" hidden>${text('page.enrol.act')}</button></div>
<template data-issuer><button type="button" class="plain" data-act="enrol-with">${text('page.enrol.with')} <span></span></button></template>`,
};

function demonstrationLink(text: HtmlText, page: string | undefined): string {
  return page === undefined ? '' : `\n<a class="button plain" href="${page}">${text('page.signIn.demonstration')}</a>`;
}
