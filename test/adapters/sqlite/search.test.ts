import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSearch } from '../../../src/adapters/sqlite/search.ts';
import { packNumbers, unpackNumbers } from '../../../src/adapters/sqlite/search-numbers.ts';
import { removeSearchFile, searchPath } from '../../../src/adapters/sqlite/search-schema.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { indexKey, termHash } from '../../../src/ledger/audit/term-hash.ts';
import { identifierTerm, type Term } from '../../../src/ledger/audit/terms.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { explainDraft } from '../../../src/ledger/record.ts';
import { exchangeDrafts, findingsOf, nextId, recorded, refusedDraft, type Told } from '../../ledger/records.ts';
import { type Place, place } from './builders.ts';
import { searchIn, writeAt } from './in-thread.ts';

const VIN = 'JTEZU5JR8D5050504';
const OTHER = 'WF0AXXTTGA7R41552';
const byVin = (value: string) => identifierTerm({ scheme: 'vin', value });
const term = (attribute: Term['attribute'], value: string): Term => ({ attribute, value });

/** The search in this thread; one test below has it in its own. */
function searchOf(at: Place, search = searchIn(at)) {
  const find = (terms: readonly Term[], more = {}) =>
    search.find({ terms, scopes: null, size: Number.MAX_SAFE_INTEGER, limit: 100, ...more });
  return { search, find };
}

const given = (told: readonly Told[]) => told.map(recorded);

/** Two exchanges of two entries each, and a refusal: places 0, 2 and 4. */
function small() {
  const at = place();
  const of = given([
    {},
    { vin: OTHER, person: 'joris-maes', partner: 'harbour-police' },
    { findings: findingsOf('projects') },
  ]);
  const [first, second, third] = of;
  if (first === undefined || second === undefined || third === undefined) throw new Error('none');
  writeAt(at, [...exchangeDrafts(first, 0), ...exchangeDrafts(second, 2, 'released'), refusedDraft(third)]);
  return { at, ids: of.map((one) => one.exchange), ...searchOf(at) };
}

