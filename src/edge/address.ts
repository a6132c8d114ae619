import { isIP } from 'node:net';

/**
 * The address in what the connection or a proxy said of it, undefined when it is none. Some proxies add the client's port, which it chooses
 * freely; the zone of an IPv6 address (RFC 4007) means something on one machine alone.
 */
export function addressOf(text: string): string | undefined {
  const [ip = ''] = text
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .split('%');
  return isIP(ip) === 0 ? undefined : ip;
}
