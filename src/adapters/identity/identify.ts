import { type CryptoKey, compactVerify } from 'jose';
import type { Caller } from '../../domain/caller.ts';
import { digestOf } from '../../domain/digest.ts';
import { type Instant, SECOND } from '../../domain/time.ts';
import { UnknownCaller } from '../../domain/unknown-caller.ts';
import { type IssuerKeys, issuerKeys } from './issuer-keys.ts';
import { fetchKeys } from './metadata.ts';
import { checkIssuers, type IssuerOptions } from './options.ts';
import { type Claims, credentialsIn, type ReadToken, readToken } from './token.ts';
import { verdicts } from './verdicts.ts';

export type { IssuerOptions } from './options.ts';

/** Clocks of provider and gateway may differ by so much. */
const LEEWAY = 30 * SECOND;

/**
 * Who sends a request, by the `Authorization` header.
 * Throws UnknownCaller with the reason, or Fault('identity/unavailable') where a trusted issuer's keys cannot be had.
 */
export type Identify = (authorizationHeader: string | undefined, now: Instant) => Promise<Caller>;

interface Trusted {
  readonly options: IssuerOptions;
  readonly keys: IssuerKeys;
}

async function checkSignature(token: string, key: CryptoKey | undefined, alg: string): Promise<void> {
  if (key === undefined) throw new UnknownCaller('token/signature');
  try {
    await compactVerify(token, key, { algorithms: [alg] });
  } catch {
    throw new UnknownCaller('token/signature');
  }
}

/** RFC 7519 section 4.1: outside its time for whatever reason is `token/expired`. */
function checkClaims(claims: Claims, options: IssuerOptions, now: Instant): void {
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : claims.aud;
  if (!audiences.includes(options.audience)) throw new UnknownCaller('token/audience');
  const begun = Math.max(claims.iat, claims.nbf ?? claims.iat) * SECOND <= now + LEEWAY;
  const ended = claims.exp * SECOND <= now - LEEWAY;
  if (!begun || ended) throw new UnknownCaller('token/expired');
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

/** What the provider says of the sign-in counts only in the right type; a sign-in yet to come is none. */
function callerOf(claims: Claims, now: Instant): Caller {
  const { acr, amr, auth_time: authTime } = claims;
  const signedIn = typeof authTime === 'number' && authTime > 0 ? authTime * SECOND : undefined;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    ...(typeof acr === 'string' ? { acr } : {}),
    ...(isTexts(amr) ? { amr } : {}),
    ...(signedIn !== undefined && signedIn <= now + LEEWAY ? { authTime: signedIn } : {}),
    bound: false,
    ...(claims.jti === undefined ? {} : { tokenId: digestOf(claims.jti) }),
  };
}

/**
 * Recognises callers by JWT access tokens (RFC 9068) of trusted issuers. Algorithm and keys are what the configuration
 * and the issuer say, never what the token says. A token bound to a key (`cnf`, RFC 7800) is refused: proofs of
 * possession are not read yet, and without one a stolen token would do.
 * @throws ConfigurationError where an issuer's options leave a doubt.
 */
export function createIdentifier(options: { readonly issuers: readonly IssuerOptions[] }): Identify {
  checkIssuers(options.issuers);
  const trusted = new Map<string, Trusted>(
    options.issuers.map((of) => [of.issuer, { options: of, keys: issuerKeys(of.issuer, () => fetchKeys(of)) }]),
  );
  const known = verdicts();

  const verify = async (token: string, read: ReadToken, now: Instant): Promise<void> => {
    const issuer = trusted.get(read.claims.iss);
    if (issuer === undefined) throw new UnknownCaller('token/issuer');
    const { alg, kid } = read;
    if (!issuer.options.algorithms.includes(alg)) throw new UnknownCaller('token/algorithm');
    const key = await issuer.keys.find(kid === undefined ? { alg } : { alg, kid }, now);
    await checkSignature(token, key, alg);
    known.remember(token, read.claims, now);
  };

  return async (authorizationHeader, now) => {
    const { scheme, token } = credentialsIn(authorizationHeader);
    let claims = known.recall(token, now);
    if (claims === undefined) {
      const read = readToken(token);
      await verify(token, read, now);
      claims = read.claims;
    }
    const issuer = trusted.get(claims.iss);
    if (issuer === undefined) throw new UnknownCaller('token/issuer');
    checkClaims(claims, issuer.options, now);
    if (scheme === 'dpop' || Object.hasOwn(claims, 'cnf')) throw new UnknownCaller('dpop/missing');
    return callerOf(claims, now);
  };
}
