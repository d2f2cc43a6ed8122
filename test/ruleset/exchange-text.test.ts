import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { canonicalJson } from '../../src/domain/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { isoTime } from '../../src/domain/time.ts';
import { createDetailsText } from '../../src/ledger/details-text.ts';
import { createExchangeText, type DecidedExchange, type EntryText } from '../../src/ledger/exchange-text.ts';
import { exported } from '../../src/ledger/export/exported.ts';
import type { OpenedEntry } from '../../src/ledger/opened.ts';
import { NOW } from '../builders.ts';
import { drawn, recordedLog } from './log.ts';

const QUESTIONS = 60;
const ANSWER = `"answer":{"digest":"sha256:${'5'.repeat(64)}","salt":"rvQfcBb/LUNpT+3Rpu+ddA=="}`;

/** Texts of one exchange; null: none, or erased where `null` stands for its text. */
interface Texts {
  readonly asked: string | null;
  readonly outcome: string | null;
}

let log: Awaited<ReturnType<typeof recordedLog>>;
let texts: readonly Texts[];
beforeAll(async () => {
  log = await recordedLog(drawn(QUESTIONS));
  const reader = openReader(log.directory);
  try {
    const all = reader.list(0, QUESTIONS * 3).map(({ index, kind, exchange }) => {
      return { kind, exchange, details: reader.openDetails(index, log.kek)?.accountability ?? null };
    });
    texts = log.submissions.map(({ exchange }) => {
      const of = (kind: string) => all.find((entry) => entry.kind === kind && entry.exchange === exchange)?.details;
      const [asked, outcome] = [of('asked'), of('outcome')];
      return { asked: asked ? written(asked, false) : null, outcome: outcome ? written(outcome, true) : null };
    });
  } finally {
    reader.close();
  }
});
afterAll(() => log.close());

function written(details: JsonValue, answered: boolean): string {
  return `{${answered ? `${ANSWER},` : ''}"details":${canonicalJson(details)}}`;
}

/** One reader throughout, so that what it remembers of one text would show in another. */
const read = createExchangeText();

const entry = (text: string | null, index: number): EntryText => ({ index, time: NOW, text });

function quickly({ asked, outcome }: Texts): unknown {
  try {
    const told = read('x', asked === null ? null : entry(asked, 1), outcome === null ? null : entry(outcome, 2));
    return 'who' in told ? decided(told) : told;
  } catch {
    return 'unreadable';
  }
}

/** As any details are read: a JSON parser, then the schemas. */
function generally({ asked, outcome }: Texts): unknown {
  const opened = (text: string | null, index: number): OpenedEntry | null => {
    if (text === null) return null;
    const { details } = JSON.parse(text);
    if (typeof details !== 'object' || details === null) throw new Error('no details');
    return { index, time: isoTime(NOW), accountability: details, subject: null };
  };
  try {
    const told = exported('x', opened(asked, 1), opened(outcome, 2));
    return 'who' in told ? decided(told) : told;
  } catch {
    return 'unreadable';
  }
}

function decided({ exchange, who, output, versions, legs }: DecidedExchange) {
  return { exchange, who, output, versions, legs };
}

const anyOf = <T>(from: () => readonly T[]) => fc.nat().map((i) => from()[i % from().length]);
const someTexts = anyOf(() => texts).map((one) => one ?? { asked: null, outcome: null });

describe('what the gateway writes', () => {
  test('is read by its text alone, and as any details are', () => {
    const text = createDetailsText();
    const kinds = new Set<string>();
    for (const one of texts) {
      if (one.asked === null) {
        expect(text.refused(one.outcome ?? '')).toBeDefined();
        kinds.add('refused');
      } else {
        expect(text.asked(one.asked)).toBeDefined();
        expect(text.ended(one.outcome ?? '')).toBeDefined();
        kinds.add('asked');
      }
      expect(quickly(one)).toEqual(generally(one));
      expect(quickly({ ...one, outcome: null })).toEqual(generally({ ...one, outcome: null }));
    }
    expect([...kinds].sort()).toEqual(['asked', 'refused']);
  });

  test('an intent whose outcome was written by recovery, or is of another exchange’s form', () => {
    const interrupted = written({ code: 'exchange/interrupted', interrupted: true }, false);
    for (const { asked, outcome } of texts) {
      for (const other of [interrupted, asked, '{}', '[]', 'null', '']) {
        expect(quickly({ asked, outcome: other })).toEqual(generally({ asked, outcome: other }));
        expect(quickly({ asked: other, outcome })).toEqual(generally({ asked: other, outcome }));
      }
    }
  });
});