describe('the index', () => {
  test('finds what has all terms, newest first, a page at a time', async () => {
    const { find } = small();
    expect(await find([byVin(VIN)])).toEqual([4, 0]);
    expect(await find([byVin(VIN), term('result', 'none')])).toEqual([0]);
    expect(await find([term('refused-by', 'projects'), term('rule', 'vehicle-tracing/J9')])).toEqual([4]);
    expect(await find([term('agreement', 'vehicle-tracing')], { limit: 2 })).toEqual([4, 2]);
    expect(await find([term('agreement', 'vehicle-tracing')], { before: 2 })).toEqual([0]);
    expect(await find([])).toEqual([4, 2, 0]);
    expect(await find([byVin(VIN.slice(0, 10))])).toEqual([]);
  });

  test('readings of the log take no place among what is found, whatever they searched for', async () => {
    const { at, find } = small();
    const reading = (query: JsonObject, subject: JsonObject | null): EntryDraft => ({
      kind: 'reading',
      exchange: nextId(),
      accountability: {
        who: { person: 'ines-auditor' },
        use: 'lawfulness',
        reason: 'review',
        query,
        source: 'audit API',
      },
      subject,
    });
    writeAt(at, [
      reading({ exchange: nextId() }, null),
      reading({ find: { scheme: 'vin' } }, { by: { scheme: 'vin', value: VIN } }),
    ]);
    expect(await find([], { limit: 3 })).toEqual([4, 2, 0]);
    expect(await find([byVin(VIN)])).toEqual([4, 0]);
  });

  test('finds within scopes alone', async () => {
    const { find } = small();
    const [kestrel, harbour] = [term('partner', 'kestrel-police'), term('partner', 'harbour-police')];
    expect(await find([], { scopes: [] })).toEqual([]);
    expect(await find([], { scopes: [[harbour]] })).toEqual([2]);
    expect(await find([byVin(VIN)], { scopes: [[harbour]] })).toEqual([]);
    expect(await find([], { scopes: [[harbour], [kestrel, term('result', 'refused')]] })).toEqual([4, 2]);
    expect(await find([], { scopes: [[term('partner', 'nobody')]] })).toEqual([]);
  });

  test('sees nothing that was written after the tree it is asked about', async () => {
    const { find } = small();
    // The whole log was indexed; in the tree of three entries the second exchange has no outcome yet.
    expect(await find([term('result', 'released')])).toEqual([2]);
    expect(await find([term('result', 'released')], { size: 3 })).toEqual([]);
    expect(await find([byVin(OTHER)], { size: 3 })).toEqual([2]);
    expect(await find([byVin(OTHER)], { size: 2 })).toEqual([]);
  });

  test('goes on where it stood, takes up an outcome whose intent it had seen, and can be made anew', async () => {
    const at = place();
    const [one] = given([{}]);
    if (one === undefined) throw new Error('none');
    const [asked, outcome] = exchangeDrafts(one, 0, 'released');
    if (asked === undefined || outcome === undefined) throw new Error('none');
    writeAt(at, [asked]);
    const { search, find } = searchOf(at);
    expect(await find([byVin(VIN)])).toEqual([0]);
    expect(await search.status()).toMatchObject({ position: 1, size: 1 });
    await search.close();
    writeAt(at, [outcome]);
    const again = searchOf(at);
    expect(await again.search.status()).toMatchObject({ position: 1, size: 2 });
    expect(await again.find([byVin(VIN), term('result', 'released')])).toEqual([0]);
    expect(await again.search.rebuild()).toMatchObject({ position: 2, size: 2, skipped: 0 });
    expect(await again.find([byVin(VIN), term('result', 'released')])).toEqual([0]);
  });

  test('of another ledger or key finds nothing old: it is begun anew', async () => {
    const { at, find, search } = small();
    expect(await find([byVin(VIN)])).toHaveLength(2);
    await search.close();
    const file = searchPath(at.directory);
    const stranger = small();
    await stranger.find([]);
    await stranger.search.close();
    removeSearchFile(file);
    copyFileSync(searchPath(stranger.at.directory), file);
    expect(await searchOf(at).find([byVin(VIN)])).toEqual([4, 0]);
  });

  test('details of a form that is not known are passed over, and counted', async () => {
    const at = place();
    const [one] = given([{}]);
    if (one === undefined) throw new Error('none');
    const [asked, outcome] = exchangeDrafts(one, 0);
    if (asked === undefined || outcome === undefined) throw new Error('none');
    writeAt(at, [{ ...asked, accountability: { strange: true } }, outcome, refusedDraft(recorded({ vin: OTHER }))]);
    const { search, find } = searchOf(at);
    expect(await find([byVin(OTHER)])).toEqual([2]);
    expect(await search.status()).toMatchObject({ position: 3, skipped: 2 });
  });
});

test('in a thread of its own: the same answers, until it is closed', async () => {
  const { at } = small();
  const search = openSearch({ directory: at.directory, kek: at.keys.kek });
  onTestFinished(() => search.close());
  const { find } = searchOf(at, search);
  expect(await find([byVin(VIN)])).toEqual([4, 0]);
  expect(await search.status()).toMatchObject({ position: 5, size: 5, skipped: 0 });
  await search.close();
  await expect(find([])).rejects.toThrow('closed');
});

test('a question that was explained is found by who put it to the rules and what it was, and by no finding', async () => {
  const { at } = small();
  const told = recorded({ vin: OTHER, person: 'tomas-brandt', findings: findingsOf('projects') });
  writeAt(at, [explainDraft(told, { about: null, readers: ['asker'] })]);
  const { search, find } = searchOf(at);
  const mine = term('person', 'tomas-brandt');
  expect(await find([mine])).toEqual([5]);
  const others = [
    ['partner', 'kestrel-police'],
    ['project', 'op-gearbox'],
    ['purpose', 'SuspectedCrimeInvestigation'],
    ['dataset', 'dealer-sales'],
    ['agreement', 'vehicle-tracing'],
    ['result', 'explained'],
  ] as const;
  expect(await find(others.map(([attribute, value]) => term(attribute, value)))).toEqual([5]);
  expect(await find([mine, byVin(OTHER)])).toEqual([5]);
  for (const not of [term('refused-by', 'projects'), term('state', 'refused'), term('put-to', 'northgate-motors')])
    expect(await find([mine, not])).toEqual([]);
  expect(await search.open([5], 6)).toMatchObject([
    { asked: null, outcome: null, explained: { index: 5 }, result: 'explained', by: { value: OTHER } },
  ]);
});

