import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdentifier, type Identify } from '../../../src/adapters/identity/identify.ts';
import { ConfigurationError } from '../../../src/domain/configuration-error.ts';
import { digestOf } from '../../../src/domain/digest.ts';
import {
  AUDIENCE,
  claims,
  forged,
  identifier,
  issuerOf,
  type KeyPair,
  keyPair,
  NOW,
  possessionOptions,
  token,
  told,
} from './builders.ts';

let key: KeyPair;
let other: KeyPair;
let issuer: Awaited<ReturnType<typeof issuerOf>>;
let identify: Identify;
beforeAll(async () => {
  [key, other] = [await keyPair('k1'), await keyPair('k1')];
  issuer = await issuerOf(key.jwk);
  identify = identifier(issuer.url);
});
afterAll(() => issuer.close());

const SECONDS = NOW / 1_000;
const good = (changes = {}, header = {}) => token(key, claims(issuer.url, changes), header);

describe('a good token', () => {
  test('says who it is and how the person signed in', async () => {
    const signedIn = { acr: 'https://refeds.org/profile/mfa', amr: ['pwd', 'otp'], auth_time: SECONDS - 60 };
    expect(await told(identify, await good(signedIn))).toStrictEqual({
      issuer: issuer.url,
      subject: 'i.ashdown',
      acr: 'https://refeds.org/profile/mfa',
      amr: ['pwd', 'otp'],
      authTime: NOW - 60_000,
      bound: false,
      tokenId: digestOf('t1'),
    });
  });

  test('that says nothing, or nonsense, of the sign-in leaves it open', async () => {
    const bare = { issuer: issuer.url, subject: 'i.ashdown', bound: false, tokenId: digestOf('t1') };
    expect(await told(identify, await good())).toStrictEqual(bare);
    const odd = [
      { acr: 2, amr: 'mfa', auth_time: '0' },
      { acr: null, amr: ['mfa', 1], auth_time: SECONDS + 3_600 },
    ];
    for (const claim of odd) expect(await told(identify, await good(claim))).toStrictEqual(bare);
    expect(await told(identify, await good({ jti: undefined }))).not.toHaveProperty('tokenId');
  });

  test('may name several audiences, write its type in full and be sent as "bearer"', async () => {
    const jwt = await good({ aud: ['x', AUDIENCE] }, { typ: 'application/AT+JWT' });
    expect(await told(identify, `bearer  ${jwt}`)).toHaveProperty('subject', 'i.ashdown');
  });

  test('may do without a key id where the issuer has one key', async () => {
    expect(await told(identify, await good({}, { kid: undefined }))).toHaveProperty('subject');
  });
});

describe('no token', () => {
  test.each([undefined, '', 'Bearer ', 'Bearer', 'Basic dTpw'])('%j', async (header) => {
    expect(await told(identify, header ?? undefined)).toBe('token/missing');
  });
});

describe('a token that cannot be read', () => {
  test.each([
    'Bearer x',
    'Bearer a.b',
    'Bearer a.b.c',
    'Bearer a.b.c d',
    'Bearer a.b.c.d.e',
    'Bearer a b.c.d, Bearer x',
  ])('%s', async (header) => expect(await told(identify, header)).toBe('token/malformed'));

  test('header or claims of another shape', async () => {
    const head = { alg: 'ES256', typ: 'at+jwt', kid: 'k1' };
    for (const lacking of ['sub', 'client_id', 'exp', 'iat', 'aud', 'iss']) {
      expect(await told(identify, await good({ [lacking]: undefined })), lacking).toBe('token/malformed');
    }
    for (const wrong of [
      { exp: '2099' },
      { sub: 7 },
      { aud: { x: AUDIENCE } },
      { nbf: 'now' },
      { sub: '' },
      { jti: 5 },
    ]) {
      expect(await told(identify, forged(head, { ...claims(issuer.url), ...wrong }))).toBe('token/malformed');
    }
    expect(await told(identify, forged({ ...head, kid: 5 }, claims(issuer.url)))).toBe('token/malformed');
  });

  test('an extension that must be understood', async () => {
    const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k1', crit: ['b64'], b64: false };
    expect(await told(identify, forged(header, claims(issuer.url), 'c2ln'))).toBe('token/malformed');
  });

  test('more than 8 KiB, however good it is', async () => {
    const pad = 'x'.repeat(5_000);
    expect(await told(identify, await good({ pad }))).toHaveProperty('subject');
    expect(await told(identify, await good({ pad: pad + pad }))).toBe('token/malformed');
  });
});

