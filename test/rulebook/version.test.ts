import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicies, writePolicies } from '../../src/adapters/policies.ts';
import {
  type Authorship,
  isCurrentCatalogue,
  makeVersion,
  readVersion,
  storeVersion,
  type Version,
} from '../../src/rulebook/version.ts';
import { buildRuleset } from '../../src/ruleset.ts';
import { exampleConfig, examplePolicies, NOW, rulesetContext } from '../builders.ts';

const AUTHORSHIP: Authorship = { parent: null, author: 'ruth-adeyemi', message: 'as signed', time: NOW };

function versionOf(sources: ReadonlyMap<string, string>, authorship = AUTHORSHIP): Version {
  const made = makeVersion(sources, authorship);
  if ('problem' in made) throw new Error(made.problem);
  return made;
}

test('a version is named by the digest that decisions name', async () => {
  const built = await buildRuleset(examplePolicies(), rulesetContext(exampleConfig()));
  expect('ruleset' in built && built.ruleset.versions.rulebook).toBe(versionOf(examplePolicies()).digest);
});

test('its name depends on every character of every file, and on nothing else', () => {
  const { digest } = versionOf(examplePolicies());
  const shuffled = new Map([...examplePolicies()].toReversed());
  expect(versionOf(shuffled, { ...AUTHORSHIP, author: 'piet-verhoeven', message: 'x', time: 0 }).digest).toBe(digest);
  for (const [name, text] of examplePolicies()) {
    expect(versionOf(examplePolicies().set(name, `${text} `)).digest).not.toBe(digest);
  }
});

test('what was stored is read back, and what was changed meanwhile is not', () => {
  const version = versionOf(examplePolicies());
  const stored = storeVersion(version);
  expect(readVersion(JSON.parse(JSON.stringify(stored)))).toEqual(version);
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(stored.files)), fc.nat(), (name, at) => {
      const text = stored.files[name] ?? '';
      const cut = at % text.length;
      const files = { ...stored.files, [name]: text.slice(0, cut) + text.slice(cut + 1) };
      expect(readVersion({ ...stored, files })).toHaveProperty('problem');
    }),
    { numRuns: 50 },
  );
  expect(readVersion({ ...stored, catalogue: {} })).toHaveProperty('problem');
});

test('a version of another catalogue is read back, and is not current', () => {
  const stored = storeVersion(versionOf(examplePolicies()));
  expect(isCurrentCatalogue(versionOf(examplePolicies()))).toBe(true);
  const older = readVersion({ ...stored, catalogue: {}, digest: stored.digest });
  expect(older).toHaveProperty('problem');
  const problem = 'problem' in older ? older.problem : '';
  const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(problem) ?? [];
  const read = readVersion({ ...stored, catalogue: {}, digest: digest as typeof stored.digest });
  expect('sources' in read && isCurrentCatalogue(read)).toBe(false);
});

test.each(['../x.csv', '.x.csv', 'a/b.csv', 'X.csv', '__proto__', 'notes.txt'])('%s is no name of a file', (name) => {
  expect(makeVersion(examplePolicies().set(name, ''), AUTHORSHIP)).toHaveProperty('problem');
});

test('half a character is no text', () => {
  expect(makeVersion(examplePolicies().set('x.csv', 'a\ud800'), AUTHORSHIP)).toHaveProperty('problem');
});

test('files and store hold the same: written, read, and the files of another version gone', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'policies-')), 'there');
  const sources = examplePolicies().set('holder-northgate-motors.csv', '\uFEFFnot\r\nread here');
  writePolicies(directory, sources);
  expect(versionOf(readPolicies(directory)).digest).toBe(versionOf(sources).digest);
  writePolicies(directory, examplePolicies());
  expect(versionOf(readPolicies(directory)).digest).toBe(versionOf(examplePolicies()).digest);
  expect(readdirSync(directory)).not.toContain('holder-northgate-motors.csv');
});

test('a directory of other things is left alone', () => {
  const directory = mkdtempSync(join(tmpdir(), 'policies-'));
  writeFileSync(join(directory, 'customers.csv'), 'a,b\n');
  expect(() => writePolicies(directory, examplePolicies())).toThrow('customers.csv');
  expect(readdirSync(directory)).toEqual(['customers.csv']);
});
