import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalRecord, CanonicalValue } from '../../src/domain/dataset.ts';
import { Fault } from '../../src/domain/faults.ts';
import type { JsonValue } from '../../src/domain/json.ts';
import type { FieldPlan } from '../../src/domain/plan.ts';
import { permitFor, planOf, rawOf, treat } from './builders.ts';

const sale: CanonicalRecord = {
  vehicle: { vin: 'WVWZZZ1KZ8W386001', colour: 'blue' },
  buyer: { name: 'Oda Fennimore', born: '1979-03-14', address: { postcode: '4012 TW', town: 'Tidewater' } },
  owners: [
    { name: 'First Owner', since: '2009-01-01' },
    { name: 'Second Owner', since: null },
  ],
  notes: 'ring after six',
};

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

describe('treat', () => {
  it('builds the answer from the plan, nested as the record is', () => {
    const plan = planOf({
      'vehicle.vin': 'keep',
      'vehicle.colour': null,
      'buyer.name': 'drop',
      'buyer.born': 'year',
      'buyer.address.postcode': 'first-part',
      'owners[].name': { name: 'first-part', argument: '3' },
      'owners[].since': 'month',
      notes: null,
    });
    expect(treat(permitFor(plan), rawOf(sale))).toStrictEqual({
      rows: 1,
      records: [
        {
          vehicle: { vin: 'WVWZZZ1KZ8W386001' },
          buyer: { born: '1979', address: { postcode: '4012' } },
          owners: [
            { name: 'Fir', since: '2009-01' },
            { name: 'Sec', since: null },
          ],
        },
      ],
    });
  });

  it('counts and shows nothing at output level hit', () => {
    expect(treat(permitFor(planOf({ notes: 'keep' }), 'hit'), rawOf(sale, sale))).toStrictEqual({
      rows: 2,
      records: [],
    });
  });

  it('counts more records than may leave, and looks into none of them', () => {
    const permit = permitFor(planOf({ notes: 'year' }));
    const sales = Array.from({ length: permit.maxRows + 1 }, () => sale);
    expect(treat(permit, rawOf(...sales))).toStrictEqual({ rows: permit.maxRows + 1, records: [] });
    expect(() => treat(permit, rawOf(...sales.slice(1)))).toThrow(Fault);
  });

  it('leaves out objects and arrays of which nothing is planned', () => {
    const plan = planOf({ 'owners[].name': null, 'owners[].since': 'drop', 'buyer.address.town': null });
    expect(treat(permitFor(plan), rawOf(sale)).records).toStrictEqual([{}]);
  });

  it('shapes the answer by the plan, not by what the record happens to have', () => {
    const plan = planOf({
      'buyer.born': 'year',
      'buyer.name': { name: 'constant', argument: 'known to the dealer' },
      'owners[].name': 'keep',
      'sale.price': 'keep',
    });
    const empty = { buyer: { born: null, name: 'known to the dealer' }, owners: [], sale: { price: null } };
    expect(treat(permitFor(plan), rawOf({}, { buyer: null, owners: null, sale: null })).records).toStrictEqual([
      empty,
      empty,
    ]);
  });

  it('treats arrays of plain values, in their order', () => {
    const plan = planOf({ 'plates[]': { name: 'mask', argument: '2' } });
    expect(treat(permitFor(plan), rawOf({ plates: ['TW-101-A', 'x', null] })).records).toStrictEqual([
      { plates: ['*****-A', '*****', null] },
    ]);
  });

  it.each<[string, Parameters<typeof planOf>[0], CanonicalRecord]>([
    ['buyer.born', { 'buyer.born': 'year' }, { buyer: { born: 'secret-value' } }],
    ['notes', { notes: 'keep' }, { notes: { inner: 'secret-value' } }],
    ['notes', { notes: 'keep' }, { notes: ['secret-value'] }],
    ['buyer.born', { 'buyer.born': 'year' }, { buyer: 'secret-value' }],
    ['buyer.born', { 'buyer.born': 'year' }, { buyer: [{ born: 'secret-value' }] }],
    ['owners[].name', { 'owners[].name': 'keep' }, { owners: { name: 'secret-value' } }],
    ['owners[].name', { 'owners[].name': 'keep' }, { owners: ['secret-value'] }],
  ])('faults at %s without telling the value', (field, plan, record) => {
    const fault = faultOf(() => treat(permitFor(planOf(plan)), rawOf(record)));
    expect(fault.code).toBe('holder/shape');
    expect(fault.message).toContain(field);
    expect(fault.message).not.toContain('secret-value');
  });

  it('does not mind what a field nobody planned looks like', () => {
    expect(treat(permitFor(planOf({ notes: 'keep' })), rawOf({ notes: 'a', buyer: ['?'] })).records).toEqual([
      { notes: 'a' },
    ]);
  });

  it.each<Parameters<typeof planOf>[0]>([
    { 'a.b': 'keep', a: 'keep' },
    { a: 'keep', 'a.b': 'keep' },
    { 'a[].b': 'keep', 'a.c': 'keep' },
    { '__proto__.polluted': 'keep' },
  ])('refuses a plan that cannot be: %j', (lines) => {
    expect(() => treat(permitFor(planOf(lines)), rawOf({}))).toThrow(TypeError);
  });

  it('refuses a plan whose treatment was given what it cannot take, whatever the records hold', () => {
    const plan = planOf({ 'owners[].name': { name: 'mask', argument: '0' } });
    expect(() => treat(permitFor(plan), rawOf({ owners: [] }))).toThrow(TypeError);
  });

  it('is not led astray by names that every object has', () => {
    const record: CanonicalRecord = JSON.parse('{"__proto__": {"notes": "inherited"}, "constructor": {"name": "own"}}');
    const plan = ['notes', 'constructor.name', 'toString', 'valueOf'].map((field) => ({
      ...{ field, rule: 'D1' },
      treatment: { name: 'keep' as const },
    }));
    const [treated] = treat(permitFor(plan), rawOf(record, {})).records;
    expect(JSON.stringify(treated)).toBe('{"notes":null,"constructor":{"name":"own"},"toString":null,"valueOf":null}');
    expect(Object.hasOwn(Object.prototype, 'notes')).toBe(false);
  });
});

