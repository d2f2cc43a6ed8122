import { afterEach, describe, expect, test } from 'vitest';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';

const POLICE_LAN = ['police-lan: [127.0.0.0/8, 10.20.0.0/16]', 'police-lan: [10.20.0.0/16]'] as const;
const INSIDE = '10.20.0.7';

let p: Partnership | undefined;
afterEach(async () => {
  await p?.stop();
  p = undefined;
});

async function partnership(...edits: readonly (readonly [string, string])[]): Promise<Partnership> {
  p = await startPartnership({ 'gateway.yaml': [POLICE_LAN, ...edits] });
  return p;
}

async function addressAfter(of: Partnership, headers: Readonly<Record<string, string>>) {
  const { body } = await of.ask('mara.lindqvist', question(), headers);
  // The first entry of an exchange says who asked.
  const entry = of.entries().find((e) => e.exchange === body.exchange);
  const who = entry?.details['who'];
  return { code: body.legs?.[0]?.code, address: who, outcome: body.outcome };
}

describe('without a configured proxy', () => {
  test('nobody talks himself into the police network', async () => {
    const of = await partnership();
    const headers = [
      { 'x-forwarded-for': INSIDE },
      { 'x-forwarded-for': `${INSIDE}, 127.0.0.1` },
      { forwarded: `for=${INSIDE}` },
      { 'x-real-ip': INSIDE },
      { 'x-client-ip': INSIDE, 'true-client-ip': INSIDE, 'cf-connecting-ip': INSIDE },
    ];
    for (const header of headers) {
      expect(await addressAfter(of, header)).toMatchObject({
        code: 'settings/network',
        address: { address: '127.0.0.1' },
      });
    }
    expect(of.dealer.calls).toEqual([]);
  });

  test('nobody gets a fresh minute by another address', async () => {
    const of = await partnership(['unverifiedPerMinute: 60', 'unverifiedPerMinute: 3']);
    const statuses: number[] = [];
    for (let i = 1; i <= 12; i++) {
      statuses.push((await of.ask(null, question(), { 'x-forwarded-for': `198.51.100.${i}` })).status);
    }
    // A minute may turn once in between.
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(6);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(6);
  });
});

describe('behind a configured proxy', () => {
  const PROXY = ['trustedProxies: []', 'trustedProxies: [127.0.0.0/8]'] as const;

  test('the address that the proxy saw counts, and none that the client wrote before it', async () => {
    const of = await partnership(PROXY);
    expect(await addressAfter(of, { 'x-forwarded-for': INSIDE })).toMatchObject({
      outcome: 'released',
      address: { address: INSIDE },
    });
    expect(await addressAfter(of, { 'x-forwarded-for': `${INSIDE}, 203.0.113.9` })).toMatchObject({
      code: 'settings/network',
      address: { address: '203.0.113.9' },
    });
  });

  test("where the proxy is silent or garbled nobody is in any network, least of all the proxy's", async () => {
    const of = await partnership(PROXY);
    const garbled = [`${INSIDE}, unknown`, `${INSIDE}:80`, 'localhost', `"${INSIDE}"`, `${INSIDE}/16`, '10.20.7', ','];
    const headers = [{}, ...garbled.map((value) => ({ 'x-forwarded-for': value }))];
    for (const header of headers) {
      expect(await addressAfter(of, header)).toMatchObject({
        code: 'settings/network',
        address: { address: 'unknown' },
      });
    }
  });
});
