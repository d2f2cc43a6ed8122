import { createHmac } from 'node:crypto';
import { importJWK, type JWTPayload, SignJWT } from 'jose';
import { AUDIENCE, type Partnership } from './partnership.ts';

/** Makes tokens with the signing key of Kestrel's provider, which only a test can get hold of, and without it. */
export function forger({ issuers, kestrelKey }: Pick<Partnership, 'issuers' | 'kestrelKey'>) {
  const kid = kestrelKey['kid'] ?? '';
  const claims = (changes: JWTPayload = {}): JWTPayload => {
    const iat = Math.floor(Date.now() / 1_000);
    const { kestrel: iss } = issuers;
    const times = { iat, exp: iat + 600, auth_time: iat - 60 };
    return { iss, aud: AUDIENCE, sub: 'mara.lindqvist', client_id: 'app', amr: ['pwd', 'mfa'], ...times, ...changes };
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    kid,
    claims,
    /** Signed with the provider's own key. */
    signed: async (changes: JWTPayload = {}, header: Readonly<Record<string, unknown>> = {}): Promise<string> => {
      const key = await importJWK(kestrelKey, 'ES256');
      return new SignJWT(claims(changes)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(key);
    },
    /** Any header, any signature. */
    unsigned: (header: object, signature = '', changes: JWTPayload = {}): string =>
      `${part(header)}.${part(claims(changes))}.${signature}`,
    /** A shared-secret signature with a secret that anybody knows: the public key. */
    hmac: (header: object, secret: string): string => {
      const text = `${part(header)}.${part(claims())}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    },
  };
}
