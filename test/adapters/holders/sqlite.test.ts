import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectHolders } from '../../../src/adapters/holders/connect.ts';
import { openSqliteHolder } from '../../../src/adapters/sqlite/holder.ts';
import { ConfigurationError } from '../../../src/domain/configuration-error.ts';
import type { Dataset, SqliteConnector } from '../../../src/domain/dataset.ts';
import { ask, dataset, permit } from './builders.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holders-'));
});
afterAll(() => rm(folder, { recursive: true }));

const HULL = 'ABC12345D404';
const BY_HULL = permit('hull-number', HULL);
const SELECT = "SELECT hull, owner, born, berth AS \"Berth no.\", flag FROM boats WHERE replace(hull, '-', '') = ?";

/** A file with one boat, `owner`'s. */
function boats(owner: string, file = join(folder, `${++count}.db`)): string {
  const db = new Database(file);
  db.exec('CREATE TABLE boats (hull TEXT, owner, born TEXT, berth, flag TEXT); CREATE INDEX by_hull ON boats (hull)');
  const insert = db.prepare('INSERT INTO boats VALUES (?, ?, ?, ?, ?)');
  insert.run('ABC-12345-D404', owner, '07/04/1961', 12, null);
  insert.run('XYZ-98765-E505', 'Testwood', '', 9_007_199_254_740_993n, null);
  insert.run('SEA-11111-F606', Buffer.from('Testwood'), null, 1, null);
  insert.run('SEA-22222-F606', 'Testwood', null, 1, 'sealed');
  db.close();
  return file;
}

function marina(file: string, sql = SELECT, changes: Partial<Dataset> = {}): Dataset {
  const connector: SqliteConnector = { kind: 'sqlite', file, lookups: { 'hull-number': sql } };
  return dataset({
    connector,
    identifiers: { 'hull-number': 'hull' },
    fields: {
      owner: { from: 'owner', type: 'text' },
      born: { from: 'born', type: 'date', order: 'dmy' },
      berth: { from: 'Berth no.', type: 'number' },
    },
    except: { flag: ['sealed'] },
    ...changes,
  });
}

const open = (of: Dataset) => connectHolders([of], {}, { openSqlite: openSqliteHolder });

async function problem(of: Dataset): Promise<string> {
  const error: unknown = await open(of).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error('it was not refused');
  return error.problems.join('\n');
}

