import { isIP } from 'node:net';
import { ConfigurationError } from '../../domain/configuration-error.ts';

/** An identity provider that the partnership trusts, and how its access tokens must look. */
export interface IssuerOptions {
  /** `iss`, character for character. */
  readonly issuer: string;
  /** The gateway's own name in `aud`. */
  readonly audience: string;
  /** JWS algorithms pinned for this issuer; asymmetric ones only. */
  readonly algorithms: readonly string[];
  /** Where its keys are; without it, the issuer's metadata says (OpenID Connect Discovery, RFC 8414). */
  readonly jwksUri?: string;
}

/** RFC 7518, RFC 8037, RFC 9864. A shared secret would let whoever can check a token also make one. */
const ASYMMETRIC: ReadonlySet<string> = new Set(
  'ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512 EdDSA Ed25519'.split(' '),
);

function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Whether keys may be fetched from an address: https, or http where both the issuer and the address are on this
 * machine. Whoever can change keys on the way can be anybody.
 */
export function mayFetch(address: string, issuer: string): boolean {
  const url = URL.parse(address);
  const owner = URL.parse(issuer);
  if (url === null || owner === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url) && isLoopback(owner));
}

/** @throws ConfigurationError naming issuer, key and what was expected. */
export function checkIssuers(issuers: readonly IssuerOptions[]): void {
  const problems: string[] = issuers.length === 0 ? ['issuers: expected at least one'] : [];
  const seen = new Set<string>();
  for (const { issuer, audience, algorithms, jwksUri } of issuers) {
    const say = (problem: string) => problems.push(`issuer ${issuer}: ${problem}`);
    if (seen.has(issuer)) say('configured twice');
    seen.add(issuer);
    if (!mayFetch(issuer, issuer) || /[?#]/.test(issuer)) say('expected an https address without query or fragment');
    if (audience.trim() === '') say('audience: expected the name of this gateway');
    if (algorithms.length === 0) say('algorithms: expected at least one');
    for (const alg of algorithms) if (!ASYMMETRIC.has(alg)) say(`algorithms: ${alg} is not an asymmetric algorithm`);
    if (jwksUri !== undefined && !mayFetch(jwksUri, issuer)) say('jwksUri: expected an https address');
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}
