import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { ProofKeyJwk } from '../adapters/identity/make-proof.ts';
import { proofKeyThumbprint } from '../adapters/identity/make-proof.ts';
import type { ProviderMetadata } from '../adapters/identity/metadata.ts';
import { sha256 } from '../domain/digest.ts';
import { SECOND } from '../domain/time.ts';
import { isSafeUrl } from '../registry/words.ts';
import type { ExpectedRedirect } from './redirect.ts';

const TIMEOUT_MS = 10_000;
const MOST_CHARACTERS = 65_536;

/**
 * RFC 9449 section 7.1 (token68 of RFC 9110): nothing that could end a quotation in a shell, since `--print` is for
 * `eval`. Lifetimes are less than a century, in seconds.
 */
const TOKENS = z.object({
  access_token: z.string().regex(/^[A-Za-z0-9._~+/-]{1,16384}={0,2}$/),
  token_type: z.string(),
  expires_in: z.number().min(0).max(3_000_000_000).optional(),
});
const REFUSAL = z.object({ error: z.string(), error_description: z.string().optional() });

/** A request that has been begun, and all that is needed to end it. */
export interface AuthorizationRequest {
  /** Where the person signs in. */
  readonly url: URL;
  readonly expected: ExpectedRedirect;
  readonly tokenEndpoint: string;
  /** Sent with the code, RFC 6749 section 4.1.3. */
  readonly form: Readonly<Record<string, string>>;
}

export interface AuthorizationOptions {
  readonly client: string;
  readonly redirect: string;
  readonly scope: string;
  /** RFC 8707. */
  readonly resource?: string;
}

/**
 * Begins an authorization code flow with PKCE (RFC 7636), its code bound to the key (RFC 9449 section 10).
 * @throws Error where the provider has no such flow, or not over a safe connection.
 */
export async function authorizationRequest(
  provider: ProviderMetadata,
  key: ProofKeyJwk,
  { client, redirect, scope, resource }: AuthorizationOptions,
): Promise<AuthorizationRequest> {
  const { authorization_endpoint: authorize, token_endpoint: tokenEndpoint, issuer } = provider;
  // RFC 8414 section 2 lets the authorization endpoint have a query.
  if (authorize === undefined || !isSafeUrl(authorize.replace(/\?.*$/, '')) || !isSafeUrl(tokenEndpoint ?? ''))
    throw new Error(`${issuer} does not say where to sign in and get a token, over https`);
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const url = new URL(authorize);
  const target = resource === undefined ? {} : { resource };
  const query = {
    response_type: 'code',
    client_id: client,
    redirect_uri: redirect,
    scope,
    state,
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
    dpop_jkt: await proofKeyThumbprint(key),
    ...target,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return {
    url,
    expected: { state, issuer, issuerRequired: provider.authorization_response_iss_parameter_supported === true },
    tokenEndpoint: tokenEndpoint ?? '',
    form: {
      grant_type: 'authorization_code',
      redirect_uri: redirect,
      client_id: client,
      code_verifier: verifier,
      ...target,
    },
  };
}

/**
 * Exchanges the code for a token bound to the key, asking once more where the provider wants a nonce (RFC 9449 section 8).
 * @param prove makes a proof for `POST` to a URL. @returns lifetime in milliseconds, where the provider says it.
 * @throws Error where the provider refuses, or gives a token that is not bound.
 */
export async function exchangeCode(
  { tokenEndpoint, form }: AuthorizationRequest,
  code: string,
  prove: (url: string, nonce?: string) => Promise<string>,
): Promise<{ readonly token: string; readonly lifetime?: number }> {
  const send = async (nonce?: string) => {
    const response = await fetch(tokenEndpoint, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { dpop: await prove(tokenEndpoint, nonce), accept: 'application/json' },
      body: new URLSearchParams({ ...form, code }),
    });
    const text = (await response.text()).slice(0, MOST_CHARACTERS);
    return { ok: response.status === 200, nonce: response.headers.get('dpop-nonce'), body: parsed(text) };
  };
  let answer = await send();
  if (!answer.ok && answer.nonce !== null && REFUSAL.safeParse(answer.body).data?.error === 'use_dpop_nonce')
    answer = await send(answer.nonce);
  const refusal = REFUSAL.safeParse(answer.body).data;
  if (!answer.ok)
    throw new Error(
      `${tokenEndpoint} gave no token: ${refusal?.error_description ?? refusal?.error ?? 'no reason given'}`,
    );
  const given = TOKENS.safeParse(answer.body).data;
  if (given === undefined) throw new Error(`${tokenEndpoint} gave no token that can be used`);
  const { access_token: token, token_type: type, expires_in: seconds } = given;
  // RFC 9449 section 5: `Bearer` is a token that whoever finds it can use.
  if (type.toLowerCase() !== 'dpop') throw new Error(`${tokenEndpoint} gave a token that is not bound to the key`);
  return { token, ...(seconds === undefined ? {} : { lifetime: seconds * SECOND }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
