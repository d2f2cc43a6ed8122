import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
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

it('keeps what letters fold to also after a text of very many different ones', () => {
  fold(String.fromCodePoint(...Array.from({ length: 5_000 }, (_, i) => 0x4e00 + i)));
  fold('ж');
  const normalize = vi.spyOn(String.prototype, 'normalize');
  onTestFinished(() => normalize.mockRestore());
  expect(fold('жж').text).toBe('жж');
  expect(normalize).not.toHaveBeenCalled();
  fold('ѝ');
  expect(normalize).toHaveBeenCalled();
});
