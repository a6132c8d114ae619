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
<p class="quiet">${text('page.signIn.noPasskey')}</p>
${passwordForm(text)}`,
  };
}

/** Closed until it is wanted: whoever has a passkey never types a password here. */
function passwordForm(text: HtmlText): string {
  return `<details><summary>${text('page.password.signIn')}</summary>
<p class="quiet">${text('page.password.limits')}</p>
<form data-path="/sign-in/password">
${field(text('page.password.name'), 'name="name" autocomplete="username" autocapitalize="characters" spellcheck="false"')}
${field(text('page.password.password'), 'name="password" type="password" autocomplete="current-password"')}
${field(text('page.password.code'), CODE)}
<button>${text('page.password.act')}</button>
</form></details>`;
}

/** Chosen and shown only when the device makes no passkey; the script asks for the offer then. */
function passwordEnrolment(text: HtmlText): string {
  return `<details data-enrol-password hidden><summary>${text('page.password.instead')}</summary>
<p class="quiet">${text('page.password.limits')}</p>
<p>${text('page.password.how')}</p>
<form data-path="/enrol/password">
<p><svg data-qr role="img" aria-label="${text('page.password.qr')}" viewBox="0 0 1 1"><path/></svg></p>
<p data-name="${text('page.password.yourName', { name: '{}' })}"></p>
<p class="quiet" data-secret="${text('page.password.secret', { secret: '{}' })}"></p>
<input type="text" name="username" autocomplete="username" readonly hidden>
${field(text('page.password.password'), 'name="password" type="password" autocomplete="new-password" minlength="15"')}
${field(text('page.password.again'), 'name="again" type="password" autocomplete="new-password" minlength="15"')}
${field(text('page.password.code'), CODE)}
<button>${text('page.password.set')}</button>
</form></details>`;
}

const CODE = 'name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,8}"';

function field(label: string, attributes: string): string {
  return `<label>${label}<input required maxlength="200" ${attributes}></label>`;
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
  texts: { added: 'page.enrol.added' },
  body: (text) => `<p><strong data-enrollee></strong></p>
<p>${text('page.enrol.how')}</p>
<p class="quiet" data-replaces>${text('page.enrol.replaces')}</p>
<p class="quiet" data-adds hidden>${text('page.enrol.adds')}</p>
<div class="acts"><button type="button" data-act="enrol" hidden>${text('page.enrol.act')}</button></div>
<template data-issuer><button type="button" class="plain" data-act="enrol-with">${text('page.enrol.with')} <span></span></button></template>
${passwordEnrolment(text)}`,
};

function demonstrationLink(text: HtmlText, page: string | undefined): string {
  return page === undefined ? '' : `\n<a class="button plain" href="${page}">${text('page.signIn.demonstration')}</a>`;
}
