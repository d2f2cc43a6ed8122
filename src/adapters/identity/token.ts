import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { UnknownCaller } from '../../domain/unknown-caller.ts';

export const MAX_TOKEN_BYTES = 8_192;

/** RFC 9110 section 11.4 and RFC 6750 section 2.1: scheme, blanks, `b64token`. */
const CREDENTIALS = /^([A-Za-z][A-Za-z0-9-]*)(?: +(.*))?$/;
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]*$/;

const HEADER = z.looseObject({ alg: z.string(), kid: z.string().optional(), typ: z.string().optional() });

/** RFC 9068 section 2.2. What the provider only may say is looked at one by one, in `identify.ts`. */
const CLAIMS = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1),
  client_id: z.string().min(1),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number().optional(),
  jti: z.string().optional(),
});

export type Claims = Readonly<z.infer<typeof CLAIMS>>;

/** A token that can be read; nothing in it is believed yet. */
export interface ReadToken {
  readonly alg: string;
  readonly kid?: string;
  readonly claims: Claims;
}

export interface Authorization {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
}

/** @throws UnknownCaller 'token/missing', 'token/malformed' */
export function authorizationIn(header: string | undefined): Authorization {
  const [, name = '', token = ''] = CREDENTIALS.exec(header?.trim() ?? '') ?? [];
  const scheme = name.toLowerCase();
  if ((scheme !== 'bearer' && scheme !== 'dpop') || token === '') throw new UnknownCaller('token/missing');
  if (token.length > MAX_TOKEN_BYTES) throw new UnknownCaller('token/malformed');
  return { scheme, token };
}

function decoded(token: string): { readonly header: unknown; readonly payload: unknown } {
  try {
    return { header: decodeProtectedHeader(token), payload: decodeJwt(token) };
  } catch {
    throw new UnknownCaller('token/malformed');
  }
}

/**
 * Reads a JWT access token without believing it. No extension is understood, so a header with `crit` is refused
 * (RFC 7515 section 4.1.11).
 * @throws UnknownCaller 'token/malformed', 'token/type'
 */
export function readToken(token: string): ReadToken {
  if (!COMPACT_JWS.test(token)) throw new UnknownCaller('token/malformed');
  const { header, payload } = decoded(token);
  const head = HEADER.safeParse(header);
  if (!head.success || Object.hasOwn(head.data, 'crit')) throw new UnknownCaller('token/malformed');
  // RFC 9068 section 4; RFC 7515 section 4.1.9 lets `application/` be left out. Keeps ID tokens away.
  const typ = head.data.typ?.toLowerCase();
  if (typ !== 'at+jwt' && typ !== 'application/at+jwt') throw new UnknownCaller('token/type');
  const claims = CLAIMS.safeParse(payload);
  if (!claims.success) throw new UnknownCaller('token/malformed');
  const { alg, kid } = head.data;
  return kid === undefined ? { alg, claims: claims.data } : { alg, kid, claims: claims.data };
}