describe('no field outside the plan', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString');
  const treatment = fc.constantFrom('keep', 'drop', 'null', 'mask', null);
  const path = fc.array(fc.tuple(key, fc.boolean()), { minLength: 1, maxLength: 3 });
  const lines = fc.uniqueArray(fc.tuple(path, treatment), { maxLength: 6, selector: ([steps]) => steps[0]?.[0] });
  const junk = fc.dictionary(fc.constantFrom('a', 'z', '__proto__', 'valueOf'), fc.constant('junk'));
  let serial = 0;

  type Steps = readonly (readonly [string, boolean])[];

  /** What a record could hold under a path, amid fields that no plan names. Every text is another one. */
  function shaped(steps: Steps, elements: number): CanonicalValue {
    const [step, ...rest] = steps;
    if (step === undefined) return `secret-${serial++}`;
    const inner = () => (rest.length === 0 ? shaped([], 0) : { z: 'junk', ...nested(rest, elements) });
    return step[1] ? Array.from({ length: elements }, inner) : inner();
  }

  function nested(steps: Steps, elements: number): CanonicalRecord {
    return Object.fromEntries(steps.slice(0, 1).map(([k]) => [k, shaped(steps, elements)]));
  }

  const asked = fc
    .tuple(lines, fc.array(fc.tuple(junk, fc.nat(3), fc.nat(9)), { maxLength: 3 }))
    .map(([all, made]) => ({
      plan: all.map(([steps, name]): FieldPlan[number] => ({
        field: steps.map(([k, each]) => (each ? `${k}[]` : k)).join('.'),
        treatment: name === null ? null : { name },
        rule: null,
      })),
      // Now and then a record in which nothing has the shape it should have.
      records: made.map(([extra, elements, luck]): CanonicalRecord => {
        const held = all.flatMap(([steps]) => Object.entries(nested(steps, elements)));
        return luck === 0 ? extra : Object.fromEntries([...Object.entries(extra), ...held]);
      }),
    }));

  function leaves(value: JsonValue | CanonicalValue, at = ''): [string, JsonValue][] {
    if (Array.isArray(value)) return value.flatMap((item: JsonValue) => leaves(item, `${at}[]`));
    if (typeof value !== 'object' || value === null) return [[at, value as JsonValue]];
    return Object.entries(value).flatMap(([k, inner]) => leaves(inner, at === '' ? k : `${at}.${k}`));
  }

  it('ever leaves, and a kept value is that of its own field', () => {
    let treated = 0;
    fc.assert(
      fc.property(asked, ({ plan, records }) => {
        let answer: ReturnType<typeof treat>;
        try {
          answer = treat(permitFor(plan), rawOf(...records));
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          return;
        }
        const planned = new Map(plan.map(({ field, treatment }) => [field, treatment?.name]));
        for (const [i, shown] of answer.records.entries()) {
          const held = leaves(records[i] ?? null);
          for (const [field, value] of leaves(shown)) {
            const name = planned.get(field);
            expect(name === undefined || name === 'drop').toBe(false);
            if (name === 'keep' && value !== null) expect(held).toContainEqual([field, value]);
            else expect([null, '*****']).toContain(value);
            treated += 1;
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(treated).toBeGreaterThan(500);
  });
});
