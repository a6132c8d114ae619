import type { HubIdentity } from '../common/hub-identity.js';
import { type Language, message } from '../common/messages/messages.js';
import { exampleCurl } from './example.js';

/** The demonstration's front page: what this is and what to try. The console will take its place. */
export function frontPage(hub: HubIdentity, home: string, language: Language): string {
  const text = (key: Parameters<typeof message>[0]): string => escapeHtml(message(key, language, { hub: hub.id }));
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Liaison Hub</title>
<link rel="stylesheet" href="/demo/front-page.css">
</head>
<body>
<p class="fictional">${text('demo.fictional')}</p>
<h1>Liaison Hub</h1>
<p>${text('demo.what')}</p>
<p><a href="/demo/sign-in">${text('demo.trySignIn')}</a></p>
<h2>${text('demo.tryInbox')}</h2>
<pre><code>${escapeHtml(exampleCurl(hub.publicUrl))}</code></pre>
<h2>${text('demo.tryCli')}</h2>
<pre><code>npx liaison inbox --home "${escapeHtml(home)}"</code></pre>
<h2>${text('demo.tryStory')}</h2>
<pre><code>npm run demo</code></pre>
<h2>${text('demo.forPrograms')}</h2>
<p><a href="/schemas">/schemas</a> · <a href="/healthz">/healthz</a> · <a href="/oidc/.well-known/openid-configuration">OpenID</a></p>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
