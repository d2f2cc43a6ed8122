import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Party } from '../../../demo/parties/party.ts';
import { startProvider } from '../../../demo/parties/provider.ts';
import { signInForTokens, type Tokens } from '../../../demo/parties/sign-in.ts';
import { AUDIENCE, identifier, told } from './builders.ts';

let provider: Party;
let tokens: Tokens;
const client = { clientId: 'five-safes', redirectUri: 'http://127.0.0.1:8976/callback', resource: AUDIENCE };
beforeAll(async () => {
  const people = [{ subject: 'i.ashdown', name: 'Imogen Ashdown', mfa: true }];
  provider = await startProvider({ audience: AUDIENCE, people });
  tokens = await signInForTokens(provider.url, 'i.ashdown', client);
});
afterAll(() => provider.stop());

test('an access token of a real provider is recognised', async () => {
  const now = Date.now();
  const caller = await told(identifier(provider.url), tokens.accessToken, now);
  expect(caller).toMatchObject({
    issuer: provider.url,
    subject: 'i.ashdown',
    amr: ['pwd', 'otp', 'mfa'],
    bound: false,
  });
  expect(typeof caller === 'object' && Math.abs(now - (caller.authTime ?? 0)) < 60_000).toBe(true);
});

test('its ID token is not an access token', async () => {
  expect(await told(identifier(provider.url), tokens.idToken, Date.now())).toBe('token/type');
});

test('the same token is of no use to another audience, nor after its hour', async () => {
  const elsewhere = identifier(provider.url, { audience: 'https://other.example' });
  expect(await told(elsewhere, tokens.accessToken, Date.now())).toBe('token/audience');
  expect(await told(identifier(provider.url), tokens.accessToken, Date.now() + 3_631_000)).toBe('token/expired');
});
