import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMapping, identifiersIn, recordsFor } from '../../../src/adapters/holders/mapping.ts';
import { ConfigurationError } from '../../../src/domain/configuration-error.ts';
import type { CanonicalValue, Dataset, FieldSpec } from '../../../src/domain/dataset.ts';
import { Fault } from '../../../src/domain/faults.ts';
import { dataset, NOW, permit, VIN } from './builders.ts';

const SERVICE = { kind: 'http', baseUrl: 'http://127.0.0.1:1', lookups: {}, records: '' } as const;

function map(fields: Dataset['fields'], row: object, changes: Partial<Dataset> = {}) {
  const of = dataset({ connector: SERVICE, fields, ...changes });
  return recordsFor(compileMapping(of), [{ vin: VIN, ...row }], permit('vin', VIN).by, NOW);
}
const one = (spec: FieldSpec, value: unknown) => map({ it: { ...spec, from: 'it' } }, { it: value })[0]?.['it'];
const text = (from: string): FieldSpec => ({ from, type: 'text' });

function problemsOf(fields: Dataset['fields'], changes: Partial<Dataset> = {}): readonly string[] {
  try {
    compileMapping(dataset({ connector: SERVICE, fields, ...changes }));
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('values', () => {
  test.each([
    ['text', '  Bram ', 'Bram'],
    ['text', '   ', null],
    ['text', null, null],
    ['text', undefined, null],
    ['number', 12.5, 12.5],
    ['number', ' 6300 ', 6300],
    ['number', '-1.50', -1.5],
    ['number', 0, 0],
    ['number', '', null],
    ['boolean', true, true],
    ['boolean', 'No', false],
    ['boolean', '1', true],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', ' ', null],
  ] as const)('%s: %j becomes %j', (type, value, expected) => {
    expect(one({ from: 'it', type }, value)).toBe(expected);
  });

  test.each([
    ['text', 7],
    ['text', { name: 'Testwood' }],
    ['text', ['Testwood']],
    ['text', 'Testwood\ud800'],
    ['text', 'x'.repeat(50_001)],
    ['number', '1,200'],
    ['number', '0x10'],
    ['number', 'Testwood'],
    ['number', true],
    ['boolean', 'Testwood'],
    ['boolean', 1],
    ['date', '29/02/2024'],
    ['date', 20240229],
  ] as const)('%s: %j is of the wrong shape, and is not told', (type, value) => {
    const attempt = () => one({ from: 'it', type }, value);
    expect(attempt).toThrow(Fault);
    expect(attempt).toThrow(/^it: expected/);
    expect(attempt).not.toThrow(/Testwood/);
  });

  test('two-digit years are judged by the year of the question', () => {
    expect(one({ from: 'it', type: 'date', order: 'mdy' }, '11/5/26')).toBe('2026-11-05');
    expect(one({ from: 'it', type: 'date', order: 'mdy' }, '11/5/27')).toBe('1927-11-05');
  });
});

describe('shape of the record', () => {
  test('fields nest as their paths say, wherever the values come from', () => {
    const fields = {
      'buyer.name': text('customer.full name (legal)'),
      'buyer.address.town': text('customer.town'),
      'owners[].name': text('history.keepers[].who.name'),
      'owners[].from': { from: 'history.keepers[].since', type: 'date' },
      'tags[]': text('tags[]'),
      missing: text('nowhere.at.all'),
    } as const;
    const row = {
      customer: { 'full name (legal)': 'Bram Testwood', town: 'Testbury', secret: 'x' },
      history: { keepers: [{ who: { name: 'A' }, since: '2020-01-01' }, { who: null, phone: '1' }, null] },
      tags: ['a', null],
    };
    expect(map(fields, row)).toStrictEqual([
      {
        buyer: { name: 'Bram Testwood', address: { town: 'Testbury' } },
        owners: [
          { name: 'A', from: '2020-01-01' },
          { name: null, from: null },
          { name: null, from: null },
        ],
        tags: ['a', null],
        missing: null,
      },
    ]);
  });

  test('an absent array is empty; what is no array, or no object, is a fault', () => {
    const fields = { 'owners[].name': text('owners[].name') };
    expect(map(fields, {})).toStrictEqual([{ owners: [] }]);
    expect(() => map(fields, { owners: { name: 'A' } })).toThrow(/^owners\[\]\.name: expected an array/);
    expect(() => map(fields, { owners: ['A'] })).toThrow(/expected an object/);
    expect(() => map({ name: text('buyer.name') }, { buyer: 'Testwood' })).toThrow(/^name: expected an object/);
  });

  test('elements are counted over all lists of an answer, within each other and of all records', () => {
    const fields = { 'sales[].parts[].name': text('sales[].parts[].name') };
    const sales = (parts: number) => ({ sales: [{ parts: Array.from({ length: parts }, () => null) }] });
    const of = dataset({ connector: SERVICE, fields });
    const read = (...rows: readonly object[]) =>
      recordsFor(
        compileMapping(of),
        rows.map((row) => ({ vin: VIN, ...row })),
        permit('vin', VIN).by,
        NOW,
      );
    expect(read(sales(9_999), sales(9_999))).toHaveLength(2);
    expect(() => read(sales(9_999), sales(10_000))).toThrow(expect.objectContaining({ code: 'holder/too-large' }));
  });

  test('only own properties count', () => {
    const row = JSON.parse('{"a":{"__proto__":{"name":"not asked for"}}}');
    const fields = {
      a: text('a.name'),
      b: text('a.toString.name'),
      c: text('constructor.name'),
      d: text('__proto__.x'),
    };
    expect(map(fields, row)).toStrictEqual([{ a: null, b: null, c: null, d: null }]);
  });

  test('a key named __proto__ in the answer is data like any other', () => {
    const of = dataset({ connector: SERVICE, fields: { a: text('__proto__.name') } });
    const row: unknown = JSON.parse(`{"vin":"${VIN}","__proto__":{"name":"n"}}`);
    expect(recordsFor(compileMapping(of), [row], permit('vin', VIN).by, NOW)).toStrictEqual([{ a: 'n' }]);
    expect(Object.hasOwn(Object.prototype, 'name')).toBe(false);
  });

  test('declarations that leave a doubt are refused', () => {
    expect(problemsOf({ a: text('a'), 'a.b': text('b') })).toHaveLength(1);
    expect(problemsOf({ 'a[].b': text('a[].b'), 'a.c': text('c') })).toHaveLength(1);
    expect(problemsOf({ 'a[].b': text('x[].b'), 'a[].c': text('y[].c') })[0]).toMatch(/one array/);
    expect(problemsOf({ 'a[].b': text('x.b') })[0]).toMatch(/fewer/);
    expect(problemsOf({ a: text('x[].b') })[0]).toMatch(/walks an array/);
    expect(problemsOf({ __proto__x: text('a'), 'b.__proto__': text('a') })).toHaveLength(1);
    expect(problemsOf({ a: text('a..b') })[0]).toMatch(/dataset sales: field a: .*not a path/);
    expect(problemsOf({ a: text('a[]b') })).toHaveLength(1);
    expect(problemsOf({ a: text('') })).toHaveLength(1);
    expect(problemsOf({ a: { from: 'a', type: 'text', order: 'dmy' } })).toHaveLength(1);
    expect(problemsOf({ 'a[]': text('a') }, { connector: { kind: 'csv', file: '/x', delimiter: ',' } })).toHaveLength(
      1,
    );
  });
});

describe('which records count', () => {
  const fields = { make: text('make') };

  test('a record that does not carry the identifier asked for is dropped', () => {
    expect(map(fields, { make: 'x', vin: 'WP0ZZZ99ZTS392124' })).toEqual([]);
    expect(map(fields, { make: 'x', vin: null })).toEqual([]);
    expect(map(fields, { make: 'x', vin: `  ${VIN.toLowerCase()}` })).toEqual([{ make: 'x' }]);
  });

  test('an identifier may be a number, or one of several', () => {
    const of = dataset({ connector: SERVICE, fields, identifiers: { 'vehicle-id': 'ids[]' } });
    const rows = [{ ids: [41, 42], make: 'x' }, { ids: [4.2], make: 'y' }, { make: 'z' }];
    expect(recordsFor(compileMapping(of), rows, permit('vehicle-id', '42').by, NOW)).toEqual([{ make: 'x' }]);
  });

  test("the holder's own filter drops a record as if it were not there, even a misshapen one", () => {
    const except = { 'flags[].code': ['witness-protection', '7'] };
    expect(map(fields, { make: 5, flags: [{ code: 'x' }, { code: ' witness-protection ' }] }, { except })).toEqual([]);
    expect(map(fields, { make: 'a', flags: [{ code: 7 }] }, { except })).toEqual([]);
    expect(map(fields, { make: 'a', flags: [{ code: 'x' }] }, { except })).toEqual([{ make: 'a' }]);
    expect(map(fields, { make: 'a' }, { except })).toEqual([{ make: 'a' }]);
    expect(() => map(fields, { make: 'a', flags: [{ code: { of: 'witness-protection' } }] }, { except })).toThrow(
      Fault,
    );
  });
});

function pathsOf(value: CanonicalValue, at = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((element: CanonicalValue) => pathsOf(element, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, at === '' ? key : `${at}.${key}`));
}

test('whatever a holder answers, no undeclared field comes out, and every declared one does', () => {
  const fields: Dataset['fields'] = {
    a: text('a'),
    'b.c': text('b.a'),
    'd[].e': text('c[].a'),
    f: { from: 'b.b', type: 'number' },
  };
  const declared = new Set(Object.keys(fields));
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean());
  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString', 'x');
  const { row } = fc.letrec((tie) => ({
    row: fc.dictionary(key, tie('value'), { noNullPrototype: true }),
    value: fc.oneof({ maxDepth: 3 }, leaf, tie('row'), fc.array(tie('row'), { maxLength: 3 })),
  }));
  let mapped = 0;
  fc.assert(
    fc.property(row, (given) => {
      try {
        for (const record of map(fields, Object(given))) {
          mapped += 1;
          for (const path of pathsOf(record)) expect(declared).toContain(path);
          expect(Object.keys(record)).toEqual(['a', 'b', 'd', 'f']);
        }
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
    }),
    { numRuns: 200 },
  );
  expect(mapped).toBeGreaterThan(20);
});

test('a row counts exactly where the identifier asked for is among those it carries', () => {
  const of = compileMapping(dataset({ connector: SERVICE, identifiers: { vin: 'vehicles[].vin' } }));
  const { by } = permit('vin', VIN);
  const written = fc.oneof(
    fc.constantFrom(VIN, VIN.toLowerCase(), ` ${VIN} `, `${VIN.slice(0, 3)}-${VIN.slice(3)}`, ''),
    fc.string(),
  );
  const value = fc.oneof(written, fc.integer(), fc.boolean(), fc.constant(null), fc.constant({}));
  const rows = fc.array(fc.record({ vin: value }), { maxLength: 3 }).map((vehicles) => ({ vehicles }));
  fc.assert(
    fc.property(rows, (row) => {
      const carried = identifiersIn(of, 'vin', row).values.includes(by.value);
      expect(recordsFor(of, [row], by, NOW)).toHaveLength(carried ? 1 : 0);
    }),
  );
});
