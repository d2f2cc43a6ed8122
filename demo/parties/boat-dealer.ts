import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { boatRecords } from './boat-records.ts';

const OPTIONS = z.strictObject({ seed: z.int(), rows: z.int().min(0).max(99_999), file: z.string() });

const SCHEMA = `
  CREATE TABLE boats (
    id INTEGER PRIMARY KEY, hull_no TEXT NOT NULL, make TEXT, model TEXT, model_year INTEGER, postcode TEXT
  ) STRICT;
  CREATE TABLE owners (boat INTEGER NOT NULL REFERENCES boats, name TEXT, born TEXT) STRICT;
  CREATE TABLE berths (boat INTEGER NOT NULL REFERENCES boats, mooring TEXT, remarks TEXT) STRICT;
  CREATE INDEX boats_by_hull ON boats (replace(hull_no, '-', ''));
  CREATE INDEX owners_by_boat ON owners (boat);
  CREATE INDEX berths_by_boat ON berths (boat);
`;

/**
 * What the program of a boat dealer keeps: three tables in a SQLite file, hull numbers with hyphens, days as
 * `DD.MM.YYYY`. It is written aside and renamed, so that nobody sees half of it.
 */
export function writeBoats(file: string, seed: number, rows: number): void {
  const aside = `${file}.new`;
  rmSync(aside, { force: true });
  const db = new Database(aside);
  db.exec(SCHEMA);
  const boat = db.prepare('INSERT INTO boats VALUES (?, ?, ?, ?, ?, ?)');
  const owner = db.prepare('INSERT INTO owners VALUES (?, ?, ?)');
  const berth = db.prepare('INSERT INTO berths VALUES (?, ?, ?)');
  db.transaction(() => {
    for (const [i, record] of boatRecords(seed, rows).entries()) {
      boat.run(i, record.hull, record.make, record.model, record.year, record.postcode);
      owner.run(i, record.owner, record.born.split('-').reverse().join('.'));
      berth.run(i, record.mooring, record.notes);
    }
  })();
  db.close();
  renameSync(aside, file);
}

/** Writes the file and says so in one line; there is nothing to stop. */
if (import.meta.main) {
  const { seed, rows, file } = OPTIONS.parse(JSON.parse(process.argv[2] ?? '{}'));
  writeBoats(file, seed, rows);
  process.stdout.write(`${JSON.stringify({ ready: true, file })}\n`);
}
