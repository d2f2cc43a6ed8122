import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/domain/digest.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';
import { type OpenedEntry, openedExchange } from '../../src/ledger/opened.ts';
import { outcomeDraft } from '../../src/ledger/record.ts';
import { exchangeDrafts, findingsOf, legIn, recorded, refusedDraft } from './records.ts';

/** A draft as it comes out of the store. */
function stored(draft: EntryDraft | undefined, index: number): OpenedEntry {
  if (draft === undefined) throw new Error('no draft');
  const { accountability, subject } = JSON.parse(JSON.stringify(draft));
  return { index, time: '2026-11-22T08:30:00.000Z', accountability, subject };
}

const exchange = recorded();
const [asked, outcome] = exchangeDrafts(exchange, 4);
const erased = (entry: OpenedEntry): OpenedEntry => ({ ...entry, accountability: null, subject: null });

describe('an exchange, put together again', () => {
  test('says who asked and what became of it', () => {
    expect(openedExchange(exchange.exchange, stored(asked, 4), stored(outcome, 5))).toMatchObject({
      exchange: exchange.exchange,
      asked: { index: 4 },
      outcome: { index: 5 },
      result: 'none',
      answer: digestOf('x'),
      who: { person: 'mara-lindqvist', partner: 'kestrel-police' },
      case: 'KP-2026-AB',
      by: { scheme: 'vin', value: 'JTEZU5JR8D5050504' },
      legs: [{ dataset: 'dealer-sales', state: 'none', facts: { 'agreement.id': 'vehicle-tracing' } }],
    });
  });

  test('open: an intent without an outcome', () => {
    const opened = openedExchange(exchange.exchange, stored(asked, 4), null);
    expect(opened).toMatchObject({ result: 'open', outcome: null, answer: null, legs: [{ state: 'refused' }] });
  });

  test('refused: an outcome without an intent tells all', () => {
    const opened = openedExchange(exchange.exchange, null, stored(refusedDraft(exchange), 7));
    expect(opened).toMatchObject({ asked: null, outcome: { index: 7 }, result: 'refused', by: { scheme: 'vin' } });
  });

  test('interrupted: what recovery wrote', () => {
    const end = {
      ...stored(outcome, 5),
      accountability: { code: 'exchange/interrupted', interrupted: true },
      subject: null,
    };
    expect(openedExchange(exchange.exchange, stored(asked, 4), end)).toMatchObject({
      result: 'interrupted',
      answer: null,
    });
  });

  test('findings of the outcome stand where they differ', () => {
    const findings = findingsOf('outputs');
    const changed = outcomeDraft(exchange, 4, [legIn(exchange, 'refused', findings)], 'refused', digestOf('x'));
    const opened = openedExchange(exchange.exchange, stored(asked, 4), stored(changed, 5));
    expect(opened?.legs[0]?.findings.outputs.verdict).toBe('refuse');
  });
});

describe('erased', () => {
  test('without the intent nothing can be told; without the outcome, that it is erased', () => {
    expect(openedExchange(exchange.exchange, erased(stored(asked, 4)), stored(outcome, 5))).toBeNull();
    expect(openedExchange(exchange.exchange, stored(asked, 4), erased(stored(outcome, 5)))?.result).toBe('erased');
    expect(openedExchange(exchange.exchange, null, null)).toBeNull();
  });

  test('the subject part alone: all but the identifier', () => {
    const opened = openedExchange(exchange.exchange, { ...stored(asked, 4), subject: null }, stored(outcome, 5));
    expect([opened?.by, opened?.who.person]).toEqual([null, 'mara-lindqvist']);
  });
});

test('details of another form are a fault, not an exchange', () => {
  const strange = { ...stored(asked, 4), accountability: { who: 'Mara' } };
  expect(() => openedExchange(exchange.exchange, strange, null)).toThrow();
});
