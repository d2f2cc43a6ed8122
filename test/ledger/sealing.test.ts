import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSealed, sealDetails } from '../../src/ledger/sealing.ts';

const key = randomBytes(32);
const binding = { kind: 'asked', exchange: '01K00000000000000000000000', part: 'subject' } as const;

test('what is sealed opens with its key and for its place, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const wellFormed = text.toWellFormed();
      expect(openSealed(key, binding, sealDetails(key, binding, wellFormed))).toBe(wellFormed);
    }),
  );
});

test('sealed bytes show nothing of what they hold and never repeat', () => {
  const one = sealDetails(key, binding, '{"vin":"JTEZU5JR8D5050504"}');
  expect(one.includes('JTEZU5JR8D5050504')).toBe(false);
  expect(sealDetails(key, binding, '{"vin":"JTEZU5JR8D5050504"}').equals(one)).toBe(false);
});

test('they open for no other key, kind, exchange or part', () => {
  const sealed = sealDetails(key, binding, '{}');
  expect(openSealed(randomBytes(32), binding, sealed)).toBeUndefined();
  expect(openSealed(key, { ...binding, kind: 'outcome' }, sealed)).toBeUndefined();
  expect(openSealed(key, { ...binding, exchange: '01K00000000000000000000001' }, sealed)).toBeUndefined();
  expect(openSealed(key, { ...binding, part: 'accountability' }, sealed)).toBeUndefined();
});

test('no byte can be changed, none dropped', () => {
  const sealed = sealDetails(key, binding, '{"a":1}');
  for (let i = 0; i < sealed.length; i++) {
    const altered = Buffer.from(sealed);
    altered[i] = (altered[i] ?? 0) ^ 1;
    expect(openSealed(key, binding, altered)).toBeUndefined();
    expect(openSealed(key, binding, sealed.subarray(0, i))).toBeUndefined();
  }
});
