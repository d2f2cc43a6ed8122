import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Access, type DpopJwk, dpopProof, newDpopJwk } from './possession.ts';

export interface SignInOptions {
  /** Resource indicator (RFC 8707): the gateway for which the token is made out. */
  readonly resource: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** The tokens are to be bound to this key (RFC 9449). */
  readonly dpopJwk?: DpopJwk;
}
export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
}

const METADATA = z.looseObject({ authorization_endpoint: z.url(), token_endpoint: z.url() });
const TOKENS = z.looseObject({ access_token: z.string(), id_token: z.string() });
const MAX_STEPS = 12;

/** What a browser does: keeps cookies, follows redirects, stops at a page or at the address to return to. */
function browser(origin: string, until: string) {
  const cookies = new Map<string, string>();
  const visit = async (address: URL, form?: URLSearchParams): Promise<{ readonly at: URL; readonly page?: string }> => {
    let at = address;
    let body = form;
    for (let step = 0; step < MAX_STEPS; step++) {
      if (`${at.origin}${at.pathname}` === until) return { at };
      if (at.origin !== origin) throw new Error(`sign-in led away to ${at.origin}`);
      const response: Response = await fetch(at, {
        method: body === undefined ? 'GET' : 'POST',
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      const location = response.headers.get('location');
      const page = await response.text();
      if (location === null) {
        if (!response.ok) throw new Error(`sign-in: ${at.pathname} answered ${response.status}`);
        return { at, page };
      }
      at = new URL(location, at);
      body = undefined;
    }
    throw new Error('sign-in: too many redirects');
  };
  return visit;
}

async function json(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`sign-in: ${response.url} answered ${response.status}`);
  return response.json();
}

/** Opens the provider's page and picks a person. @returns the address that the browser is sent back to. */
async function fillIn(start: URL, subject: string, returnTo: string): Promise<URL> {
  const visit = browser(start.origin, returnTo);
  const { at, page } = await visit(start);
  const action = /<form method="post" action="([^"]+)"/.exec(page ?? '')?.[1];
  if (action === undefined) throw new Error('sign-in: there is no form to fill in');
  return (await visit(new URL(action, at), new URLSearchParams({ subject }))).at;
}

/** What a person does with the address that `five-safes login` prints: signs in there, and is sent back to it. */
export async function signInAtPage(address: URL, subject: string): Promise<void> {
  const back = await fillIn(address, subject, address.searchParams.get('redirect_uri') ?? '');
  const response = await fetch(back);
  if (!response.ok) throw new Error(`sign-in: ${await response.text()}`);
}

/** Both tokens of a sign-in; see `signIn`. */
export async function signInForTokens(issuer: string, subject: string, options: SignInOptions): Promise<Tokens> {
  const { authorization_endpoint: authorize, token_endpoint: token } = METADATA.parse(
    await json(await fetch(`${issuer}/.well-known/openid-configuration`)),
  );
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const start = new URL(authorize);
  start.search = new URLSearchParams({
    response_type: 'code',
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    scope: 'openid ask',
    resource: options.resource,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();

  const back = (await fillIn(start, subject, options.redirectUri)).searchParams;
  const code = back.get('code');
  if (code === null || back.get('state') !== state)
    throw new Error(`sign-in refused: ${back.get('error') ?? 'no code came back'}`);

  const { dpopJwk } = options;
  const given = await fetch(token, {
    method: 'POST',
    ...(dpopJwk === undefined ? {} : { headers: { dpop: dpopProof(dpopJwk, { method: 'POST', url: token }) } }),
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: options.redirectUri,
      client_id: options.clientId,
      code_verifier: verifier,
      resource: options.resource,
    }),
  });
  const tokens = TOKENS.parse(await json(given));
  return { accessToken: tokens.access_token, idToken: tokens.id_token };
}

/**
 * Signs a person in at the demo's provider as a native client does: authorization code with PKCE (RFC 7636, RFC 8252),
 * over plain HTTP on loopback, filling in the login page.
 * @returns a JWT access token for the gateway. Throws where the person cannot sign in.
 */
export async function signIn(issuer: string, subject: string, options: SignInOptions): Promise<string> {
  return (await signInForTokens(issuer, subject, options)).accessToken;
}

/** The same with a new key of the person's own, to which the token is bound (RFC 9449). */
export async function signInBound(issuer: string, subject: string, options: SignInOptions): Promise<Access> {
  const dpopJwk = newDpopJwk();
  return { token: await signIn(issuer, subject, { ...options, dpopJwk }), dpopJwk };
}
