import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/domain/canonical-json.ts';
import { digestOf } from '../../src/domain/digest.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { isoTime } from '../../src/domain/time.ts';
import { answerCommitment, entryText, entryTime, parseEntry } from '../../src/ledger/compose.ts';
import { ENTRY_KINDS, type Entry } from '../../src/ledger/entry.ts';
import { exchangeTurns, packExchange } from '../../src/ledger/exchange-turns.ts';

const digest = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => digestOf(bytes));
const id = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
  .map(([at, random]) => exchangeId(at, random));
const entry: fc.Arbitrary<Entry> = fc.record(
  {
    v: fc.constant(1 as const),
    kind: fc.constantFrom(...ENTRY_KINDS),
    exchange: id,
    time: fc.integer({ min: 0, max: 253_402_300_799_999 }).map(isoTime),
    accountability: digest,
    subject: fc.option(digest),
    answer: digest,
  },
  { requiredKeys: ['v', 'kind', 'exchange', 'time', 'accountability', 'subject'] },
);

describe('entries', () => {
  test('are written in canonical JSON and read back', () => {
    fc.assert(
      fc.property(entry, (one) => {
        expect(entryText(one)).toBe(canonicalJson({ ...one }));
        expect(parseEntry(entryText(one))).toEqual(one);
      }),
    );
  });

  test('are read in no other spelling', () => {
    const text = entryText({
      v: 1,
      kind: 'asked',
      exchange: '01K00000000000000000000000',
      time: isoTime(0),
      accountability: digestOf(''),
      subject: null,
    });
    expect(parseEntry(text)).toBeDefined();
    const parsed: unknown = JSON.parse(text);
    for (const other of [` ${text}`, `${text}\n`, JSON.stringify(parsed, null, 1), text.replace('"v":1', '"v":2')]) {
      expect(parseEntry(other)).toBeUndefined();
    }
    expect(parseEntry(text.replace('"subject":null', '"subject":null,"subject":null'))).toBeUndefined();
    expect(parseEntry(text.replace('"v":1', '"v":1,"x":1'))).toBeUndefined();
  });
});

test('an answer is committed to as SHA-256 of salt and digest bytes', () => {
  const salt = Buffer.alloc(16, 3);
  const expected = createHash('sha256')
    .update(salt)
    .update(Buffer.from(digestOf('x').slice(7), 'hex'))
    .digest('hex');
  expect(answerCommitment(salt, digestOf('x'))).toBe(`sha256:${expected}`);
});

test('time never goes back: a small step is held, a large one refused', () => {
  expect(entryTime(5_000, null)).toBe(5_000);
  expect(entryTime(5_000, 4_000)).toBe(5_000);
  expect(entryTime(5_000, 5_999)).toBe(5_999);
  expect(entryTime(5_000, 6_000)).toBe(6_000);
  expect(() => entryTime(5_000, 6_001)).toThrow(expect.objectContaining({ code: 'clock/untrusted' }));
  expect(() => entryTime(Number.NaN, null)).toThrow(expect.objectContaining({ code: 'clock/untrusted' }));
});

describe('turns of exchanges', () => {
  const words = (one: string) => {
    const packed = new Uint32Array(4);
    expect(packExchange(one, packed, 0)).toBe(true);
    return packed;
  };

  test('are remembered exactly', () => {
    const turn = fc.record({ one: fc.nat(40), kind: fc.constantFrom('asked' as const, 'outcome' as const) });
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 41, maxLength: 41 }), fc.array(turn), (ids, told) => {
        const turns = exchangeTurns();
        const known = new Map<number, 'asked' | 'outcome'>();
        for (const { one, kind } of told) {
          const before = known.get(one);
          const allowed = kind === 'asked' ? before === undefined : before !== 'outcome';
          expect(turns[kind](words(ids[one] ?? ''), 0)).toBe(allowed);
          if (allowed) known.set(one, kind);
        }
        expect(turns.open).toBe([...known.values()].filter((kind) => kind === 'asked').length);
      }),
    );
  });

  test('of many exchanges as well', () => {
    const turns = exchangeTurns();
    const many = Array.from({ length: 20_000 }, (_, i) => exchangeId(i, createHash('sha256').update(`${i}`).digest()));
    for (const one of many.slice(0, 10_000)) expect(turns.asked(words(one), 0)).toBe(true);
    for (const one of many.slice(0, 5_000)) expect(turns.outcome(words(one), 0)).toBe(true);
    expect(turns.open).toBe(5_000);
    const again = many.map((one) => [turns.asked(words(one), 0), turns.outcome(words(one), 0)]);
    expect(again.map(String)).toEqual(many.map((_, i) => String(i < 5_000 ? [false, false] : [i >= 10_000, true])));
  });

  test('what is no id has no turn', () => {
    const good = exchangeId(1, Buffer.alloc(10));
    for (const bad of ['', good.slice(1), `${good}0`, `8${good.slice(1)}`, `${good.slice(1)}U`, `${good.slice(1)}é`]) {
      expect(packExchange(bad, new Uint32Array(4), 0), bad).toBe(false);
    }
  });
});
