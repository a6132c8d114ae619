import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where an issuer is: anywhere on the Internet, or, where the operator has said so, in a network of the administration's own. */
export type IssuerNetwork = 'public' | 'private';

/** The ranges of the IANA special-purpose registries (RFC 6890) that an issuer may have its address in. Link-local is never among them. */
const RANGES: Readonly<Record<IssuerNetwork, ReadonlySet<string>>> = {
  public: new Set(['unicast']),
  private: new Set(['unicast', 'private', 'uniqueLocal', 'carrierGradeNat', 'loopback']),
};
/** Global unicast, as far as it is given out (RFC 4291 section 2.4). */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** An issuer's address is in a network that the hub does not ask in. */
export class AddressRefused extends Error {
  constructor(network: IssuerNetwork) {
    super(network === 'public' ? 'an address that is not public' : 'an address that no issuer has');
  }
}

/** Whether the hub may ask an issuer of this network at this IP address; an IPv4 address within IPv6 counts as what it is. */
export function mayAskAt(address: string, network: IssuerNetwork): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  const range = ip.range();
  if (range === 'unicast' && ip.kind() === 'ipv6') return ip.match(GLOBAL_IPV6);
  return RANGES[network].has(range);
}

/** Whether the host of an address is an IP address, however it is written, at which the hub may not ask. What a name leads to shows when it is asked. */
export function isRefusedLiteral(url: string, network: IssuerNetwork): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && !mayAskAt(host, network);
}

/**
 * dns.lookup for a connection that is made at once to exactly what it gives: a name that has any other address as well, at this very
 * moment, has none.
 */
export function vettedLookup(network: IssuerNetwork): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) callback(error, []);
      else if (!found.every(({ address }) => mayAskAt(address, network))) callback(new AddressRefused(network), []);
      else if (options.all) callback(null, found);
      else callback(null, found[0]!.address, found[0]!.family);
    });
  };
}
