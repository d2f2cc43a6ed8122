import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addTo, emptyBloom, mayHold } from '../../src/treat/free-text/bloom.ts';
import { knownValues, NOTHING_KNOWN } from '../../src/treat/free-text/known-values.ts';
import { findIn } from '../../src/treat/free-text/scrub.ts';
import { planOf } from './builders.ts';

const plan = planOf({ 'buyer.name': null, 'owners[].name': null, notes: 'scrub' });
/** Words without any known form, in scripts whose letters fold to one or more. */
const name = fc.stringMatching(/^[b-zB-ZéøßжΩ𐐀]{3,9}$/u);

it('a filter knows whatever was added', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 500 }), (hashes) => {
      const bloom = emptyBloom();
      for (const hash of hashes) addTo(bloom, hash);
      expect(hashes.every((hash) => mayHold(bloom, hash))).toBe(true);
    }),
  );
  expect(mayHold(emptyBloom(), 7)).toBe(false);
});

it.each([1, 300])('each word of a value is found in a text, with %i other values in the record', (others) => {
  const owners = Array.from({ length: others }, (_, i) => ({ name: `owner${i}x` }));
  fc.assert(
    fc.property(name, fc.nat(2), fc.constantFrom(' ', ', ', '-', '/'), (one, at, gap) => {
      const record = { buyer: { name: ['fore', one, 'last'].join(' ') }, owners, notes: null };
      const words = ['aa', 'aa', 'aa'].with(at, one.toUpperCase());
      const finds = findIn(words.join(gap), knownValues(record, plan));
      expect(finds).toEqual([expect.objectContaining({ kind: 'name' })]);
      const [first] = finds;
      expect(words.join(gap).slice(first?.start, first?.end)).toBe(one.toUpperCase());
    }),
  );
});

it.each([1, 300])('a whole value of short words is found however it is spaced, with %i other values', (others) => {
  const short = fc.array(fc.stringMatching(/^[b-z]{1,2}$/), { minLength: 3, maxLength: 8 });
  const owners = Array.from({ length: others }, (_, i) => ({ name: `owner${i}x` }));
  fc.assert(
    fc.property(short, fc.constantFrom('', ' ', '-', ' . '), (words, gap) => {
      const record = { buyer: { name: words.join(' ') }, owners, notes: null };
      const text = `aa: ${words.join(gap)}; aa`;
      const finds = findIn(text, knownValues(record, plan));
      const [from, to] = [4, text.length - 4];
      expect(finds.some(({ start, end }) => start <= from && end >= to)).toBe(true);
      expect(findIn(text, NOTHING_KNOWN)).toEqual([]);
    }),
  );
});

it('of one value under two fields a reader is told that it is a name, whichever comes first', () => {
  const both = planOf({ 'vehicle.model': null, 'buyer.name': null, notes: 'scrub' });
  const kinds = (record: Parameters<typeof knownValues>[0]) =>
    findIn('the mockridge one', knownValues(record, both)).map(({ kind }) => kind);
  expect(kinds({ vehicle: { model: 'Mockridge B' }, buyer: { name: 'Ada Mockridge' } })).toEqual(['name']);
  expect(kinds({ buyer: { name: 'Ada Mockridge' }, vehicle: { model: 'Mockridge B' } })).toEqual(['name']);
});
