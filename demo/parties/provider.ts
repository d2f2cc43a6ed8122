import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { type Context } from 'oidc-provider';
import { z } from 'zod';
import { loginOf, loginPage, PERSON, type Person } from './login.ts';
import { listen, type Party, runParty } from './party.ts';

const OPTIONS = z.strictObject({
  port: z.int().default(0),
  /** Resource indicator and audience of the access tokens: the gateway's name. */
  audience: z.url(),
  clientId: z.string().default('five-safes'),
  /** Loopback; any port of it will do (RFC 8252 section 7.3). */
  redirectUri: z.string().default('http://127.0.0.1/callback'),
  people: z.array(PERSON),
  /** Where the signing key is kept, so that tokens outlive a restart; without it, a new key each time. */
  keyFile: z.string().optional(),
});
type Options = z.infer<typeof OPTIONS>;

const SCOPE = 'ask';
const HOUR = 3_600;
const MAX_FORM_BYTES = 4_096;

function signingKey(file: string | undefined): object {
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const key = { ...jwk, use: 'sig', alg: 'ES256', kid: randomBytes(6).toString('hex') };
  if (file !== undefined) writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return key;
}

/** The force has agreed to its own gateway beforehand, so nobody is asked for consent. */
async function grantAll(ctx: Context, audience: string) {
  const { provider, session, client } = ctx.oidc;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(audience, SCOPE);
  await grant.save();
  return grant;
}

function configuration(options: Options) {
  const known = new Map(options.people.map((person) => [person.subject, person]));
  const { audience } = options;
  return {
    clients: [
      {
        client_id: options.clientId,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [options.redirectUri],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [signingKey(options.keyFile)] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    ttl: { AccessToken: HOUR, AuthorizationCode: 60, IdToken: HOUR, Interaction: HOUR, Grant: HOUR, Session: HOUR },
    scopes: ['openid'],
    interactions: { url: (_: Context, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      // Tokens are bound to a key where the client brings a proof for one (RFC 9449).
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_: Context, resource: string) => {
          if (resource !== audience) throw new Error('unknown resource');
          return { scope: SCOPE, audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
        },
      },
    },
    loadExistingGrant: (ctx: Context) => grantAll(ctx, audience),
    findAccount: (_: Context, sub: string) =>
      known.has(sub) ? { accountId: sub, claims: () => ({ sub, name: known.get(sub)?.name }) } : undefined,
    /** RFC 9068 section 2.2.1: how and when the person signed in. */
    extraTokenClaims: ({ oidc }: Context) => {
      const code = oidc.entities.AuthorizationCode;
      return code && { acr: code.acr, amr: code.amr, auth_time: code.authTime };
    },
  };
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const part of request) {
    text += String(part);
    if (text.length > MAX_FORM_BYTES) throw new Error('form too large');
  }
  return new URLSearchParams(text);
}

async function interact(
  provider: Provider,
  people: readonly Person[],
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { uid } = await provider.interactionDetails(request, response);
  const subject = request.method === 'POST' ? (await formOf(request)).get('subject') : null;
  const person = people.find((p) => p.subject === subject);
  if (person === undefined) {
    response.writeHead(subject === null ? 200 : 403, { 'content-type': 'text/html; charset=utf-8' });
    return void response.end(loginPage(`/interaction/${uid}`, people));
  }
  // A native client wants consent each time (RFC 8252 section 8.6); picking a name on our page is that.
  const result = { login: loginOf(person, Date.now()), consent: {} };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** The OpenID provider of a police force: who may sign in, and how each of them does, is in the options. */
export async function startProvider(given: unknown): Promise<Party> {
  const options = OPTIONS.parse(given);
  return listen(options.port, (url) => {
    const provider = new Provider(url, configuration(options));
    const others = provider.callback();
    return (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return others(request, response);
      interact(provider, options.people, request, response).catch(() => {
        if (!response.headersSent) response.writeHead(400);
        response.end();
      });
    };
  });
}

if (import.meta.main) await runParty(startProvider);
