import { createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signInForTokens } from '../../demo/parties/sign-in.ts';
import { forger } from '../gateway/forger.ts';
import { AUDIENCE, type Partnership, question, startPartnership } from '../gateway/partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

async function reasonFor(authorization: string): Promise<readonly [number, string | undefined]> {
  const { status, body, headers } = await p.ask(null, question(), { authorization });
  if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^(Bearer|DPoP)\b/);
  return [status, body.reason];
}

test('the forger can make a good token, so what follows fails for the reason given', async () => {
  const { status, body } = await p.ask(null, question(), { authorization: `Bearer ${await forger(p).signed()}` });
  // Known, and refused for nothing but that the token is bound to no key.
  expect([status, body.legs?.[0]?.code]).toEqual([403, 'settings/bound-token']);
});

test('a token that is not signed, however "none" is spelt', async () => {
  for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
    const token = forger(p).unsigned({ alg, typ: 'at+jwt' });
    expect(await reasonFor(`Bearer ${token}`)).toEqual([401, 'token/algorithm']);
  }
  const stripped = forger(p).unsigned({ alg: 'ES256', typ: 'at+jwt', kid: forger(p).kid });
  expect(await reasonFor(`Bearer ${stripped}`)).toEqual([401, 'token/signature']);
});

test("a shared-secret signature made with the provider's public key", async () => {
  const pem = createPublicKey({ key: { ...p.kestrelKey }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    const token = forger(p).hmac({ alg, typ: 'at+jwt', kid: forger(p).kid }, String(pem));
    expect(await reasonFor(`Bearer ${token}`)).toEqual([401, 'token/algorithm']);
  }
});

test('a key that the token brings along, or points to', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = forger(p).kid;
  const headers = [{ jwk }, { jwk, kid }, { jku: `${p.dealer.url}/keys`, kid }, { x5u: `${p.dealer.url}/cert`, kid }];
  for (const header of headers) {
    const token = await new SignJWT(forger(p).claims())
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
      .sign(privateKey);
    expect(await reasonFor(`Bearer ${token}`)).toEqual([401, 'token/signature']);
  }
  expect(p.dealer.calls.filter((call) => /keys|cert/.test(call))).toEqual([]);
});

test('a claim changed after signing', async () => {
  const [head, , signature] = (await forger(p).signed({ sub: 'nobody.registered' })).split('.');
  const claims = Buffer.from(JSON.stringify(forger(p).claims())).toString('base64url');
  expect(await reasonFor(`Bearer ${head}.${claims}.${signature}`)).toEqual([401, 'token/signature']);
});

test('an ID token in place of an access token', async () => {
  const { idToken } = await signInForTokens(p.issuers.kestrel, 'mara.lindqvist', {
    clientId: 'five-safes',
    redirectUri: 'http://127.0.0.1:8976/callback',
    resource: AUDIENCE,
  });
  expect(await reasonFor(`Bearer ${idToken}`)).toEqual([401, 'token/type']);
});

test("one provider's signature under another provider's name", async () => {
  const token = await forger(p).signed({ iss: p.issuers.harbour, sub: 'joris.maes' });
  expect(await reasonFor(`Bearer ${token}`)).toEqual([401, 'token/signature']);
});

test("a provider cannot speak for another partner's people", async () => {
  const token = await forger(p).signed({ sub: 'joris.maes' });
  const { status, body } = await p.ask(null, question(), { authorization: `Bearer ${token}` });
  expect(status).toBe(403);
  expect(body.legs?.[0]?.findings?.people.code).toBe('people/unknown');
});

test('a token bound to a key, without proof of it', async () => {
  const token = await forger(p).signed({ cnf: { jkt: 'x'.repeat(43) } });
  expect(await reasonFor(`Bearer ${token}`)).toEqual([401, 'dpop/missing']);
  expect(await reasonFor(`DPoP ${await forger(p).signed()}`)).toEqual([401, 'dpop/missing']);
});

test('roles, accreditation and sign-in claimed by the token itself', async () => {
  const boast = { roles: ['investigator'], groups: ['role:investigator'], accreditation: ['vehicle-crime'] };
  const stranger = await forger(p).signed({ sub: 'nobody.registered', ...boast });
  const refused = await p.ask(null, question(), { authorization: `Bearer ${stranger}` });
  expect(refused.body.legs?.[0]?.findings?.people.code).toBe('people/unknown');
  const future = await forger(p).signed({ auth_time: Math.floor(Date.now() / 1_000) + 86_400 });
  const later = await p.ask(null, question(), { authorization: `Bearer ${future}` });
  expect(later.body.legs?.[0]?.code).toBe('settings/auth-age');
  const texts = await forger(p).signed({ amr: 'mfa' });
  const loose = await p.ask(null, question(), { authorization: `Bearer ${texts}` });
  expect(loose.body.legs?.[0]?.code).toBe('settings/mfa');
});

test('none of it left more than a count in the log', async () => {
  const kinds = new Set(p.entries().map((entry) => entry.kind));
  expect(kinds).toEqual(new Set(['rulebook', 'outcome']));
});
