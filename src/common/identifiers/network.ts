import { isIP } from 'node:net';

/** Whether this is an IP address, or a network such as 10.0.0.0/8 or 2001:db8::/32. */
export function isNetwork(text: unknown): boolean {
  const [address = '', bits, ...rest] = String(text).split('/');
  const most = isIP(address) === 4 ? 32 : 128;
  const isInRange = bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most);
  // A zone (RFC 4007) means something on one machine alone.
  return isIP(address) > 0 && !address.includes('%') && rest.length === 0 && isInRange;
}
