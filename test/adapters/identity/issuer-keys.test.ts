import { afterEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/time.ts';
import { claims, identifier, issuerOf, keyPair, NOW, token, told } from './builders.ts';

let open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.map((close) => close()));
  open = [];
});

async function setting() {
  const first = await keyPair('k1');
  const issuer = await issuerOf(first.jwk);
  open.push(issuer.close);
  const long = claims(issuer.url, { exp: NOW / 1_000 + 172_800 });
  return { first, issuer, identify: identifier(issuer.url), long };
}
const KNOWN = { subject: 'i.ashdown' };

describe('keys of an issuer', () => {
  test('are fetched once for many callers at once', async () => {
    const { first, issuer, identify } = await setting();
    const tokens = await Promise.all(['a', 'b', 'c', 'd'].map((sub) => token(first, claims(issuer.url, { sub }))));
    const callers = await Promise.all(tokens.map((jwt) => told(identify, jwt)));
    expect(callers.map((c) => typeof c === 'object' && c.subject)).toEqual(['a', 'b', 'c', 'd']);
    expect(issuer.state.fetches).toBe(1);
  });

  test('are fetched at most once in 30 seconds for key ids that nobody knows', async () => {
    const { first, issuer, identify, long } = await setting();
    for (let i = 0; i < 20; i++) {
      const made = await token(first, long, { kid: `made-up-${i}` });
      expect(await told(identify, made, NOW + i * SECOND)).toBe('token/signature');
    }
    expect(issuer.state.fetches).toBe(1);
    expect(await told(identify, await token(first, long, { kid: 'x' }), NOW + 30 * SECOND)).toBe('token/signature');
    expect(issuer.state.fetches).toBe(2);
  });

  test('may be exchanged: the new one is found, the old one is gone', async () => {
    const { first, issuer, identify, long } = await setting();
    const second = await keyPair('k2');
    expect(await told(identify, await token(first, long))).toMatchObject(KNOWN);
    issuer.state.keys = [second.jwk];
    expect(await told(identify, await token(second, long), NOW + 29 * SECOND)).toBe('token/signature');
    expect(await told(identify, await token(second, long), NOW + 30 * SECOND)).toMatchObject(KNOWN);
    expect(await told(identify, await token(first, { ...long, jti: 't2' }), NOW + 31 * SECOND)).toBe('token/signature');
  });

  test('are fetched again after ten minutes, and a remembered signature is forgotten after one', async () => {
    const { first, issuer, identify, long } = await setting();
    const jwt = await token(first, long);
    expect(await told(identify, jwt)).toMatchObject(KNOWN);
    issuer.state.keys = [(await keyPair('k2')).jwk];
    expect(await told(identify, jwt, NOW + MINUTE)).toMatchObject(KNOWN);
    expect(await told(identify, jwt, NOW + 10 * MINUTE)).toMatchObject(KNOWN);
    expect(issuer.state.fetches).toBe(1);
    expect(await told(identify, jwt, NOW + 11 * MINUTE + SECOND)).toBe('token/signature');
  });

  test('are fetched again after the clock was set back, too', async () => {
    const { first, issuer, identify } = await setting();
    const later = NOW + 30 * DAY;
    const of = (now: number) => token(first, claims(issuer.url, { iat: now / 1_000, exp: now / 1_000 + 3_600 }));
    expect(await told(identify, await of(later), later)).toMatchObject(KNOWN);
    issuer.state.keys = [(await keyPair('k2')).jwk];
    expect(await told(identify, await of(NOW), NOW)).toBe('token/signature');
    expect(issuer.state.fetches).toBe(2);
  });

  test('are used for 24 hours while the issuer is down, and no longer', async () => {
    const { first, issuer, identify, long } = await setting();
    const jwt = await token(first, long);
    expect(await told(identify, jwt)).toMatchObject(KNOWN);
    issuer.state.up = false;
    expect(await told(identify, jwt, NOW + 12 * HOUR)).toMatchObject(KNOWN);
    expect(await told(identify, jwt, NOW + DAY)).toMatchObject(KNOWN);
    expect(await told(identify, jwt, NOW + DAY + 2 * MINUTE)).toBe('identity/unavailable');
    issuer.state.up = true;
    expect(await told(identify, jwt, NOW + DAY + 3 * MINUTE)).toMatchObject(KNOWN);
  });

  test('that might be new while the issuer is down: unavailable, not refused', async () => {
    const { first, issuer, identify, long } = await setting();
    expect(await told(identify, await token(first, long))).toMatchObject(KNOWN);
    issuer.state.up = false;
    const second = await token(await keyPair('k2'), long);
    expect(await told(identify, second, NOW + MINUTE)).toBe('identity/unavailable');
    expect(await told(identify, second, NOW + MINUTE + SECOND)).toBe('identity/unavailable');
    expect(await told(identify, await token(first, { ...long, jti: 't2' }), NOW + MINUTE)).toMatchObject(KNOWN);
  });

  test('that were never had: unavailable, and tried again five seconds later', async () => {
    const { first, issuer, identify, long } = await setting();
    issuer.state.up = false;
    const jwt = await token(first, long);
    expect(await told(identify, jwt)).toBe('identity/unavailable');
    issuer.state.up = true;
    expect(await told(identify, jwt, NOW + 4 * SECOND)).toBe('identity/unavailable');
    expect(issuer.state.fetches).toBe(0);
    expect(await told(identify, jwt, NOW + 5 * SECOND)).toMatchObject(KNOWN);
  });
});

