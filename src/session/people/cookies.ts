import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';

/**
 * The console's cookies. `__Host-` (RFC 6265bis 4.1.3.2): only this very host can have set them, over TLS or on this machine.
 * The first is the session; the second marks the browser during sign-in or enrolment.
 */
export type CookieName = '__Host-liaison' | '__Host-liaison-login';

const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** The secret in a cookie, undefined when there is none or it cannot be one of ours. */
export function secretIn({ cookie }: IncomingHttpHeaders, name: CookieName): string | undefined {
  const value = cookie === undefined ? undefined : parseCookie(cookie)[name];
  return value !== undefined && SECRET.test(value) ? value : undefined;
}

/**
 * A Set-Cookie that no script can read; without `seconds` it lasts as long as the browser. No other site makes the browser send the
 * session. The mark comes along when an issuer's page leads back to us (Lax): it opens nothing by itself.
 */
export function setCookie(name: CookieName, value: string, seconds?: number): string {
  return stringifySetCookie({
    name,
    value,
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: name === '__Host-liaison-login' ? 'lax' : 'strict',
    ...(seconds === undefined ? {} : { maxAge: seconds }),
  });
}

export function clearCookie(name: CookieName): string {
  return setCookie(name, '', 0);
}
