import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of addresses, parsed once when the configuration is read. */
export interface Network {
  /** As written: `10.20.0.0/16`. */
  readonly cidr: string;
  readonly base: Address;
  readonly bits: number;
}

/** Networks by the name that rulebook pages use. */
export type NamedNetworks = ReadonlyMap<string, readonly Network[]>;

/** RFC 7239 Section 6.2: what stands for an address that cannot be told. It is in no network. */
export const UNKNOWN_ADDRESS = 'unknown';

/** Addresses seen of late: each request names one several times, and most come from few. */
const parsed = new Map<string, Address | undefined>();
const MOST_PARSED = 2_000;
const LONGEST_ADDRESS = 64;

function parseAddress(text: string): Address | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  if (parsed.has(text)) return parsed.get(text);
  if (parsed.size >= MOST_PARSED) parsed.clear();
  const address = readAddress(text);
  parsed.set(text, address);
  return address;
}

/** Only the four-part decimal form and RFC 4291 text are addresses; `127.1` or `0x7f.1` are not. */
function readAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  const six = ipaddr.IPv6.parse(text);
  // RFC 4291 Section 2.5.5.2: how a dual-stack socket shows an IPv4 client.
  return six.isIPv4MappedAddress() ? six.toIPv4Address() : six;
}

/**
 * @param cidr `10.20.0.0/16` or `2001:db8::/32`.
 * @returns undefined where it is no such range, where bits are set beyond the prefix (a typing mistake as likely as
 * not), or where it is an IPv4-mapped range, which no normalised address is in.
 */
export function parseNetwork(cidr: string): Network | undefined {
  const [text, prefix, ...more] = cidr.split('/');
  if (text === undefined || prefix === undefined || more.length > 0 || !/^\d{1,3}$/.test(prefix)) return undefined;
  const base = parseAddress(text);
  const bits = Number(prefix);
  if (base === undefined || bits > base.toByteArray().length * 8) return undefined;
  if (base.kind() === 'ipv4' && text.includes(':')) return undefined;
  const spare = base.toByteArray().some((byte, i) => (byte & (0xff >> Math.min(8, Math.max(0, bits - i * 8)))) !== 0);
  return spare ? undefined : { cidr, base, bits };
}

function within(address: Address, network: Network): boolean {
  if (address instanceof ipaddr.IPv4) {
    return network.base instanceof ipaddr.IPv4 && address.match(network.base, network.bits);
  }
  return network.base instanceof ipaddr.IPv6 && address.match(network.base, network.bits);
}

/**
 * @param address textual IP address; IPv4-mapped IPv6 counts as IPv4.
 * @returns the names of the networks it is in, sorted; none where `address` is not one.
 */
export function networksOf(address: string, networks: NamedNetworks): readonly string[] {
  const at = parseAddress(address);
  if (at === undefined) return [];
  const names: string[] = [];
  for (const [name, ranges] of networks) {
    if (ranges.some((range) => within(at, range))) names.push(name);
  }
  return names.sort();
}

/**
 * The address a request came from. `X-Forwarded-For` counts only as far as configured proxies wrote it: the header is
 * read from the right, and the first address that is not a proxy's is the client's.
 *
 * @param socketAddress address of the peer of the TCP connection, if it is still known.
 * @param forwardedFor the header's value; several headers joined by commas.
 * @returns normalised text, or `unknown` where a proxy did not say or wrote something else than an address. The proxy's
 * own address is never taken for the client's: it may lie in a network that the client is not in.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: readonly Network[],
): string {
  const trusted = (address: Address) => trustedProxies.some((range) => within(address, range));
  const peer = parseAddress(socketAddress ?? '');
  if (peer === undefined) return UNKNOWN_ADDRESS;
  if (!trusted(peer)) return peer.toString();
  const hops = (forwardedFor ?? '').split(',').map((hop) => parseAddress(hop.trim()));
  for (const hop of hops.toReversed()) {
    if (hop === undefined) return UNKNOWN_ADDRESS;
    if (!trusted(hop)) return hop.toString();
  }
  return hops[0]?.toString() ?? UNKNOWN_ADDRESS;
}

/** The network that requests of unknown callers are counted under: /24 of IPv4, /64 of IPv6. Not an address: no person. */
export function originNetwork(address: string): string {
  const known = parseAddress(address);
  if (known === undefined) return UNKNOWN_ADDRESS;
  const bits = known.kind() === 'ipv4' ? 24 : 64;
  const bytes = known.toByteArray().map((byte, i) => (i * 8 < bits ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
