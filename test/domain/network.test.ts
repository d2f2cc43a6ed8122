import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, type Network, networksOf, parseNetwork } from '../../src/domain/network.ts';

function ranges(...cidrs: readonly string[]): Network[] {
  return cidrs.map((cidr) => {
    const network = parseNetwork(cidr);
    if (network === undefined) throw new Error(`${cidr} is no network`);
    return network;
  });
}

const named = new Map([
  ['police-lan', ranges('127.0.0.0/8', '10.20.0.0/16', '2001:db8:1::/48')],
  ['one', ranges('10.20.7.7/32')],
  ['v4', ranges('0.0.0.0/0')],
  ['v6', ranges('::/0')],
]);

describe('networks', () => {
  it.each([
    ['10.20.7.7', ['one', 'police-lan', 'v4']],
    ['10.21.0.0', ['v4']],
    ['::ffff:10.20.1.1', ['police-lan', 'v4']],
    ['::ffff:0a14:0101', ['police-lan', 'v4']],
    ['2001:db8:1:2::3', ['police-lan', 'v6']],
    ['2001:DB8:1:0:0::3', ['police-lan', 'v6']],
    ['2001:db8:2::1', ['v6']],
    ['::1', ['v6']],
    ['', []],
    ['unknown', []],
    ['10.20.7', []],
    ['10.20.7.7.7', []],
    ['10.20.7.07', []],
    ['10.20.7.256', []],
    ['0x0a.20.7.7', []],
    ['169148167', []],
    ['10.20.7.7:80', []],
    ['10.20.7.7/32', []],
    [' 10.20.7.7', []],
  ])('%s is in %j', (address, names) => {
    expect(networksOf(address, named)).toEqual(names);
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.1/8',
    '10/8',
    '::/129',
    '2001:db8::1/32',
    '::ffff:10.0.0.0/104',
    '/8',
    'a/8',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/',
  ])('%s is no network', (cidr) => expect(parseNetwork(cidr)).toBeUndefined());

  it('a prefix of n bits holds exactly the addresses that begin with them', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }), (a, b, bits) => {
        const text = (n: number) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
        const head = (n: number) => Math.floor(n / 2 ** (32 - bits));
        const net = ranges(`${text(head(a) * 2 ** (32 - bits))}/${bits}`);
        expect(networksOf(text(a), new Map([['n', net]]))).toEqual(['n']);
        expect(networksOf(text(b), new Map([['n', net]]))).toEqual(head(a) === head(b) ? ['n'] : []);
      }),
    );
  });
});

describe('the address of the client', () => {
  const proxies = ranges('10.9.0.0/24', 'fd00::/8');
  it.each([
    ['a stranger', '192.0.2.1', undefined, '192.0.2.1'],
    ['a stranger who forwards', '192.0.2.1', '10.20.0.1', '192.0.2.1'],
    ['a stranger over IPv6 who forwards', '2001:db8::1', '10.20.0.1', '2001:db8::1'],
    ['a mapped stranger', '::ffff:192.0.2.1', '10.20.0.1', '192.0.2.1'],
    ['a proxy', '10.9.0.1', '192.0.2.1', '192.0.2.1'],
    ['a mapped proxy', '::ffff:10.9.0.1', '192.0.2.1', '192.0.2.1'],
    ['a proxy over IPv6', 'fd00::1', '2001:db8::1', '2001:db8::1'],
    ['a proxy, with what the client claims', '10.9.0.1', '10.20.0.1, 192.0.2.1', '192.0.2.1'],
    ['two proxies', '10.9.0.1', '10.20.0.1,192.0.2.1 , 10.9.0.2', '192.0.2.1'],
    ['a client among the proxies', '10.9.0.1', '10.9.0.7, 10.9.0.2', '10.9.0.7'],
    ['a proxy that says nothing', '10.9.0.1', undefined, 'unknown'],
    ['a proxy that says nothing in words', '10.9.0.1', '', 'unknown'],
    ['a proxy that hides', '10.9.0.1', '192.0.2.1, unknown', 'unknown'],
    ['a proxy that writes a port', '10.9.0.1', '192.0.2.1:4711', 'unknown'],
    ['nonsense beyond the client', '10.9.0.1', 'nonsense, 192.0.2.1', '192.0.2.1'],
    ['nobody', undefined, '192.0.2.1', 'unknown'],
  ])('%s', (_, socket, forwarded, address) => {
    expect(clientAddress(socket, forwarded, proxies)).toBe(address);
  });

  it('is never one that a client could write from outside', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (claimed, client) => {
        const seen = clientAddress('10.9.0.1', `${claimed}, ${client}`, proxies);
        expect(seen === client || client.startsWith('10.9.0.')).toBe(true);
        expect(clientAddress('192.0.2.1', claimed, proxies)).toBe('192.0.2.1');
      }),
    );
  });
});
