import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Folded, fold } from '../../src/treat/free-text/fold.ts';

it('folds plain text as it folds the same characters beside others', () => {
  const plain = fc.stringMatching(/^[\x20-\x7e]*$/);
  fc.assert(
    fc.property(plain, (text) => {
      const alone = fold(text);
      const beside = fold(`${text}é`);
      const count = text.length;
      const at = (places: readonly number[]) => places.slice(0, count);
      const upright = (folded: Folded) => Array.from(text, (_, i) => folded.isUpright(i, i + 1));
      expect(alone.text).toBe(beside.text.slice(0, count));
      expect(at(alone.starts)).toEqual(at(beside.starts));
      expect(at(alone.ends)).toEqual(at(beside.ends));
      expect(upright(alone)).toEqual(upright(beside));
    }),
  );
});
