import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyInstance } from 'fastify';

const COOKIE = '__Host-liaison-language';
const A_YEAR = 365 * 86_400;

/**
 * Whoever chooses a language on a page (`?lang=vi`) is answered in it by every later page of this browser, errors and redirects included:
 * it stands in the place of the browser's Accept-Language. A page's own requests say the language of the page.
 */
export function rememberLanguage(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    // The pages' files are the same in every language, and kept by whoever passes them on.
    if (request.method !== 'GET' || request.routeOptions.url?.startsWith('/pages/')) return;
    const { cookie } = request.headers;
    const chosen = asLanguage((request.query as Record<string, unknown>)['lang']);
    const language = chosen ?? asLanguage(cookie === undefined ? undefined : parseCookie(cookie)[COOKIE]);
    if (language !== undefined) request.headers['accept-language'] = language;
    if (chosen === undefined) return;
    const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax', maxAge: A_YEAR } as const;
    void reply.header('set-cookie', stringifySetCookie({ name: COOKIE, value: chosen, ...attributes }));
  });
}

function asLanguage(text: unknown): string | undefined {
  return text === 'en' || text === 'vi' ? text : undefined;
}
