import { visible } from '../../../common/visible-text.js';
import { type Language, message, type MessageKey, type MessageParams } from '../../../common/messages/messages.js';
import { addressOf } from '../page-files.js';

/** A sentence of the catalogue, safe inside HTML. */
export type HtmlText = (key: MessageKey, params?: MessageParams) => string;

/** One of the hub's plain pages. `body` is HTML. */
export interface Page {
  name: string;
  title: MessageKey;
  body: (text: HtmlText) => string;
  /** Proof for the session's requests; absent when nobody is signed in. */
  csrf?: string | undefined;
  needsPasskey?: boolean;
  isWide?: boolean;
  /** A script of its own, besides the one of every page. */
  script?: 'signing' | 'administration';
  /** What that script needs to know, and what it may have to say. */
  data?: Readonly<Record<string, string>>;
  texts?: Readonly<Record<string, MessageKey>>;
}

/** What the script may have to say; it has no words of its own. */
const SCRIPT_TEXTS = {
  working: 'page.working',
  cancelled: 'page.cancelled',
  unsupported: 'page.unsupported',
  unexpected: 'page.unexpected',
  unreachable: 'page.unreachable',
  'no-link': 'page.noLink',
  differ: 'page.password.differ',
} as const satisfies Record<string, MessageKey>;

/** Everything that a page loads is the hub's own; it cannot be framed, and a form goes nowhere. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'`,
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'publickey-credentials-get=(self), publickey-credentials-create=(self)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** What every page knows of the hub. */
interface Surroundings {
  isDemonstration: boolean;
  /** The documents that the script may ask: operation and id. */
  documents?: Readonly<Record<string, string>>;
}

/** The page as HTML. It works with a keyboard and on a phone; what it does needs its script, and says so without. */
export function renderPage(page: Page, language: Language, { isDemonstration, documents = {} }: Surroundings): string {
  const text: HtmlText = (key, params) => escapeHtml(message(key, language, params));
  const texts = { ...SCRIPT_TEXTS, ...page.texts };
  const data = Object.entries(texts).map(([name, key]) => `data-${name}="${text(key)}"`);
  Object.entries(page.data ?? {}).forEach(([name, value]) => data.push(`data-${name}="${escapeHtml(value)}"`));
  if (page.csrf !== undefined) data.push(`data-csrf="${escapeHtml(page.csrf)}"`);
  data.push(`data-documents="${escapeHtml(JSON.stringify(documents))}"`);
  if (page.needsPasskey) data.push('data-needs-passkey="yes"');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(page.title)} – Liaison Hub</title>
<link rel="stylesheet" href="${addressOf('page.css')}">
<script type="module" src="${addressOf('browser')}"></script>
${page.script === undefined ? '' : `<script type="module" src="${addressOf(page.script)}"></script>`}
</head>
<body>
${isDemonstration ? `<p class="fictional">${text('demo.fictional')}</p>` : ''}
<header><strong>Liaison Hub</strong><nav><a href="?lang=en" lang="en" hreflang="en">English</a> · <a href="?lang=vi" lang="vi" hreflang="vi">Tiếng Việt</a></nav></header>
<main data-page="${page.name}"${page.isWide ? ' class="wide"' : ''} ${data.join(' ')}>
<h1>${text(page.title)}</h1>
<p role="status"></p>
${page.body(text)}
<noscript><p>${text('page.noScript')}</p></noscript>
</main>
<footer><span>${text('page.confidential')}</span></footer>
</body>
</html>
`;
}

/** Days and times as the pages write them: UTC, in the reader's language. */
export function dateFormat(language: Language, style: 'day' | 'time' = 'time'): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeZone: 'UTC',
    ...(style === 'time' ? { timeStyle: 'short' } : {}),
  });
}

/** Text as it may stand in HTML, with what does not show made visible. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
