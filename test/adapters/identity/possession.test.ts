import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { exportSPKI, importJWK, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNonces } from '../../../src/adapters/identity/nonce.ts';
import { MAX_PROOF_BYTES, PROOF_ALGORITHMS } from '../../../src/adapters/identity/proof.ts';
import {
  claims,
  forged,
  identifier,
  issuerOf,
  type KeyPair,
  keyPair,
  NOW,
  ORIGIN,
  sent,
  token,
  told,
} from './builders.ts';
import { PATH, type Prover, prover } from './prover.ts';

const SECONDS = NOW / 1_000;
const NONCE_KEY = Buffer.alloc(32, 7);

let key: KeyPair;
let issuer: Awaited<ReturnType<typeof issuerOf>>;
let mine: Prover;
let other: Prover;
/** Bound to `mine`. */
let bound: string;
beforeAll(async () => {
  key = await keyPair('k1');
  issuer = await issuerOf(key.jwk);
  [mine, other] = [await prover(), await prover()];
  bound = await boundTo(mine.thumbprint);
});
afterAll(() => issuer.close());

function boundTo(jkt: string, changes: JWTPayload = {}): Promise<string> {
  return token(key, claims(issuer.url, { cnf: { jkt }, exp: SECONDS + 3_600, ...changes }));
}

const identify = (possession = {}) => identifier(issuer.url, {}, possession);
const KNOWN = { subject: 'i.ashdown', bound: true };

describe('a good proof', () => {
  test.each(PROOF_ALGORITHMS)('signed with %s binds the caller', async (alg) => {
    const client = await prover(alg);
    const jwt = await boundTo(client.thumbprint);
    expect(await told(identify(), await client.request(jwt))).toMatchObject(KNOWN);
  });

  test.each([
    `${ORIGIN}${PATH}?page=2#here`,
    `HTTPS://GATEWAY.EXAMPLE:8443${PATH}`,
    `${ORIGIN}/v1/./x/../exchanges`,
    `${ORIGIN}/v1/%65xchanges`,
  ])('may spell the address as %s', async (htu) => {
    expect(await told(identify(), await mine.request(bound, { htu }))).toMatchObject(KNOWN);
  });

  test('is for the path alone: the query of the request is not compared', async () => {
    const request = await mine.request(bound, {}, {}, { path: `${PATH}?page=2` });
    expect(await told(identify(), request)).toMatchObject(KNOWN);
  });

  test('may leave the default port of the origin out, and escapes in either case', async () => {
    const there = identify({ origin: 'https://gateway.example' });
    const request = await mine.request(bound, { htu: 'https://gateway.example:443/a%c3%a9' }, {}, { path: '/a%C3%A9' });
    expect(await told(there, request)).toMatchObject(KNOWN);
  });

  test('counts a minute before and after its time, and no longer', async () => {
    for (const [off, expected] of [
      [-60, KNOWN],
      [60, KNOWN],
      [-61, 'dpop/mismatch'],
      [61, 'dpop/mismatch'],
    ] as const) {
      const outcome = await told(identify(), await mine.request(bound, { iat: SECONDS + off }));
      if (typeof expected === 'string') expect(outcome, String(off)).toBe(expected);
      else expect(outcome, String(off)).toMatchObject(expected);
    }
  });

  test('beside an unbound token says nothing: the caller is not bound', async () => {
    const free = await token(key, claims(issuer.url));
    const request = { ...(await mine.request(free)), authorization: `Bearer ${free}` };
    expect(await told(identify(), request)).toMatchObject({ subject: 'i.ashdown', bound: false });
  });
});

