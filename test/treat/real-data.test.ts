import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { NOTHING_KNOWN } from '../../src/treat/free-text/known-values.ts';
import { findIn, scrub } from '../../src/treat/free-text/scrub.ts';

/** Real records, which this project does not ship: every CSV file below the folder is read. */
const folder = process.env['REAL_DATA_DIR'];
if (folder === undefined) console.log('real data: not run (REAL_DATA_DIR is not set)');

test.skipIf(folder === undefined)('real data: every cell of every file can be scrubbed', { timeout: 300_000 }, () => {
  const root = folder ?? '';
  const files = globSync('**/*.csv', { cwd: root });
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const parsed = parse(readFileSync(join(root, file)), { bom: true, relax_column_count: true, relax_quotes: true });
    const rows = z.array(z.array(z.string())).parse(parsed);
    const counts = new Map<string, number>();
    for (const cell of rows.flat()) {
      for (const { kind, start, end } of findIn(cell, NOTHING_KNOWN)) {
        expect(end).toBeGreaterThan(start);
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
      expect(typeof scrub(cell, NOTHING_KNOWN)).toBe('string');
    }
    const told = [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} ${count}`);
    console.log(`real data: scrub ${file}: ${rows.flat().length} cells; ${told.join(', ') || 'nothing found'}`);
  }
});
