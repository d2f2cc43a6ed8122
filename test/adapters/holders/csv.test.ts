import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectHolders } from '../../../src/adapters/holders/connect.ts';
import { ConfigurationError } from '../../../src/domain/configuration-error.ts';
import type { Dataset } from '../../../src/domain/dataset.ts';
import { ask, dataset, permit, VIN } from './builders.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holders-'));
});
afterAll(() => rm(folder, { recursive: true }));

const FIELDS = {
  make: { from: 'make', type: 'text' },
  'sale.date': { from: 'sold on (d/m/y)', type: 'date', order: 'dmy' },
} as const;

async function sales(content: string | Uint8Array, changes: Partial<Dataset> = {}, delimiter = ','): Promise<Dataset> {
  count += 1;
  const file = join(folder, `${count}.csv`);
  await writeFile(file, content);
  return dataset({ fields: FIELDS, connector: { kind: 'csv', file, delimiter }, ...changes });
}

async function problem(of: Dataset): Promise<string> {
  const error: unknown = await connectHolders([of]).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error('it was not refused');
  return error.problems.join('\n');
}

describe('a CSV file', () => {
  test('with byte order mark, CRLF, semicolons, quotes, blanks and duplicates', async () => {
    const rows = [
      'vin;make;sold on (d/m/y)',
      `  ${VIN.toLowerCase()};"Tes;sel ""E"""; 07/04/2019`,
      ';Kestor;01/01/2020',
      'not known?;Kestor;01/01/2020',
      `${VIN};"two\r\nlines";`,
      'wp0zzz99zts392124;Other;1/2/20',
    ];
    const holders = await connectHolders([await sales(`\uFEFF${rows.join('\r\n')}\r\n`, {}, ';')]);
    expect(await ask(holders, permit('vin', VIN))).toStrictEqual([
      { make: 'Tes;sel "E"', sale: { date: '2019-04-07' } },
      { make: 'two\r\nlines', sale: { date: null } },
    ]);
    expect(await ask(holders, permit('vin', 'WP0ZZZ99ZTS392124'))).toStrictEqual([
      { make: 'Other', sale: { date: '2020-02-01' } },
    ]);
    expect(await ask(holders, permit('vin', 'JTEZU5JR8D5050504'))).toEqual([]);
    expect(holders.loads.get('sales')).toEqual({
      rows: 5,
      schemes: { vin: { indexed: 3, distinct: 2, blank: 1, malformed: 1 } },
    });
    await holders.close();
  });

  test('is searched by each of its identifiers; column names may hold dots', async () => {
    const of = await sales('vin,Reg. No.,make,sold on (d/m/y)\n,ZA12 ABC,Kestor,\n', {
      identifiers: { vin: 'vin', registration: 'Reg. No.' },
      fields: { reg: { from: 'Reg. No.', type: 'text' } },
    });
    const holders = await connectHolders([of]);
    expect(await ask(holders, permit('registration', 'za12abc'))).toStrictEqual([{ reg: 'ZA12 ABC' }]);
  });

  test("keeps the holder's own filter", async () => {
    const content = `vin,make,sold on (d/m/y),flag\n${VIN},a,,open\n${VIN},b,, sealed\n`;
    const holders = await connectHolders([await sales(content, { except: { flag: ['sealed'] } })]);
    expect(await ask(holders, permit('vin', VIN))).toEqual([{ make: 'a', sale: { date: null } }]);
  });

  test('with a value of the wrong shape faults when it is asked for, not before', async () => {
    const holders = await connectHolders([await sales(`vin,make,sold on (d/m/y)\n${VIN},a,Testwood\n`)]);
    expect(await ask(holders, permit('vin', VIN))).toBe('holder/shape');
  });

  test('is never asked for another dataset, holder or scheme', async () => {
    const holders = await connectHolders([await sales(`vin,make,sold on (d/m/y)\n${VIN},a,\n`)]);
    expect(await ask(holders, permit('vin', VIN, { dataset: 'other' }))).toBe('holder/unavailable');
    expect(await ask(holders, permit('vin', VIN, { holder: 'other' }))).toBe('holder/unavailable');
    expect(await ask(holders, permit('hull-number', 'GBABC12345D404'))).toBe('holder/unavailable');
  });
});

describe('refuses to start', () => {
  test('when a mapped column is missing or there twice', async () => {
    const text = await problem(await sales('vin,make,make\n', { except: { flag: ['x'] } }));
    expect(text).toContain('dataset sales');
    expect(text).toContain('no column "sold on (d/m/y)"');
    expect(text).toContain('no column "flag"');
    expect(text).toContain('column "make" 2 times');
  });

  test('when a row has too many or too few cells, or a quote stands alone: nothing is guessed', async () => {
    const head = 'vin,make,sold on (d/m/y)\n';
    for (const row of [`${VIN},Testwood\n`, `${VIN},Testwood,,\n`, `${VIN},Test"wood,\n`, `${VIN},"Testwood,\n`]) {
      const text = await problem(await sales(head + row));
      expect(text).toMatch(/not well-formed CSV \([A-Z_]+ near line \d\)/);
      expect(text).not.toContain('wood');
    }
  });

  test('when the file is empty, is not there or is not UTF-8', async () => {
    expect(await problem(await sales(''))).toContain('is empty');
    expect(await problem(await sales(Buffer.from('vin,make,sold on (d/m/y)\nx,Citro\xebn,\n', 'latin1')))).toContain(
      'UTF-8',
    );
    const nowhere = dataset({ connector: { kind: 'csv', file: join(folder, 'nowhere.csv'), delimiter: ',' } });
    expect(await problem(nowhere)).toContain('ENOENT');
  });

  test('with the problems of all datasets at once, and with an id declared twice', async () => {
    const bad = [await sales('vin\n'), await sales('', { id: 'second' })];
    const error: unknown = await connectHolders(bad).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toHaveProperty('problems.length', 3);
    const good = await sales('vin,make,sold on (d/m/y)\n');
    await expect(connectHolders([good, good])).rejects.toThrow('declared twice');
  });
});
