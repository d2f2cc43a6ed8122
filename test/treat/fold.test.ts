import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fold } from '../../src/treat/free-text/fold.ts';

it('folds plain text as it folds the same characters beside others', () => {
  const plain = fc.stringMatching(/^[\x20-\x7e]*$/);
  fc.assert(
    fc.property(plain, (text) => {
      const alone = fold(text);
      const beside = fold(`${text}é`);
      const count = text.length;
      expect(alone).toEqual({
        text: beside.text.slice(0, count),
        starts: beside.starts.slice(0, count),
        ends: beside.ends.slice(0, count),
        upright: beside.upright.slice(0, count),
      });
    }),
  );
});
