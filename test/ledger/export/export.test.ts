import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bagOf, uuidOf } from '../../../src/ledger/export/bag.ts';
import { COLUMNS, CSV_HEADER, csvLines, safeCell } from '../../../src/ledger/export/csv.ts';
import { type Exported, exported, jsonLine } from '../../../src/ledger/export/exported.ts';
import { ocsfOf } from '../../../src/ledger/export/ocsf-exchange.ts';
import { vin } from '../../builders.ts';
import { schemaProblems } from './ocsf-schema.ts';
import { LOG, NASTY, type RealLog, realLog } from './real-log.ts';

let log: RealLog;
let all: readonly Exported[];
beforeAll(async () => {
  log = await realLog();
  await log.ask();
  await log.ask({ justification: NASTY, by: vin('WVWZZZ1KZ8W386001') });
  await log.ask({ purpose: 'CrimeDetection' });
  await log.ask({ by: vin('WVWZZZ1KZ8W386009') });
  all = log.exported();
});
afterAll(() => log.close());

const results = () => all.map(({ result }) => result);

describe('JSON Lines', () => {
  test('one line an exchange, with everything that was opened', () => {
    expect(results()).toEqual(['none', 'released', 'refused', 'fault']);
    const lines = all.map(jsonLine);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(lines.map((line) => JSON.parse(line))).toEqual(all.map((exchange) => ({ v: 1, ...exchange })));
  });

  test('an erased exchange is told of', () => {
    const gone = exported(
      '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      { index: 3, time: '2026-11-22T10:00:00.000Z', accountability: null, subject: null },
      null,
    );
    expect(JSON.parse(jsonLine(gone))).toEqual({
      v: 1,
      exchange: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      asked: { index: 3, time: '2026-11-22T10:00:00.000Z' },
      outcome: null,
      result: 'erased',
    });
    expect(parse(CSV_HEADER + csvLines(gone), { columns: true })).toMatchObject([{ result: 'erased', person: '' }]);
    expect(schemaProblems(ocsfOf({ log: LOG }, gone))).toEqual([]);
  });
});

describe('CSV', () => {
  const rows = () => parse(CSV_HEADER + all.map(csvLines).join(''), { columns: true });

  test('one row a leg, read back by another program', () => {
    expect(rows()).toHaveLength(4);
    expect(rows()[1]).toMatchObject({
      result: 'released',
      person: 'mara-lindqvist',
      identifier: 'WVWZZZ1KZ8W386001',
      justification: `'${NASTY}`,
      state: 'released',
      data: 'allow',
    });
    expect(rows()[2]).toMatchObject({
      asked_index: '',
      code: 'projects/purpose',
      projects: 'refuse',
      projects_rule: 'J1',
    });
    expect(rows()[1]).toMatchObject({ fields: expect.stringContaining('buyer.born=year@') });
  });

  test('every line ends in CRLF and every cell is quoted', () => {
    const text = CSV_HEADER + all.map(csvLines).join('');
    expect(text.endsWith('"\r\n')).toBe(true);
    expect(
      parse(text, { relax_quotes: false, record_delimiter: '\r\n' }).every(
        (row: string[]) => row.length === COLUMNS.length,
      ),
    ).toBe(true);
  });

  test('no text begins a formula, and none is lost', () => {
    const starts = fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\r',
      '\n',
      '＝',
      '＋',
      '－',
      '＠',
      "'",
      ' =',
      '\u200b=',
      '"',
      ',',
      '',
    );
    fc.assert(
      fc.property(starts, fc.string({ unit: 'grapheme' }), (start, rest) => {
        const text = start + rest;
        const [[cell = ''] = []] = parse(`${safeCell(text)}\r\n`);
        expect(cell).not.toMatch(/^[\s\p{C}]*[=+\-@＝＋－＠]/u);
        expect(cell).not.toMatch(/^[\t\r\n]/);
        expect(cell.startsWith("'") ? cell.slice(1) : cell).toBe(text);
      }),
    );
  });

  test('docs/exports.md tells of every column, in their order', () => {
    const docs =
      readFileSync('docs/exports.md', 'utf8')
        .split(/^## /m)
        .find((part) => part.startsWith('CSV')) ?? '';
    const told = [...docs.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1]);
    expect(told).toEqual(COLUMNS.map(({ name }) => name));
  });
});

describe('OCSF', () => {
  const events = () => all.map((exchange) => ocsfOf({ log: LOG }, exchange));

  test('events have what the class demands, in the types it demands', () => {
    for (const event of events()) expect(schemaProblems(event)).toEqual([]);
    expect(events().map((e) => [e['status'], e['status_id'], e['severity']])).toEqual([
      ['Success', 1, 'Informational'],
      ['Success', 1, 'Informational'],
      ['Failure', 2, 'Low'],
      ['Failure', 2, 'Medium'],
    ]);
    expect(events()[2]?.['status_detail']).toMatch(/purpose/);
  });

  test('the table notices what is missing or wrong', () => {
    const [event = {}] = events();
    for (const name of ['activity_id', 'actor', 'api', 'src_endpoint', 'metadata', 'severity_id', 'time', 'type_uid'])
      expect(schemaProblems({ ...event, [name]: undefined })).not.toEqual([]);
    expect(schemaProblems({ ...event, type_uid: 600301 })).toEqual(['type_uid']);
    expect(schemaProblems({ ...event, time: '2026-11-22' })).toEqual(['time']);
    expect(schemaProblems({ ...event, actor: {} })).toEqual(['actor']);
    expect(schemaProblems({ ...event, made_up: 1 })).toEqual(['made_up']);
  });
});

describe('bag', () => {
  test('manifests name every file with its SHA-512', () => {
    const bag = bagOf(new Map([['a.txt', Buffer.from('abc')]]), { identifier: 'urn:uuid:x', day: '2026-11-22' });
    const manifest = Buffer.from(bag.get('manifest-sha512.txt') ?? []).toString();
    // FIPS 180-4, SHA-512 of "abc".
    expect(manifest).toMatch(/^ddaf35a193617abacc417349ae204131.{96} {2}data\/a\.txt\n$/);
    expect([...bag.keys()]).toEqual([
      'bagit.txt',
      'bag-info.txt',
      'manifest-sha512.txt',
      'tagmanifest-sha512.txt',
      'data/a.txt',
    ]);
    expect(Buffer.from(bag.get('bag-info.txt') ?? []).toString()).toContain('Payload-Oxum: 3.1\n');
  });

  test('identifiers are UUIDs, the same for the same name', () => {
    expect(z.uuid().safeParse(uuidOf('a')).success).toBe(true);
    expect(uuidOf('a')).toBe(uuidOf('a'));
    expect(uuidOf('a')).not.toBe(uuidOf('b'));
  });
});