describe('RFC 9449 section 4.3, check by check', () => {
  const refused = async (request: Awaited<ReturnType<Prover['request']>>, reason = 'dpop/mismatch') =>
    expect(await told(identify(), request)).toBe(reason);

  test('1: one header, not none and not two', async () => {
    const [one, two] = [await mine.proof(bound), await mine.proof(bound)];
    await refused(sent(`DPoP ${bound}`), 'dpop/missing');
    await refused(sent(`DPoP ${bound}`, { dpop: [one, two] }));
    await refused(sent(`DPoP ${bound}`, { dpop: [one, one] }));
    await refused(sent(`DPoP ${bound}`, { dpop: [`${one}, ${two}`] }));
  });

  test('2: one well-formed JWT', async () => {
    for (const text of ['', 'x', 'a.b', 'a.b.c', 'a.b.c.d.e', `${await mine.proof(bound)}.`])
      await refused(sent(`DPoP ${bound}`, { dpop: [text] }));
    await refused(await mine.request(bound, { pad: 'x'.repeat(MAX_PROOF_BYTES) }));
  });

  test('3: all claims, in their types', async () => {
    for (const name of ['jti', 'htm', 'htu', 'iat', 'ath'])
      await refused(await mine.request(bound, { [name]: undefined }));
    for (const odd of [{ jti: '' }, { jti: 'x'.repeat(129) }, { nonce: '' }]) {
      const reason = 'nonce' in odd ? 'dpop/nonce' : 'dpop/mismatch';
      await refused(await mine.request(bound, odd), reason);
    }
    const head = { alg: 'ES256', typ: 'dpop+jwt', jwk: mine.jwk };
    for (const odd of [{ iat: 'now' }, { iat: null }, { jti: 5 }, { htm: ['POST'] }, { nonce: 1 }]) {
      const proof = forged(head, { ...mine.claims(bound), ...odd }, 'c2ln');
      await refused(sent(`DPoP ${bound}`, { dpop: [proof] }));
    }
  });

  test('4: the type of a proof', async () => {
    for (const typ of ['JWT', 'at+jwt', 'DPOP', undefined]) await refused(await mine.request(bound, {}, { typ }));
  });

  test('5: an asymmetric algorithm of the list', async () => {
    for (const alg of ['none', 'None', '', 'RS256']) {
      const proof = forged({ alg, typ: 'dpop+jwt', jwk: mine.jwk }, mine.claims(bound), 'c2ln');
      await refused(sent(`DPoP ${bound}`, { dpop: [proof] }));
    }
    const open = forged({ alg: 'HS256', typ: 'dpop+jwt', jwk: mine.jwk }, mine.claims(bound)).slice(0, -1);
    const publicKey = await importJWK(mine.jwk, 'ES256', { extractable: true });
    if (publicKey instanceof Uint8Array) throw new Error('no public key');
    const mac = createHmac('sha256', await exportSPKI(publicKey))
      .update(open)
      .digest('base64url');
    await refused(sent(`DPoP ${bound}`, { dpop: [`${open}.${mac}`] }));
  });

  test('6: a signature of the key in the header', async () => {
    const [head, body] = (await mine.proof(bound)).split('.');
    const [, , elsewhere] = (await mine.proof(bound)).split('.');
    await refused(sent(`DPoP ${bound}`, { dpop: [`${head}.${body}.${elsewhere}`] }));
    await refused(await other.request(bound, {}, { jwk: mine.jwk }));
    // Also once the key is remembered from a good proof.
    const same = identify();
    expect(await told(same, await mine.request(bound))).toMatchObject(KNOWN);
    expect(await told(same, await other.request(bound, {}, { jwk: mine.jwk }))).toBe('dpop/mismatch');
  });

  test('7: a public key, and nothing private with it', async () => {
    await refused(await mine.request(bound, {}, { jwk: mine.privateJwk }));
    await refused(await mine.request(bound, {}, { jwk: { ...mine.jwk, d: '' } }));
    for (const jwk of [undefined, null, 'x', {}, { kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'P-256' }]) {
      const proof = forged({ alg: 'ES256', typ: 'dpop+jwt', jwk }, mine.claims(bound), 'c2ln');
      await refused(sent(`DPoP ${bound}`, { dpop: [proof] }));
    }
  });

  test('an extension that must be understood', async () => {
    const proof = forged(
      { alg: 'ES256', typ: 'dpop+jwt', jwk: mine.jwk, crit: ['x'], x: 1 },
      mine.claims(bound),
      'c2ln',
    );
    await refused(sent(`DPoP ${bound}`, { dpop: [proof] }));
  });

  test('8: the method', async () => {
    for (const htm of ['GET', 'post', '', 'POST ']) await refused(await mine.request(bound, { htm }));
    await refused(await mine.request(bound, {}, {}, { method: 'GET' }));
  });

  test.each([
    `https://gateway.example${PATH}`,
    `http://gateway.example:8443${PATH}`,
    `https://gateway.example.evil.example:8443${PATH}`,
    `https://evil.example${PATH}`,
    `https://gateway.example:8443@evil.example${PATH}`,
    `https://user@gateway.example:8443${PATH}`,
    `${ORIGIN}${PATH}/`,
    `${ORIGIN}/V1/exchanges`,
    `${ORIGIN}//v1/exchanges`,
    `${ORIGIN}\\v1\\exchanges`,
    `${ORIGIN}/v1/exchanges\n`,
    `${ORIGIN}/v1%2fexchanges`,
    PATH,
    '',
    'javascript:alert(1)',
  ])('9: the address, not %j', async (htu) => refused(await mine.request(bound, { htu })));

  test('9: whatever authority or path the request line has, the origin is that of the configuration', async () => {
    const elsewhere = { htu: `https://evil.example${PATH}` };
    for (const path of [
      `https://evil.example${PATH}`,
      `//evil.example${PATH}`,
      '*',
      'evil.example:443',
      `\\\\evil${PATH}`,
    ])
      await refused(await mine.request(bound, elsewhere, {}, { path }));
    const absolute = await mine.request(bound, {}, {}, { path: `https://evil.example${PATH}` });
    expect(await told(identify(), absolute)).toMatchObject(KNOWN);
  });

  test('10: a nonce of ours, within two minutes, where it is required or given', async () => {
    const nonces = createNonces(NONCE_KEY);
    const required = identify({ nonceRequired: true });
    expect(await told(required, await mine.request(bound))).toBe('dpop/nonce');
    for (const [at, expected] of [
      [NOW, 'known'],
      [NOW - 60_000, 'known'],
      [NOW - 120_000, 'dpop/nonce'],
      [NOW + 60_000, 'dpop/nonce'],
    ] as const) {
      for (const gateway of [required, identify()]) {
        const outcome = await told(gateway, await mine.request(bound, { nonce: nonces.issue(at) }));
        expect(typeof outcome === 'string' ? outcome : 'known', String(NOW - at)).toBe(expected);
      }
    }
    const foreign = createNonces(Buffer.alloc(32, 8)).issue(NOW);
    for (const nonce of [foreign, 'x', nonces.issue(NOW).slice(1), `${nonces.issue(NOW)}x`])
      expect(await told(required, await mine.request(bound, { nonce }))).toBe('dpop/nonce');
  });

  test('11: the time', async () => {
    for (const iat of [0, -1, SECONDS * 1_000, SECONDS + 3_600, Number.MAX_SAFE_INTEGER])
      await refused(await mine.request(bound, { iat }));
  });

  test('12: the token, and the key that it is bound to', async () => {
    const another = await boundTo(mine.thumbprint, { jti: 't2' });
    await refused({ ...(await mine.request(another)), authorization: `DPoP ${bound}` });
    const hex = createHash('sha256').update(bound).digest('hex');
    await refused(await mine.request(bound, { ath: hex }));
    await refused(await other.request(bound));
    // A key that differs in what the thumbprint covers, though the proof is well signed.
    await refused(await mine.request(await boundTo(other.thumbprint)));
  });
});