test.each([
  ['a member told twice', ',"project":', ',"legs":[],"project":'],
  ['facts told twice', ',"project":', ',"facts":[{"clock.now":1}],"project":'],
  ['a case told twice, wrongly', ',"project":', ',"case":7,"project":'],
  ['an answer told twice, wrongly', '],"outcome":', '],"answer":7,"outcome":'],
  ['a number that is none', '"asked":', '"asked":0'],
  ['a number too large', '"asked":', '"asked":9999999999999999'],
  ['budgets beside it', '}}}', '}},"spent":["a"]}'],
  ['a longer text', '}}}', '}}} {}'],
])('%s', (_, was, is) => {
  const other = (text: string | null) => text?.replace(was, is) ?? null;
  let changed = 0;
  for (const { asked, outcome } of texts) {
    for (const one of [
      { asked: other(asked), outcome },
      { asked, outcome: other(outcome) },
    ]) {
      if (one.asked !== asked || one.outcome !== outcome) changed += 1;
      expect(quickly(one)).toEqual(generally(one));
    }
  }
  expect(changed).toBeGreaterThan(0);
});

/** Names that the text is cut at, and what may stand around them. */
const TOKENS = [
  ...[',"facts":', ',"justification":', ',"legs":', ',"output":', ',"outcome":', ',"who":', '"case":', '"details":'],
  ...['{', '}', '}}', '[', ']', '"', '\\', '\\"', ',', ':', 'null', '0', '01', ' ', '\n', 'é', '\u2028', '__proto__'],
  ...['"spent":["a"]', ',"extra":1', ',"extra":{"who":{}}', '"legs":[],', '"facts":[{}],', '"x":"y",'],
];

describe('whatever the text is, both ways tell the same', () => {
  test('of strings with anything in them', () => {
    const odd = fc.array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: 'grapheme' })), { maxLength: 5 });
    fc.assert(
      fc.property(
        someTexts,
        odd.map((parts) => parts.join('')),
        fc.nat(),
        ({ asked, outcome }, value, where) => {
          if (!value.isWellFormed()) return;
          const changed = withStrings(asked ?? outcome ?? '', value, where);
          const one = asked === null ? { asked, outcome: changed } : { asked: changed, outcome };
          expect(quickly(one)).toEqual(generally(one));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of texts from which something was cut, and into which something was put', () => {
    const edit = fc.record({
      inOutcome: fc.boolean(),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(40),
      put: fc.oneof(fc.constantFrom('', ...TOKENS), fc.string()),
      near: fc.option(fc.constantFrom(...TOKENS)),
    });
    let readable = 0;
    fc.assert(
      fc.property(someTexts, fc.array(edit, { minLength: 1, maxLength: 2 }), (texts, edits) => {
        const one = { ...texts };
        for (const { inOutcome, at, cut, put, near } of edits) {
          const part = inOutcome ? 'outcome' : 'asked';
          const text = one[part];
          if (text === null) continue;
          const begin = near === null ? -1 : text.indexOf(near, Math.floor(at * text.length));
          const place = begin < 0 ? Math.floor(at * text.length) : begin;
          one[part] = text.slice(0, place) + put + text.slice(place + (put === '' ? cut : 0));
        }
        if (generally(one) !== 'unreadable') readable += 1;
        expect(quickly(one)).toEqual(generally(one));
      }),
      { numRuns: 1_500 },
    );
    expect(readable).toBeGreaterThan(50);
  });

  test('of members that are missing, of another kind, more, or in another order', () => {
    const value = fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(null, 0, '', [], {}));
    fc.assert(
      fc.property(someTexts, fc.boolean(), fc.nat(), value, fc.boolean(), (texts, inOutcome, where, put, turned) => {
        const part = texts.asked === null || inOutcome ? 'outcome' : 'asked';
        const one = { ...texts, [part]: withMember(texts[part] ?? '{}', where, put, turned) };
        expect(quickly(one)).toEqual(generally(one));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The text with one of its strings, the `where`th, being another. */
function withStrings(text: string, value: string, where: number): string {
  const strings = [...text.matchAll(/:"[^"\\]*"/g)];
  const found = strings[where % strings.length];
  if (found === undefined) return text;
  return `${text.slice(0, found.index)}:${JSON.stringify(value)}${text.slice(found.index + found[0].length)}`;
}

/** The text with one of its members, the `where`th, being something else, or gone; `turned`: members in reverse. */
function withMember(text: string, where: number, put: unknown, turned: boolean): string {
  const whole: JsonObject = JSON.parse(text);
  let count = 0;
  JSON.stringify(whole, (_, value) => {
    count += 1;
    return value;
  });
  let at = 0;
  const changed = JSON.stringify(whole, (_, value) => {
    at += 1;
    return at === 2 + (where % (count - 1)) ? put : value;
  });
  if (!turned) return changed;
  const reverse = (value: JsonValue): JsonValue =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse())
      : value;
  return JSON.stringify(JSON.parse(changed), (_, value) => reverse(value));
}
