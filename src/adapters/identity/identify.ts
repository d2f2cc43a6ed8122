import { type CryptoKey, compactVerify } from 'jose';
import type { Caller, Credentials } from '../../domain/caller.ts';
import { digestOf } from '../../domain/digest.ts';
import { type Instant, SECOND } from '../../domain/time.ts';
import { UnknownCaller } from '../../domain/unknown-caller.ts';
import type { Digest } from '../../domain/versions.ts';
import { type IssuerKeys, issuerKeys } from './issuer-keys.ts';
import { fetchKeys } from './metadata.ts';
import { checkIssuers, type IssuerOptions } from './options.ts';
import { type PossessionOptions, possession } from './possession.ts';
import { type Authorization, authorizationIn, type Claims, type ReadToken, readToken } from './token.ts';
import { verdicts } from './verdicts.ts';

export type { IssuerOptions } from './options.ts';

/** Clocks of provider and gateway may differ by so much. */
const LEEWAY = 30 * SECOND;

/**
 * Who sends a request, by its head.
 * Throws UnknownCaller with the reason, or Fault('identity/unavailable') where a trusted issuer's keys cannot be had or
 * a proof of possession cannot be marked as used.
 */
export type Identify = (sent: Credentials, now: Instant) => Promise<Caller>;

/** What need not be worked out anew for a token that is sent again. */
interface Believed {
  readonly claims: Claims;
  /** Of its `jti`. */
  readonly tokenId?: Digest;
}

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
function callerOf({ claims, tokenId }: Believed, bound: boolean, now: Instant): Caller {
  const { acr, amr, auth_time: authTime } = claims;
  const signedIn = typeof authTime === 'number' && authTime > 0 ? authTime * SECOND : undefined;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    ...(typeof acr === 'string' ? { acr } : {}),
    ...(isTexts(amr) ? { amr } : {}),
    ...(signedIn !== undefined && signedIn <= now + LEEWAY ? { authTime: signedIn } : {}),
    bound,
    ...(tokenId === undefined ? {} : { tokenId }),
  };
}

/**
 * Recognises callers by JWT access tokens (RFC 9068) of trusted issuers. Algorithm and keys are what the configuration
 * and the issuer say, never what the token says. A token bound to a key (`cnf`, RFC 7800) counts only with a proof of
 * possession (RFC 9449): without one a stolen token would do.
 * @throws ConfigurationError where an issuer's options leave a doubt.
 */
export function createIdentifier(options: {
  readonly issuers: readonly IssuerOptions[];
  readonly possession: PossessionOptions;
}): Identify {
  checkIssuers(options.issuers);
  const trusted = new Map<string, Trusted>(
    options.issuers.map((of) => [of.issuer, { options: of, keys: issuerKeys(of.issuer, () => fetchKeys(of)) }]),
  );
  const known = verdicts<Believed>();
  const provePossession = possession(options.possession);

  const verify = async (token: string, read: ReadToken, now: Instant): Promise<Believed> => {
    const issuer = trusted.get(read.claims.iss);
    if (issuer === undefined) throw new UnknownCaller('token/issuer');
    const { alg, kid } = read;
    if (!issuer.options.algorithms.includes(alg)) throw new UnknownCaller('token/algorithm');
    const key = await issuer.keys.find(kid === undefined ? { alg } : { alg, kid }, now);
    await checkSignature(token, key, alg);
    const { claims } = read;
    const believed = claims.jti === undefined ? { claims } : { claims, tokenId: digestOf(claims.jti) };
    known.remember(token, believed, now);
    return believed;
  };

  /** Whether the token is bound and its sender has proved to hold the key. A proof beside an unbound token says nothing. */
  const checkBinding = async (credentials: Authorization, claims: Claims, sent: Credentials, now: Instant) => {
    const bound = Object.hasOwn(claims, 'cnf');
    if (credentials.scheme === 'bearer') {
      // RFC 9449 section 7.2.
      if (bound) throw new UnknownCaller('dpop/missing', 'Send it with the scheme DPoP, not Bearer.');
      return false;
    }
    if (sent.dpop.length === 0) throw new UnknownCaller('dpop/missing');
    if (!bound) throw new UnknownCaller('dpop/mismatch', 'The token is not bound to a key: send it as Bearer.');
    await provePossession(credentials.token, claims['cnf'], sent, now);
    return true;
  };

  return async (sent, now) => {
    const credentials = authorizationIn(sent.authorization);
    const { token } = credentials;
    const believed = known.recall(token, now) ?? (await verify(token, readToken(token), now));
    const { claims } = believed;
    const issuer = trusted.get(claims.iss);
    if (issuer === undefined) throw new UnknownCaller('token/issuer');
    checkClaims(claims, issuer.options, now);
    return callerOf(believed, await checkBinding(credentials, claims, sent, now), now);
  };
}