describe('a SQLite file', () => {
  test('is searched with the statement of the configuration, its rows mapped by column', async () => {
    const holders = await open(marina(boats('Ada Samplely')));
    expect(await ask(holders, BY_HULL)).toStrictEqual([{ owner: 'Ada Samplely', born: '1961-04-07', berth: 12 }]);
    expect(await ask(holders, permit('hull-number', 'abc-12345-d404'))).toHaveLength(1);
    expect(await ask(holders, permit('hull-number', 'ABC12345D405'))).toEqual([]);
    expect(await ask(holders, permit('hull-number', 'SEA22222F606'))).toEqual([]);
    expect(await ask(holders, permit('hull-number', 'SEA11111F606'))).toBe('holder/shape');
    await holders.close();
    expect(await ask(holders, BY_HULL)).toBe('holder/unavailable');
  });

  test('is asked by many at once, each getting its own', async () => {
    const holders = await open(marina(boats('Ada Samplely')));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        ask(holders, i % 2 === 0 ? BY_HULL : permit('hull-number', 'NONE00000000')),
      ),
    );
    expect(answers.map((a) => a.length)).toEqual(answers.map((_, i) => (i % 2 === 0 ? 1 : 0)));
    await holders.close();
  });

  test('is never written to, also by what stands in it', async () => {
    const file = boats('Ada Samplely');
    const db = new Database(file);
    db.exec('CREATE VIEW v AS SELECT * FROM boats');
    db.close();
    for (const sql of [
      `INSERT INTO boats (hull) VALUES (?) RETURNING *`,
      `WITH x AS (SELECT ?) DELETE FROM boats RETURNING *`,
      `PRAGMA table_info(?)`,
      `EXPLAIN ${SELECT}`,
      `ATTACH ? AS other`,
    ]) {
      expect(await problem(marina(file, sql))).toContain('lookups.hull-number: expected');
    }
    const after = new Database(file, { readonly: true });
    expect(after.prepare('SELECT count(*) FROM boats').pluck().get()).toBe(4);
    after.close();
  });

  test('another file in its place is taken up, a missing one is unavailable until it is back', async () => {
    const file = boats('Ada Samplely');
    const holders = await open(marina(file));
    expect(await ask(holders, BY_HULL)).toMatchObject([{ owner: 'Ada Samplely' }]);
    await rename(boats('Bram Mockridge'), file);
    expect(await ask(holders, BY_HULL)).toMatchObject([{ owner: 'Bram Mockridge' }]);
    await rm(file);
    expect(await ask(holders, BY_HULL)).toBe('holder/unavailable');
    await writeFile(file, 'Testwood, not a database at all'.repeat(100));
    expect(await ask(holders, BY_HULL)).toBe('holder/unavailable');
    await rm(file);
    boats('Cora Fauxley', file);
    expect(await ask(holders, BY_HULL)).toMatchObject([{ owner: 'Cora Fauxley' }]);
    await holders.close();
  });

  test('one with other columns is unavailable, not guessed at', async () => {
    const file = boats('Ada Samplely');
    const holders = await open(marina(file, 'SELECT * , berth AS "Berth no." FROM boats WHERE hull = ?'));
    const other = join(folder, `${++count}.db`);
    const db = new Database(other);
    db.exec('CREATE TABLE boats (hull, berth)');
    db.close();
    await rename(other, file);
    expect(await ask(holders, BY_HULL)).toBe('holder/unavailable');
    await holders.close();
  });

  test('a file that its program is writing to is waited for, then a fault', async () => {
    const file = boats('Ada Samplely');
    const holders = await open(marina(file, SELECT, { timeoutMs: 400 }));
    const writer = new Database(file);
    writer.exec('BEGIN EXCLUSIVE');
    expect(await ask(holders, BY_HULL)).toBe('holder/timeout');
    writer.exec('COMMIT');
    writer.close();
    await expect.poll(() => ask(holders, BY_HULL), { timeout: 5_000 }).toHaveLength(1);
    await holders.close();
  });

  test('an endless statement is a fault in time, blocks nobody else, and is over once its thread has ended', async () => {
    const endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT ? AS hull, '' AS owner, " +
      "'' AS born, 1 AS \"Berth no.\", '' AS flag FROM (SELECT max(i) FROM n)";
    const holders = await open(marina(boats('Ada Samplely'), endless, { timeoutMs: 150 }));
    let turns = 0;
    const turning = setInterval(() => turns++, 5);
    const began = performance.now();
    expect(await ask(holders, BY_HULL)).toBe('holder/timeout');
    clearInterval(turning);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(turns).toBeGreaterThan(5);
    expect(await ask(holders, BY_HULL)).toMatch(/^holder\/(timeout|unavailable)$/);
    await holders.close();
  });

  test('more rows or bytes than an answer may hold', async () => {
    const many = (size: number, rows: number) =>
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) ` +
      `SELECT ? AS hull, hex(zeroblob(${size})) AS owner, '' AS born, i AS "Berth no.", '' AS flag FROM n`;
    const asked = async (size: number, rows: number) => {
      const holders = await open(marina(boats('Ada Samplely'), many(size, rows)));
      const answer = await ask(holders, BY_HULL);
      await holders.close();
      return typeof answer === 'string' ? answer : answer.length;
    };
    expect(await asked(1, 5_000)).toBe(5_000);
    expect(await asked(1, 5_001)).toBe('holder/too-large');
    expect(await asked(1_100_000, 1)).toBe('holder/too-large');
    expect(await asked(1, 100_000_000)).toBe('holder/too-large');
  });
});

describe('refuses to start', () => {
  test.each([
    ['two statements', `${SELECT}; ${SELECT}`, 'more than one statement'],
    ['no parameter', 'SELECT hull, owner, born, berth AS "Berth no.", flag FROM boats', 'exactly one ?'],
    ['two parameters', `${SELECT} AND owner <> ?`, 'exactly one ?'],
    ['a named one', SELECT.replace('?', ':hull'), 'exactly one ?'],
    ['a numbered one', SELECT.replace('?', '?1'), 'exactly one ?'],
    ['nothing that SQLite understands', 'SELECT ? FROM nowhere', 'no such table'],
    ['a column too few', 'SELECT hull, owner, born, berth, flag FROM boats WHERE hull = ?', 'column "Berth no."'],
    ['a column twice', SELECT.replace('born', 'born, berth AS born'), '"born" once, not 2 times'],
  ])('with %s', async (_, sql, expected) => {
    const said = await problem(marina(boats('Ada Samplely'), sql));
    expect(said).toContain('dataset sales: connector lookups.hull-number');
    expect(said).toContain(expected);
  });

  test('without the file, and with one that is no database', async () => {
    expect(await problem(marina(join(folder, 'nowhere.db')))).toContain('cannot be opened (SQLITE_CANTOPEN');
    const file = join(folder, 'text.db');
    await writeFile(file, 'Testwood, not a database at all'.repeat(100));
    expect(await problem(marina(file))).toContain('SQLITE_NOTADB');
    await expect(connectHolders([marina(boats('Ada'))])).rejects.toThrow('cannot read SQLite files');
  });
});