describe('where keys come from', () => {
  test('a configured address, or the metadata of RFC 8414', async () => {
    const { first, issuer, long } = await setting();
    const keys = JSON.stringify({ keys: [first.jwk] });
    issuer.answerWith((request, response) => {
      if (request.url === '/here') return void response.end(keys);
      if (request.url !== '/.well-known/oauth-authorization-server') return void response.writeHead(404).end();
      response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/here` }));
    });
    const jwt = await token(first, long);
    expect(await told(identifier(issuer.url, { jwksUri: `${issuer.url}/here` }), jwt)).toMatchObject(KNOWN);
    expect(await told(identifier(issuer.url), jwt)).toMatchObject(KNOWN);
  });

  test.each([
    ['metadata of another issuer', { metadata: { issuer: 'https://elsewhere.example' } }],
    ['an address without encryption on another machine', { metadata: { jwks_uri: 'http://192.0.2.1/jwks' } }],
    ['metadata that is no metadata', { metadata: { jwks_uri: 5 } }],
    ['a redirect', { status: 302 }],
    ['an error', { status: 500 }],
    ['something else than keys', { body: '{"keys":{}}' }],
    ['no JSON', { body: '<html>' }],
    ['no key', { body: '{"keys":[]}' }],
    ['a shared secret', { body: '{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"k1"}]}' }],
    ['too much', { pad: 70_000 }],
  ])('%s is none', async (_, wrong: { metadata?: object; status?: number; body?: string; pad?: number }) => {
    const { first, issuer, identify, long } = await setting();
    issuer.answerWith((request, response) => {
      if (request.url === '/.well-known/openid-configuration') {
        return void response.end(
          JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks`, ...wrong.metadata }),
        );
      }
      if (request.url === '/elsewhere') return void response.end(JSON.stringify({ keys: [first.jwk] }));
      response.writeHead(wrong.status ?? 200, { location: '/elsewhere' });
      response.end(wrong.body ?? JSON.stringify({ keys: [first.jwk], pad: ' '.repeat(wrong.pad ?? 0) }));
    });
    expect(await told(identify, await token(first, long))).toBe('identity/unavailable');
  });

  test('a private key among the public ones is not used', async () => {
    const { first, issuer, identify, long } = await setting();
    issuer.state.keys = [{ ...first.jwk, d: 'x' }, (await keyPair('k2')).jwk];
    expect(await told(identify, await token(first, long))).toBe('token/signature');
  });
});
