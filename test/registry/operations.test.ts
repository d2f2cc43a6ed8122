import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/domain/json.ts';
import { changed, problemsOf, registryOf } from './builders.ts';

const EMPTY = { status: 200, body: { sales: [] } };
const BY_VIN = { path: '/sales/by-vin/{value}', scheme: 'vin', empty: EMPTY };

function problems(...operations: readonly JsonValue[]): readonly string[] {
  return problemsOf(() => registryOf(changed('datasets/datasets/0/operations', operations)));
}

describe('declared operations', () => {
  test('are read with their defaults', () => {
    const registry = registryOf(changed('datasets/datasets/0/operations', [BY_VIN]));
    expect(registry.dataset('dealer-sales')?.operations).toEqual([
      { ...BY_VIN, method: 'GET', query: {}, body: {}, output: 'records', form: 'list' },
    ]);
  });

  test.each<[string, object]>([
    ['expected a path', { path: 'sales/{value}' }],
    ['expected a path', { path: '/sales//{value}' }],
    ['expected a path', { path: '/sales/../{value}' }],
    ['expected a path', { path: '/sales/%2e/{value}' }],
    ['expected a path', { path: '/sales/{value}.json' }],
    ['expected a path', { path: '/sales/{value}?x=1' }],
    ['{value} exactly once', { path: '/sales' }],
    ['{value} exactly once', { query: { vin: '{value}' } }],
    ['expected the members of the body with POST', { method: 'POST' }],
    ['expected the members of the body with POST', { path: '/sales', body: { vin: '{value}' } }],
    ['operations[0].scheme', { scheme: 'hull-number' }],
    ['operations[0].method', { method: 'DELETE' }],
    ['operations[0].empty.status', { empty: { status: 204, body: null } }],
    ['unknown key', { sql: 'select' }],
  ])('%s: %j', (expected, changes) => {
    expect(problems({ ...BY_VIN, ...changes }).join('\n')).toContain(expected);
  });

  test('are told apart by every request, or the registry is not built', () => {
    const own = 'expected requests that cannot also be those of operations[0]';
    const plate = { path: '/sales', scheme: 'vin', empty: EMPTY };
    expect(problems(BY_VIN, BY_VIN).join()).toContain(own);
    const alike = { ...plate, path: '/sales/by-vin/all', query: {} };
    expect(problems(BY_VIN, { ...alike, query: { vin: '{value}' } })).toEqual([]);
    expect(problems({ ...BY_VIN, path: '/{value}/by-vin' }, { ...BY_VIN, path: '/sales/{value}' }).join()).toContain(
      own,
    );
    const byQuery = (query: JsonValue) => ({ ...plate, query });
    expect(problems(byQuery({ vin: '{value}', all: '1' }), byQuery({ vin: '{value}', all: '2' }))).toEqual([]);
    expect(problems(byQuery({ vin: '{value}', all: '1' }), byQuery({ vin: '1', all: '{value}' })).join()).toContain(
      own,
    );
    const byBody = (body: JsonValue) => ({ ...plate, method: 'POST', body });
    expect(problems(byBody({ vin: '{value}' }), byBody({ frame: '{value}' }))).toEqual([]);
  });

  test('need a holder with an interface of its own, and a way back for every field', () => {
    const csv = problemsOf(() => registryOf(changed('datasets/datasets/1/operations', [BY_VIN])));
    expect(csv.join()).toContain('expected only with a connector of kind http');
    const documents = changed('datasets/datasets/0/operations', [BY_VIN]);
    const text = JSON.stringify(documents).replace('"history[].owner"', '"history[].owner.name"');
    const twice = text.replace('"fields":{', '"fields":{"owners[].born":{"from":"history[].owner","type":"text"},');
    const found = problemsOf(() => registryOf(JSON.parse(twice)));
    expect(found).toEqual([expect.stringContaining('expected a place that can stand in one record with that of')]);
  });
});