describe('an erasure that the index was not told of', () => {
  const erasure = (exchanges: readonly string[], parts: 'whole' | 'subject', event = 'retention'): EntryDraft => ({
    kind: 'erasure',
    exchange: nextId(),
    accountability: { event, parts, exchanges },
    subject: null,
  });

  test.each([true, false])(
    'is known from its entry, whether the exchange was indexed before (%s) or not',
    async (was) => {
      const { at, ids, find } = small();
      if (was) expect(await find([byVin(OTHER)])).toEqual([2]);
      writeAt(at, [erasure([ids[1] ?? ''], 'whole', 'approved')]);
      expect(await find([byVin(OTHER)])).toEqual([]);
      expect(await find([])).toEqual([4, 0]);
      const hash = termHash(indexKey(at.keys.kek))(byVin(OTHER));
      expect(readFileSync(searchPath(at.directory)).includes(hash)).toBe(false);
    },
  );

  test('of the subject part leaves the rest, and a proposal leaves all', async () => {
    const { at, ids, find, search } = small();
    writeAt(at, [erasure([ids[0] ?? ''], 'subject'), erasure([ids[1] ?? ''], 'whole', 'proposed')]);
    expect(await find([byVin(VIN)])).toEqual([4]);
    expect(await find([term('result', 'none')])).toEqual([0]);
    expect(await find([byVin(OTHER)])).toEqual([2]);
    expect(await search.status()).toMatchObject({ position: 7, skipped: 0 });
  });
});

describe('forgetting', () => {
  test('takes an exchange out of every list, and its identifier out of the file', async () => {
    const { at, ids, search, find } = small();
    expect(await find([byVin(OTHER)])).toEqual([2]);
    const hash = termHash(indexKey(at.keys.kek))(byVin(OTHER));
    const bytes = () => readFileSync(join(at.directory, 'search.db'));
    await search.forgetExchange([], 'all');
    expect(bytes().includes(hash)).toBe(true);
    await search.forgetExchange([ids[1] ?? ''], 'all');
    expect(bytes().includes(hash)).toBe(false);
    expect(await find([byVin(OTHER)])).toEqual([]);
    expect(await find([])).toEqual([4, 0]);
    await search.forgetExchange([ids[1] ?? ''], 'all');
  });

  test('of the subject part leaves the rest', async () => {
    const { ids, search, find } = small();
    await search.forgetExchange([ids[0] ?? ''], 'subject');
    expect(await find([byVin(VIN)])).toEqual([4]);
    expect(await find([term('result', 'none')])).toEqual([0]);
  });
});

test('opening: as of a tree, with proofs of its entries', async () => {
  const { ids, search } = small();
  expect((await search.open([2], 3))[0]).toMatchObject({ exchange: ids[1], result: 'open' });
  expect((await search.open([2], 5))[0]).toMatchObject({ exchange: ids[1], result: 'released' });
  expect(await search.placeOf(ids[2] ?? '', 4)).toBeNull();
  const { entries, size } = await search.evidence(ids[1] ?? '', 5);
  expect([entries.map((e) => e.index), size]).toEqual([[2, 3], 5]);
  expect(await search.boundary(0, 5)).toBe(0);
  expect(await search.boundary(Date.now() + 1_000, 5)).toBe(5);
});

test('numbers come back as they were packed', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), (numbers) => {
      expect(unpackNumbers(packNumbers(numbers))).toEqual(numbers);
    }),
  );
});
