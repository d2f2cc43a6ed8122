import { createLocalJWKSet, type JWK } from 'jose';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { type IssuerOptions, mayFetch } from './options.ts';

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 65_536;

const METADATA = z.looseObject({
  issuer: z.string(),
  jwks_uri: z.string().optional(),
  authorization_endpoint: z.string().optional(),
  token_endpoint: z.string().optional(),
  /** RFC 9207 section 3. */
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});
/** What a provider publishes of itself (RFC 8414 section 2), as far as it is used. */
export type ProviderMetadata = Readonly<z.infer<typeof METADATA>>;
const JWKS = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });
/** `oct` keys are shared secrets. */
const PUBLIC_TYPES: ReadonlySet<string> = new Set(['EC', 'RSA', 'OKP']);

export type KeySet = ReturnType<typeof createLocalJWKSet>;

const agent = new Agent({ allowH2: false, maxHeaderSize: 16_384, connections: 2 });

/** JSON of a 200, or undefined for another status. Throws on everything else; follows no redirect. */
async function fetchJson(address: string): Promise<unknown> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  // The connection is not kept: it would be idle for minutes.
  const { statusCode, body } = await request(address, {
    dispatcher: agent,
    signal,
    reset: true,
    headers: { accept: 'application/json', 'user-agent': 'five-safes-gateway' },
  });
  if (statusCode !== 200) {
    body.dump({ limit: 0, signal }).catch(() => undefined);
    return undefined;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    if (!(part instanceof Uint8Array)) continue;
    size += part.length;
    if (size > MAX_BYTES) throw new Error(`${address}: more than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts, size)));
}

/** OpenID Connect Discovery 1.0 section 4 appends the well-known path, RFC 8414 section 3.1 inserts it. */
function metadataAddresses(issuer: string): readonly string[] {
  const url = new URL(issuer);
  const path = url.pathname.replace(/\/$/, '');
  return [
    `${url.origin}${path}/.well-known/openid-configuration`,
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/**
 * A provider's metadata, as it publishes it now.
 * @param issuer https, or http on this machine. @throws where there is none, or it speaks for another issuer.
 */
export async function fetchMetadata(issuer: string): Promise<ProviderMetadata> {
  for (const address of metadataAddresses(issuer)) {
    const found = await fetchJson(address);
    if (found === undefined) continue;
    const metadata = METADATA.parse(found);
    // RFC 8414 section 3.3: else one issuer could speak for another.
    if (metadata.issuer !== issuer) throw new Error(`${address}: speaks for another issuer`);
    return metadata;
  }
  throw new Error(`${issuer}: no metadata`);
}

async function discoverJwksUri(issuer: string): Promise<string> {
  const { jwks_uri: address } = await fetchMetadata(issuer);
  if (address === undefined || !mayFetch(address, issuer))
    throw new Error(`${issuer}: jwks_uri is not an https address`);
  return address;
}

function isPublic(key: { readonly kty: string }): key is JWK & { kty: string } {
  return PUBLIC_TYPES.has(key.kty) && !Object.hasOwn(key, 'd');
}

/** The issuer's public keys as it publishes them now. Throws where they cannot be had. */
export async function fetchKeys({ issuer, jwksUri }: IssuerOptions): Promise<KeySet> {
  const address = jwksUri ?? (await discoverJwksUri(issuer));
  const { keys } = JWKS.parse(await fetchJson(address));
  const usable = keys.filter(isPublic);
  if (usable.length === 0) throw new Error(`${address}: no public key`);
  return createLocalJWKSet({ keys: usable });
}
