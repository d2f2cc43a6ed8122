import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TreatmentName } from '../../src/domain/catalogue.ts';
import { TREATMENTS } from '../../src/domain/catalogue.ts';
import type { Scalar } from '../../src/domain/dataset.ts';
import { shownOf } from '../../src/treat/treatments.ts';

function shown(name: TreatmentName, value: Scalar, argument?: string): Scalar | undefined {
  return shownOf(argument === undefined ? { name } : { name, argument }, value);
}

describe('treatments', () => {
  it.each<[TreatmentName, string | undefined, Scalar, Scalar]>([
    ['keep', undefined, 'Oda', 'Oda'],
    ['keep', undefined, 12.5, 12.5],
    ['keep', undefined, false, false],
    ['null', undefined, 'Oda', null],
    ['drop', undefined, 'Oda', null],
    ['mask', undefined, 'Oda', '*****'],
    ['mask', undefined, 'a value much longer than five', '*****'],
    ['mask', undefined, '', '*****'],
    ['mask', '2', 'ABCDEF', '*****EF'],
    ['mask', '2', 'ABCDE', '*****'],
    ['mask', '4', 'WVWZZZ1KZ8W386001', '*****6001'],
    ['mask', '2', '🚗🚙🚚🚛🚜🏎', '*****🚜🏎'],
    ['year', undefined, '1979-03-14', '1979'],
    ['month', undefined, '1979-03-14', '1979-03'],
    ['first-part', undefined, '4012 TW', '4012'],
    ['first-part', undefined, 'Fennimore, Oda', 'Fennimore'],
    ['first-part', undefined, 'TW-101-A', 'TW'],
    ['first-part', undefined, 'TW–101', 'TW'],
    ['first-part', undefined, 'a/b', 'a'],
    ['first-part', undefined, '  4012 TW ', '4012'],
    ['first-part', undefined, '4012', null],
    ['first-part', undefined, '4012 ', null],
    ['first-part', undefined, '4012-', null],
    ['first-part', undefined, '-4012 TW', null],
    ['first-part', undefined, '', null],
    ['first-part', '3', 'WVWZZZ', 'WVW'],
    ['first-part', '3', 'WVW', null],
    ['first-part', '3', 'WVW-', null],
    ['constant', 'on request', 'Oda', 'on request'],
  ])('%s(%s) of %j shows %j', (name, argument, value, expected) => {
    expect(shown(name, value, argument)).toBe(expected);
  });

  it('shows nothing of a value that is not there, but for constant', () => {
    for (const name of Object.keys(TREATMENTS) as TreatmentName[]) {
      expect(shown(name, null, name === 'constant' ? 'always' : undefined)).toBe(name === 'constant' ? 'always' : null);
    }
  });

  it.each<[TreatmentName, Scalar]>([
    ['year', '14/03/1979'],
    ['year', '1979'],
    ['year', '1979-13-01'],
    ['year', '1979-03-14T00:00:00Z'],
    ['year', 1979],
    ['month', 'soon'],
    ['mask', 12],
    ['first-part', true],
    ['keep', Number.NaN],
  ])('%s does not know %j', (name, value) => {
    expect(shown(name, value)).toBeUndefined();
  });

  it.each(['0', '-1', '1.5', 'x', '', '1000'])('a count of %j is a mistake of ours and shows nothing', (argument) => {
    expect(() => shown('mask', 'ABCDEFGHI', argument)).toThrow(TypeError);
    expect(() => shown('first-part', 'ABCDEFGHI', argument)).toThrow(TypeError);
  });

  it('a constant without text is a mistake of ours', () => {
    expect(() => shown('constant', 'x')).toThrow(TypeError);
    expect(() => shown('constant', null)).toThrow(TypeError);
  });

  it('a mask tells neither length nor more than a third', () => {
    const count = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), count, (value, n) => {
        const masked = shown('mask', value, String(n));
        const all = [...value];
        expect(masked).toBe(all.length >= 3 * n ? `*****${all.slice(-n).join('')}` : '*****');
        expect(shown('mask', value)).toBe('*****');
      }),
    );
  });

  it('a first part never shows all letters and digits', () => {
    const meat = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.option(fc.integer({ min: 1, max: 9 })), (value, n) => {
        const part = shown('first-part', value, n === null ? undefined : String(n));
        if (part === null) return;
        expect(typeof part).toBe('string');
        expect(value.trim().startsWith(String(part))).toBe(true);
        expect(meat(String(part)).length).toBeLessThan(meat(value).length);
      }),
    );
  });
});
