import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAULT_CODES } from '../../src/domain/faults.ts';
import { isPurpose, PURPOSES, purposeIri, purposeWithin } from '../../src/domain/purpose.ts';
import { REASON_CODES, wording } from '../../src/domain/reasons.ts';
import { UNKNOWN_CALLER_REASONS } from '../../src/domain/unknown-caller.ts';

const TESTS = join(import.meta.dirname, '..');

/** All test files but this one, which names no code. */
const sources = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && join(TESTS, name) !== import.meta.filename)
  .map((name) => readFileSync(join(TESTS, name), 'utf8'))
  .join('\n');

test.each(REASON_CODES)('the reason %s is tried by a test', (code) => {
  expect(sources.includes(`'${code}'`)).toBe(true);
});

test.each(FAULT_CODES)('the fault %s is tried by a test', (code) => {
  expect(sources.includes(`'${code}'`)).toBe(true);
});

test.each(Object.keys(UNKNOWN_CALLER_REASONS))('the reason %s for staying unknown is tried by a test', (code) => {
  expect(sources.includes(`'${code}'`)).toBe(true);
});

test('words are filled in, and a word that is missing shows', () => {
  expect(wording('settings/hours', { arg: '07:00-19:00' })).toEqual({
    say: 'It is outside the hours 07:00-19:00.',
    remedy: 'Ask between 07:00-19:00.',
  });
  expect(wording('settings/hours').say).toContain('?');
  // What is filled in is not filled in again.
  expect(wording('settings/hours', { arg: '{limit}', limit: 'no' }).say).toContain('{limit}');
});

test('a purpose is a term of the vocabulary, and nothing else', () => {
  for (const term of ['Marketing', '', 'lawenforcement', 'LawEnforcement ', '__proto__', 'constructor', 'toString']) {
    expect(isPurpose(term)).toBe(false);
    for (const known of PURPOSES) {
      expect(purposeWithin(term, known)).toBe(false);
      expect(purposeWithin(known, term)).toBe(false);
    }
    expect(purposeWithin(term, term)).toBe(false);
  }
  for (const term of PURPOSES)
    expect(purposeIri(term)).toMatch(/^https:\/\/w3id\.org\/dpv\/sector\/law#[A-Z][A-Za-z]+$/);
});

test('narrower purposes count, never broader ones', () => {
  for (const a of PURPOSES) {
    expect(purposeWithin(a, a)).toBe(true);
    expect(purposeWithin(a, 'JusticeManagement')).toBe(true);
    for (const b of PURPOSES) if (a !== b && purposeWithin(a, b)) expect(purposeWithin(b, a)).toBe(false);
  }
  expect(purposeWithin('SuspectedCrimeInvestigation', 'LegalInvestigation')).toBe(true);
  expect(purposeWithin('CrimeDetection', 'LegalInvestigation')).toBe(false);
});