describe('a token that is not to be believed', () => {
  test('not signed at all', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      expect(await told(identify, forged({ alg, typ: 'at+jwt' }, claims(issuer.url)))).toBe('token/algorithm');
    }
  });

  test('signed with the public key as a shared secret', async () => {
    const open = forged({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' }, claims(issuer.url)).slice(0, -1);
    const mac = createHmac('sha256', await exportSPKI(key.publicKey))
      .update(open)
      .digest('base64url');
    expect(await told(identify, `${open}.${mac}`)).toBe('token/algorithm');
  });

  test('by an algorithm that this issuer is not pinned to', async () => {
    const rsa = await keyPair('k1', 'RS256');
    expect(await told(identify, await token(rsa, claims(issuer.url)))).toBe('token/algorithm');
  });

  test('signed with a key that it brings along, or says where to find', async () => {
    const before = issuer.state.fetches;
    for (const header of [{ jwk: other.jwk }, { jku: `${issuer.url}/other` }, { x5u: `${issuer.url}/other` }]) {
      expect(await told(identify, await token(other, claims(issuer.url), header))).toBe('token/signature');
    }
    expect(issuer.state.fetches - before).toBeLessThanOrEqual(1);
  });

  test('changed after it was signed, or with a signature of something else', async () => {
    const [head, , signature] = (await good()).split('.');
    const changed = Buffer.from(JSON.stringify(claims(issuer.url, { sub: 'chief' }))).toString('base64url');
    expect(await told(identify, `${head}.${changed}.${signature}`)).toBe('token/signature');
    expect(await told(identify, await token(other, claims(issuer.url)))).toBe('token/signature');
  });

  test('of another type', async () => {
    for (const typ of ['JWT', 'dpop+jwt', 'secevent+jwt', undefined]) {
      expect(await told(identify, await good({}, { typ }))).toBe('token/type');
    }
  });

  test('of another issuer, or one that differs by a character', async () => {
    for (const iss of ['https://elsewhere.example', `${issuer.url}/`, issuer.url.toUpperCase()]) {
      expect(await told(identify, await good({ iss }))).toBe('token/issuer');
    }
  });

  test('for another audience', async () => {
    for (const aud of ['https://elsewhere.example', `${AUDIENCE}/`, [], ['x']]) {
      expect(await told(identify, await good({ aud }))).toBe('token/audience');
    }
  });

  test('bound to a key, without proof that the sender has it', async () => {
    const bound = await good({ cnf: { jkt: 'x' } });
    expect(await told(identify, bound)).toBe('dpop/missing');
    expect(await told(identify, `DPoP ${bound}`)).toBe('dpop/missing');
    expect(await told(identify, `DPoP ${await good()}`)).toBe('dpop/missing');
    expect(await told(identify, await good({ cnf: null }))).toBe('dpop/missing');
  });
});

describe('time, with thirty seconds of leeway', () => {
  test.each([
    [{ exp: SECONDS - 29 }, 'known'],
    [{ exp: SECONDS - 30 }, 'token/expired'],
    [{ nbf: SECONDS + 30 }, 'known'],
    [{ nbf: SECONDS + 31 }, 'token/expired'],
    [{ iat: SECONDS + 31 }, 'token/expired'],
  ])('%j: %s', async (changes, expected) => {
    const outcome = await told(identify, await good(changes));
    expect(typeof outcome === 'string' ? outcome : 'known').toBe(expected);
  });

  test('is checked in every request, though the signature is remembered', async () => {
    const jwt = await good({ exp: SECONDS + 10 });
    expect(await told(identify, jwt)).toHaveProperty('subject');
    expect(await told(identify, jwt, NOW + 39_000)).toHaveProperty('subject');
    expect(await told(identify, jwt, NOW + 40_000)).toBe('token/expired');
  });
});

describe('options that leave a doubt refuse to start', () => {
  const fine = { issuer: 'https://idp.example', audience: AUDIENCE, algorithms: ['ES256'] };
  test.each([
    [{ algorithms: ['HS256'] }, 'HS256'],
    [{ algorithms: ['none'] }, 'none'],
    [{ algorithms: [] }, 'algorithms'],
    [{ audience: ' ' }, 'audience'],
    [{ issuer: 'http://idp.example' }, 'https'],
    [{ issuer: 'http://127.0.0.1.example' }, 'https'],
    [{ issuer: 'https://idp.example?x=1' }, 'query'],
    [{ jwksUri: 'http://127.0.0.1/jwks' }, 'jwksUri'],
    [{ jwksUri: 'file:///etc/jwks' }, 'jwksUri'],
  ])('%j', (change, expected) => {
    const make = () => createIdentifier({ issuers: [{ ...fine, ...change }], possession: possessionOptions() });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(expected);
  });

  test('none, and one twice', () => {
    expect(() => createIdentifier({ issuers: [], possession: possessionOptions() })).toThrow('at least one');
    expect(() => createIdentifier({ issuers: [fine, fine], possession: possessionOptions() })).toThrow('twice');
  });
});
