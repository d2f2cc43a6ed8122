import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { edit, initialised, inThisProcess } from './command.ts';

const flawsShape = z.array(
  z.strictObject({
    ...{ file: z.string(), line: z.int(), column: z.int(), code: z.string(), expected: z.string() },
    ...{ severity: z.enum(['error', 'warning']), remedy: z.string().optional() },
  }),
);

const FILES = ['gateway.yaml', 'datasets.yaml', 'partners.yaml', 'policies/vehicle-tracing.csv', 'policies/roles.csv'];
const CSV = 'example/tidewater-sales.csv';
let root: string;
const whole = new Map<string, string>();
const at = (file: string) => join(root, 'config', file);
beforeAll(async () => {
  root = (await initialised()).root;
  for (const file of [...FILES, CSV]) whole.set(file, readFileSync(at(file), 'utf8'));
});
beforeEach(() => {
  for (const [file, text] of whole) writeFileSync(at(file), text);
});

async function check(...args: string[]) {
  const ended = await inThisProcess(['check', ...args], root);
  return { ...ended, flaws: flawsShape.parse(JSON.parse(ended.out)) };
}

/** Line and column of a text, as an editor counts them. */
function placeOf(file: string, wanted: string) {
  const before = readFileSync(at(file), 'utf8').split(wanted)[0] ?? '';
  const lines = before.split('\n');
  return { file: `config/${file}`, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

test('a configuration without mistake is summed up', async () => {
  const { code, flaws, err } = await check();
  expect([code, flaws]).toEqual([0, []]);
  expect(err).toContain('No mistake was found.');
  expect(err).toMatch(/Rulebook: 2 pages, \d\d rules, \d\d expected decisions came true/);
  expect(err).toMatch(/dealer-sales: http/);
  expect(err).toMatch(/tidewater-sales: csv, 5 rows; to be found: 5 by vin, 4 by engine-number \(1 without one, 0 not/);
  expect(await check('--json')).toMatchObject({ code: 0, flaws: [], err: '' });
});

describe('a mistake is told with its place', () => {
  test('on a rulebook page', async () => {
    edit(at('policies/vehicle-tracing.csv'), 'allow,   mask(3)', 'allow,   obscure');
    const place = placeOf('policies/vehicle-tracing.csv', 'obscure');
    const { code, flaws, err } = await check();
    expect(code).toBe(1);
    expect(flaws).toContainEqual({
      ...{ ...place, code: 'then/unknown', expected: expect.any(String) },
      ...{ severity: 'error', remedy: expect.stringContaining('catalogue') },
    });
    expect(err).toContain(`${place.file}:${place.line}:${place.column} then/unknown: expected `);
  });

  test('in an expected decision that does not come true', async () => {
    edit(at('policies/vehicle-tracing.csv'), 'rows<=20 &', 'rows<=19 &');
    const { code, flaws } = await check('--json');
    expect(code).toBe(1);
    expect(flaws[0]).toMatchObject({
      file: 'config/policies/vehicle-tracing.expected.csv',
      line: 3,
      code: 'expected/decision',
      expected: expect.stringContaining('but it is "allow O1 rows<=19'),
    });
  });

  test('at a key of the configuration', async () => {
    edit(at('gateway.yaml'), 'bodyBytes: 65536', 'bodyBytes: many');
    expect((await check()).flaws).toEqual([
      {
        ...placeOf('gateway.yaml', 'bodyBytes: many'),
        code: 'configuration',
        expected: expect.stringContaining('limits.bodyBytes: '),
        severity: 'error',
      },
    ]);
  });

  test('at an element of a list, under a key that holds a dot', async () => {
    edit(
      at('datasets.yaml'),
      'sale.mileage: { from: mileage, type: number }',
      'sale.mileage: { from: mileage, type: count }',
    );
    const [flaw, ...more] = (await check()).flaws;
    expect(more).toEqual([]);
    const { file, line } = placeOf('datasets.yaml', 'type: count');
    expect(flaw).toMatchObject({ file, line, code: 'configuration' });
  });

  test('in YAML that cannot be read', async () => {
    edit(
      at('partners.yaml'),
      '  - { id: tidewater-cars, name: Tidewater Cars }',
      '  - { id: tidewater-cars, name: "Tidewater',
    );
    const { code, flaws } = await check('--json');
    expect(code).toBe(1);
    expect(flaws[0]).toMatchObject({ file: 'config/partners.yaml', code: 'configuration' });
    expect(flaws[0]?.line).toBeGreaterThan(1);
  });

  test("at the dataset whose file is not as it says, together with the rulebook's", async () => {
    writeFileSync(at(CSV), readFileSync(at(CSV), 'utf8').replace('Status;VIN;', 'Status;Chassis;'));
    edit(at('policies/roles.csv'), 'analyst,              -', 'analyst,              nobody');
    const { code, flaws, err } = await check();
    expect(code).toBe(1);
    expect(flaws).toContainEqual({
      file: 'config/datasets.yaml',
      line: placeOf('datasets.yaml', 'id: tidewater-sales').line,
      column: 1,
      code: 'configuration',
      expected: expect.stringContaining('has no column "VIN"'),
      severity: 'error',
    });
    expect(flaws.map((flaw) => flaw.file)).toContain('config/policies/roles.csv');
    expect(err.trim().split('\n')).toHaveLength(flaws.length);
  });

  test('where a file or the whole configuration is missing', async () => {
    rmSync(at('gateway.yaml'));
    expect((await check()).flaws).toEqual([
      {
        file: 'config/gateway.yaml',
        line: 1,
        column: 1,
        code: 'configuration',
        expected: expect.stringContaining('ENOENT'),
        severity: 'error',
      },
    ]);
    const { code, flaws } = await check('--config', 'nowhere');
    expect(code).toBe(1);
    expect(flaws.map((flaw) => flaw.file)).toContain('nowhere/partners.yaml');
  });

  test('by its whole path, outside the working directory', async () => {
    edit(at('gateway.yaml'), 'inFlight: 256', 'inFlight: 0');
    const { out } = await inThisProcess(['check', '--config', `${root}/config`, '--json'], '/');
    expect(JSON.parse(out)).toMatchObject([{ file: at('gateway.yaml').slice(1), code: 'configuration' }]);
    const elsewhere = await inThisProcess(['check', '--config', `${root}/config`, '--json'], join(root, 'state'));
    expect(JSON.parse(elsewhere.out)).toMatchObject([{ file: at('gateway.yaml') }]);
  });
});

describe('beyond what keeps the gateway from starting', () => {
  const page = 'policies/vehicle-tracing.csv';
  const last = (row: string) => writeFileSync(at(page), `${readFileSync(at(page), 'utf8')}${row}\n`);
  const lines = () => readFileSync(at(page), 'utf8').trimEnd().split('\n').length;

  test('a rule that no expected decision is decided by cannot be submitted', async () => {
    last('settings, S9, role:auditor, any dataset, mfa, deny, -');
    const { code, flaws } = await check();
    expect(code).toBe(1);
    expect(flaws).toEqual([
      {
        ...{ file: `config/${page}`, line: lines(), column: 1, code: 'expected/uncovered', severity: 'error' },
        ...{ expected: expect.stringContaining('S9'), remedy: expect.any(String) },
      },
    ]);
  });

  test('a warning is told, and the exit code is 0', async () => {
    edit(at('partners.yaml'), /(vehicle-crime, .*) until: 20\d\d-\d\d-\d\d/g, '$1 until: 2026-03-02');
    const { code, flaws, err } = await check();
    expect([code, flaws.map((f) => [f.code, f.severity])]).toEqual([0, [['name/nobody', 'warning']]]);
    expect(err).toContain('warning name/nobody: expected somebody');
    expect(err).toContain('No mistake was found.');
  });
});
