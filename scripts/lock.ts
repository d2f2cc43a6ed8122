/**
 * `npm run lock`: repairs package-lock.json after `npm install`.
 *
 * npm leaves `gypfile: false` of better-sqlite3 out of the lock file, and `npm ci` then runs node-gyp, which fails where
 * Python or a compiler is missing; the package carries its compiled parts with it. `resolved` addresses would tie the
 * lock file to the registry of whoever ran npm last; integrity digests say all that matters.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { lockSchema } from './lock-file.ts';

const file = new URL('../package-lock.json', import.meta.url);
const lock: unknown = JSON.parse(readFileSync(file, 'utf8'));

const packages = Object.fromEntries(
  Object.entries(lockSchema.parse(lock).packages).map(([place, { resolved: _, ...entry }]) =>
    place === 'node_modules/better-sqlite3' ? [place, { ...entry, gypfile: false }] : [place, entry],
  ),
);
// Parsed a second time as a plain record, which keeps the order in which npm writes the keys.
const written = { ...z.record(z.string(), z.unknown()).parse(lock), packages };
writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
console.log('package-lock.json: gypfile of better-sqlite3 is false, no resolved addresses');
