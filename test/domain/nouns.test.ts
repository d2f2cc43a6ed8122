import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/domain/canonical-json.ts';
import { digestOf, digestOfJson } from '../../src/domain/digest.ts';
import { Fault, faultCode } from '../../src/domain/faults.ts';
import { freeze } from '../../src/domain/freeze.ts';
import { canonicalIdentifier, SCHEMES } from '../../src/domain/identifier.ts';
import { exchangeId, parseExchangeId } from '../../src/domain/ids.ts';
import { LEG_STATES, outcomeOf } from '../../src/domain/leg.ts';
import { isPurpose, PURPOSES, purposeWithin } from '../../src/domain/purpose.ts';
import { REASON_CODES, wording } from '../../src/domain/reasons.ts';

describe('identifiers', () => {
  it.each([
    ['vin', ' wvwzzz1kz8w386001 ', 'WVWZZZ1KZ8W386001', true],
    ['vin', 'WVWZZZ1KZ8W3860', 'WVWZZZ1KZ8W3860', false],
    ['vin', '12-345', '12345', true],
    ['vin-prefix', 'WVW', 'WVW', false],
    ['engine-number', 'CAXA 104221', 'CAXA104221', true],
    ['engine-number', 'K9K', 'K9K', false],
    ['registration', 'tw-101-a', 'TW101A', true],
    ['hull-number', 'US-ABC12345D404', 'USABC12345D404', true],
  ] as const)('%s %j is %s, full %s', (scheme, raw, value, full) => {
    expect(canonicalIdentifier(scheme, raw)).toEqual({ scheme, value, full });
  });

  it.each([
    ['vin', 'WVWZZZ1KZ8W38600I'],
    ['vin', 'WVW'],
    ['vin', 'WVWZZZ1KZ8W3860011'],
    ['vin', 'ＷVWZZZ1KZ8W386001'],
    ['registration', 'TW_101'],
    ['engine-number', '%'],
  ] as const)('%s: %s is none', (scheme, raw) => {
    expect(canonicalIdentifier(scheme, raw)).toBeUndefined();
  });

  it('the canonical form is its own canonical form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCHEMES), fc.string({ maxLength: 24 }), (scheme, raw) => {
        const found = canonicalIdentifier(scheme, raw);
        if (found !== undefined) expect(canonicalIdentifier(scheme, found.value)).toEqual(found);
      }),
    );
  });
});

describe('exchange ids', () => {
  it('carry time in their order, and parse back', () => {
    const at = Date.UTC(2026, 10, 22);
    const random = new Uint8Array(10).fill(255);
    const id = exchangeId(at, random);
    expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}Z{16}$/);
    expect(parseExchangeId(id)).toBe(id);
    expect(exchangeId(at + 1, new Uint8Array(10)) > id).toBe(true);
    expect(parseExchangeId(id.toLowerCase())).toBeUndefined();
    expect(parseExchangeId(`${id}0`)).toBeUndefined();
  });

  it('differ wherever the randomness does', () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(exchangeId(0, a) === exchangeId(0, b)).toBe(Buffer.from(a).equals(Buffer.from(b)));
      }),
    );
  });
});

describe('outcomes', () => {
  it.each([
    [['released', 'released'], 'released'],
    [['released', 'none'], 'released'],
    [['none', 'none'], 'none'],
    [['refused', 'none'], 'partial'],
    [['held', 'released'], 'partial'],
    [['held', 'refused'], 'held'],
    [['fault', 'refused'], 'refused'],
    [['fault', 'fault'], 'fault'],
  ] as const)('%j: %s', (states, outcome) => {
    expect(outcomeOf(states)).toBe(outcome);
  });

  it('does not depend on the order of legs', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...LEG_STATES), { minLength: 1 }), (states) => {
        expect(outcomeOf(states.toReversed())).toBe(outcomeOf(states));
      }),
    );
  });
});

describe('purposes', () => {
  it('allow themselves and what is narrower, never what is broader', () => {
    expect(purposeWithin('SuspectedCrimeInvestigation', 'CrimeInvestigation')).toBe(false);
    expect(purposeWithin('CrimeInvestigation', 'LawEnforcement')).toBe(true);
    expect(purposeWithin('LawEnforcement', 'CrimeInvestigation')).toBe(false);
    expect(purposeWithin('toString', 'toString')).toBe(false);
    expect(isPurpose('__proto__')).toBe(false);
  });

  it('form an order', () => {
    for (const a of PURPOSES) {
      for (const b of PURPOSES) {
        if (a !== b && purposeWithin(a, b)) expect(purposeWithin(b, a)).toBe(false);
      }
    }
  });
});

describe('digests, faults, words', () => {
  it('digests are of canonical JSON (RFC 8785)', () => {
    expect(canonicalJson({ b: [1e21, 0.1], a: 'é' })).toBe('{"a":"é","b":[1e+21,0.1]}');
    expect(digestOfJson({ b: 1, a: 2 })).toBe(digestOfJson({ a: 2, b: 1 }));
    expect(digestOf('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(() => canonicalJson(Number.NaN)).toThrow();
  });

  it('an unforeseen error takes the code of where it happened', () => {
    expect(faultCode(new Fault('holder/timeout'), 'holder/status')).toBe('holder/timeout');
    expect(faultCode(new TypeError('x'), 'holder/status')).toBe('holder/status');
  });

  it('every reason can be worded, and a missing name shows', () => {
    for (const code of REASON_CODES) expect(wording(code, { arg: 'x', limit: '1' }).say).not.toMatch(/[{}?]/);
    expect(wording('people/training', { arg: 'data-protection' }).say).toContain('older than ? days');
  });

  it('frozen is frozen all the way down', () => {
    const value = freeze({ a: [{ b: 1 }] });
    expect(Object.isFrozen(value.a[0])).toBe(true);
  });
});
