import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Answer, answerOf } from './answer.ts';
import { forger } from './forger.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

/** Requests a minute from one network. */
const PER_MINUTE = 8;

let p: Partnership;
beforeAll(async () => {
  // Counts go by the minute, so the tests live at the beginning of one.
  const now = Date.now.bind(Date);
  const ahead = 61_000 - (now() % 60_000);
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  p = await startPartnership({ 'gateway.yaml': [['unverifiedPerMinute: 60', `unverifiedPerMinute: ${PER_MINUTE}`]] });
});
afterAll(async () => {
  await p.stop();
  vi.restoreAllMocks();
});

async function askWith(token: string | null, source = '127.0.0.1'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const headers = {
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  const sent = request(
    `${p.gateway.url}/v1/exchanges`,
    { method: 'POST', headers, localAddress: source },
    (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        const told = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]);
        resolve(new Response(Buffer.concat(chunks), { status: message.statusCode ?? 0, headers: told }));
      });
    },
  );
  sent.on('error', reject);
  sent.end(JSON.stringify(question()));
  return answerOf(await promise);
}

describe('a request of an unknown caller', () => {
  test('is a 401 with its reason, counted by network, reason and minute, and turned away when there are too many', async () => {
    const forge = forger(p);
    const now = Math.floor(Date.now() / 1_000);
    const tokens: readonly (readonly [string, string | null])[] = [
      ['token/missing', null],
      ['token/missing', null],
      ['token/expired', await forge.signed({ iat: now - 900, exp: now - 300 })],
      ['token/audience', await forge.signed({ aud: 'https://another.example' })],
      ['token/issuer', await forge.signed({ iss: 'https://issuer.example' })],
      ['token/issuer', await forge.signed({ iss: 'https://issuer.example' })],
      ['token/issuer', await forge.signed({ iss: 'https://issuer.example' })],
      ['token/malformed', 'no-token'],
    ];
    for (const [reason, token] of tokens) {
      const { status, headers, body } = await askWith(token);
      expect([status, body.code, body.reason]).toEqual([401, 'people/unknown', reason]);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer\b/);
      expect(body).not.toHaveProperty('exchange');
    }
    const turnedAway = await askWith(null);
    expect([turnedAway.status, turnedAway.body.code]).toEqual([429, 'request/too-many']);
    expect(Number(turnedAway.headers.get('retry-after'))).toBeGreaterThan(0);
    // A neighbour's noise does not keep out whoever is verified.
    expect((await p.send('/v1/me', 'mara.lindqvist')).status).toBe(200);
    // The minute of one network is not that of another.
    const elsewhere = await askWith(null, '127.0.77.1');
    expect(elsewhere.status).toBe(401);

    expect(p.dealer.calls).toEqual([]);
    expect(p.entries().map((entry) => entry.kind)).toEqual(['rulebook']);
    await p.gateway.stop();
    const counted = p.entries().filter((entry) => entry.kind === 'unverified');
    const minute = new Date(Math.floor((now * 1_000) / 60_000) * 60_000).toISOString();
    expect(counted.map((entry) => entry.details).sort((a, b) => Number(a['count']) - Number(b['count']))).toEqual(
      expect.arrayContaining([
        { minute, network: '127.0.0.0/24', reason: 'token/missing', count: 3 },
        { minute, network: '127.0.0.0/24', reason: 'token/expired', count: 1 },
        { minute, network: '127.0.0.0/24', reason: 'token/audience', count: 1 },
        { minute, network: '127.0.0.0/24', reason: 'token/issuer', count: 3 },
        { minute, network: '127.0.0.0/24', reason: 'token/malformed', count: 1 },
        { minute, network: '127.0.77.0/24', reason: 'token/missing', count: 1 },
      ]),
    );
    expect(counted).toHaveLength(6);
    expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
  });
});
