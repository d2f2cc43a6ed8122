import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { HttpConnector } from '../../domain/dataset.ts';

/** Where a holder's host may turn out to stand. `loopback`: this very machine, because the configuration says so. */
export type Reach = 'loopback' | 'public' | 'private';

/** Thrown at connecting; it says no more than that the address is not one this holder may have. */
export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
  constructor() {
    super('the host stands at an address that the configuration does not allow');
    this.name = 'AddressRefused';
  }
}

/** Kinds of address by what the host's reach is. Link-local is in none: cloud machines tell their secrets there. */
const KINDS: Readonly<Record<Reach, ReadonlySet<string>>> = {
  loopback: new Set(['loopback']),
  public: new Set(['unicast']),
  private: new Set(['unicast', 'private', 'uniqueLocal', 'carrierGradeNat']),
};
/** RFC 3879: deprecated, and still routed inside some networks. */
const SITE_LOCAL = ipaddr.parseCIDR('fec0::/10');

/** IPv4-mapped IPv6 counts as the IPv4 address inside. */
function kindOf(text: string): string | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  if (address.kind() === 'ipv6' && address.match(SITE_LOCAL)) return 'siteLocal';
  return address.range();
}

/** What a URL's host name is without the brackets of RFC 3986 Section 3.2.2. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** @param hostname as `URL` gives it. */
export function reachOf(hostname: string, connector: Pick<HttpConnector, 'privateAddress'>): Reach {
  if (hostname === 'localhost' || kindOf(bareHost(hostname)) === 'loopback') return 'loopback';
  return connector.privateAddress === true ? 'private' : 'public';
}

/** @param address textual IP address; anything else is not allowed. */
export function mayReach(address: string | undefined, reach: Reach): boolean {
  const kind = address === undefined ? undefined : kindOf(address);
  return kind !== undefined && KINDS[reach].has(kind);
}

/**
 * Name look-up that hands on only what may be connected to: a name under somebody else's control can point anywhere,
 * and elsewhere the next time (DNS rebinding). What it gives is what the socket connects to; nothing is looked up twice.
 */
export function guardedLookup(reach: Reach, resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const all = typeof found === 'string' ? [{ address: found, family: found.includes(':') ? 6 : 4 }] : found;
      const allowed = all.filter(({ address }) => mayReach(address, reach));
      const [first] = allowed;
      if (first === undefined) return callback(new AddressRefused(), '', 0);
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}