describe('what is bound is never taken for less', () => {
  test('a bound token sent as bearer is refused, with a good proof beside it too', async () => {
    expect(await told(identify(), `Bearer ${bound}`)).toBe('dpop/missing');
    expect(await told(identify(), { ...(await mine.request(bound)), authorization: `Bearer ${bound}` })).toBe(
      'dpop/missing',
    );
  });

  test('an unbound token sent as bound is refused, whatever the proof', async () => {
    const free = await token(key, claims(issuer.url));
    expect(await told(identify(), await mine.request(free))).toBe('dpop/mismatch');
  });

  test.each([[null], [{}], ['x'], [{ 'x5t#S256': 'x' }], [{ jkt: 5 }], [{ jkt: '' }]])('bound by %j', async (cnf) => {
    const odd = await token(key, claims(issuer.url, { cnf }));
    expect(await told(identify(), await mine.request(odd))).toBe('dpop/mismatch');
  });

  test('nor is a second way of being bound passed over', async () => {
    const both = await boundTo(mine.thumbprint, { cnf: { jkt: mine.thumbprint, 'x5t#S256': 'x' } });
    expect(await told(identify(), await mine.request(both))).toBe('dpop/mismatch');
  });
});

describe('a proof counts once', () => {
  test('in the same request and in others, and though it is signed anew', async () => {
    const gateway = identify();
    const request = await mine.request(bound, { jti: 'once' });
    expect(await told(gateway, request)).toMatchObject(KNOWN);
    expect(await told(gateway, request)).toBe('dpop/replayed');
    expect(await told(gateway, await mine.request(bound, { jti: 'once' }), NOW + 30_000)).toBe('dpop/replayed');
    const [first, second] = await Promise.all(
      [1, 2].map(async () => told(gateway, await mine.request(bound, { jti: 'race' }))),
    );
    expect([first, second].filter((outcome) => outcome === 'dpop/replayed')).toHaveLength(1);
  });

  test('nobody can use up the identifiers of somebody else', async () => {
    const gateway = identify();
    const theirs = await boundTo(other.thumbprint);
    expect(await told(gateway, await other.request(theirs, { jti: 'same' }))).toMatchObject(KNOWN);
    expect(await told(gateway, await mine.request(bound, { jti: 'same' }))).toMatchObject(KNOWN);
  });

  test('only a proof that is good in everything else is marked', async () => {
    const marked: unknown[] = [];
    const gateway = identify({ useProof: async (id: Uint8Array) => marked.push(id) > 0 });
    for (const changes of [{ htm: 'GET' }, { ath: 'x' }, { iat: 0 }, { nonce: 'x' }])
      await told(gateway, await mine.request(bound, changes));
    await told(gateway, await other.request(bound, {}, { jwk: mine.jwk }));
    expect(marked).toEqual([]);
    await told(gateway, await mine.request(bound));
    expect(marked).toHaveLength(1);
  });

  test('where the mark cannot be kept, nobody is recognised', async () => {
    const gateway = identify({ useProof: async () => Promise.reject(new Error('disk full')) });
    expect(await told(gateway, await mine.request(bound))).toBe('identity/unavailable');
  });
});

test('no proof for another method, address or token is accepted', async () => {
  const gateway = identify();
  const tokens = await Promise.all(['a', 'b', 'c'].map((jti) => boundTo(mine.thumbprint, { jti })));
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
    path: fc.webPath().filter((path) => path.startsWith('/')),
    token: fc.constantFrom(...tokens),
  });
  await fc.assert(
    fc.asyncProperty(request, request, async (made, used) => {
      const proof = await mine.proof(made.token, { htm: made.method, htu: ORIGIN + made.path });
      const { method, path } = used;
      const outcome = await told(gateway, sent(`DPoP ${used.token}`, { dpop: [proof], method, path }));
      const same = made.method === used.method && made.path === used.path && made.token === used.token;
      if (same) expect(outcome).toMatchObject(KNOWN);
      else if (outcome !== 'dpop/mismatch') {
        // Two spellings of one path are one address.
        expect([made.method, made.token]).toEqual([used.method, used.token]);
        expect(new URL(ORIGIN + made.path).pathname.toLowerCase()).toBe(
          new URL(ORIGIN + used.path).pathname.toLowerCase(),
        );
      }
    }),
    { numRuns: 200 },
  );
});
