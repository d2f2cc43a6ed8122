import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scalar } from '../../src/domain/dataset.ts';
import type { TreatmentName } from '../../src/domain/treatments.ts';
import { TREATMENTS } from '../../src/domain/treatments.ts';
import { showBy } from '../../src/treat/treatments.ts';
import { ALONE } from './builders.ts';

function shown(name: TreatmentName, value: Scalar, argument?: string): Scalar | undefined {
  return showBy(argument === undefined ? { name } : { name, argument })(value, ALONE);
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
    ['last-part', undefined, '12 Demo Lane, Mockham', 'Mockham'],
    ['last-part', undefined, 'TW-101-A', 'A'],
    ['last-part', undefined, ' 4012 TW ', 'TW'],
    ['last-part', undefined, 'Mockham', null],
    ['last-part', undefined, 'Mockham,', null],
    ['last-part', undefined, '- Mockham', null],
    ['last-part', undefined, '', null],
    ['last-part', '3', 'WVWZZZ', 'ZZZ'],
    ['last-part', '3', 'ZZZ', null],
    ['last-part', '3', '--ZZZ', null],
    ['last-part', '2', '🚗🚙a🚛🚜', '🚛🚜'],
    ['band', '10', 17, '10-19'],
    ['band', '10', 19.999, '10-19'],
    ['band', '10', 20, '20-29'],
    ['band', '10', 0, '0-9'],
    ['band', '10', -0, '0-9'],
    ['band', '10', -1, '-10 to -1'],
    ['band', '10', -10, '-10 to -1'],
    ['band', '10', -10.5, '-20 to -11'],
    ['band', '2', 3, '2-3'],
    ['band', '5000', 8450, '5000-9999'],
    ['format', '##-XX', '12-AB', '12-XX'],
    ['format', 'AA-###-X', 'TW-101-A', 'TW-101-X'],
    ['format', 'AA-###-X', 'TW-101-AB', '*****'],
    ['format', 'AA-###-X', 'TW 101 A', '*****'],
    ['format', '###*', '4012 TW', '401*****'],
    ['format', '###*', '401', '*****'],
    ['format', '###*', '401 - ', '*****'],
    ['format', '##-XX', '1२-AB', '*****'],
    ['format', 'AAX', 'A\u0308Øb', 'ÄØX'],
    ['scrub', undefined, 'call 01632 960111', 'call [phone]'],
    ['constant', 'on request', 'Oda', 'on request'],
  ])('%s(%s) of %j shows %j', (name, argument, value, expected) => {
    expect(shown(name, value, argument)).toBe(expected);
  });

  it('shows nothing of a value that is not there, but for constant', () => {
    const needed: Partial<Record<TreatmentName, string>> = { constant: 'always', band: '10', format: '#X' };
    for (const name of Object.keys(TREATMENTS) as TreatmentName[]) {
      expect(shown(name, null, needed[name])).toBe(name === 'constant' ? 'always' : null);
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
    ['last-part', 12],
    ['format', 12],
    ['scrub', 12],
    ['pseudonym', true],
    ['pseudonym', Number.NaN],
  ])('%s does not know %j', (name, value) => {
    expect(shown(name, value, name === 'format' ? '#X' : undefined)).toBeUndefined();
  });

  it.each<Scalar>(['12', Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), true])(
    'band does not know %j',
    (value) => {
      expect(shown('band', value, '10')).toBeUndefined();
    },
  );

  it.each<[TreatmentName, string | undefined]>([
    ['keep', 'x'],
    ['scrub', '1'],
    ['pseudonym', ''],
    ['band', undefined],
    ['band', '1'],
    ['band', '0'],
    ['band', '1.5'],
    ['band', '10000000000'],
    ['format', undefined],
    ['format', '##-##'],
    ['format', 'XX'],
    ['format', '#*#'],
    ['format', '#Q*'],
    ['format', `${'#'.repeat(40)}*`],
  ])('%s(%s) is a mistake of ours', (name, argument) => {
    expect(() => shown(name, 'ABCDEF', argument)).toThrow(TypeError);
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

  it('a last part never shows all letters and digits', () => {
    const meat = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.option(fc.integer({ min: 1, max: 9 })), (value, n) => {
        const part = shown('last-part', value, n === null ? undefined : String(n));
        if (part === null) return;
        expect(value.trim().endsWith(String(part))).toBe(true);
        expect(meat(String(part)).length).toBeLessThan(meat(value).length);
      }),
    );
  });

  it('a band holds its number, and all numbers of a band show alike', () => {
    const any = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(any, fc.integer({ min: 2, max: 999_999_999 }), (value, width) => {
        const text = String(shown('band', value, String(width)));
        const [, low = '', high = ''] = /^(-?\d+)(?:-| to )(-?\d+)$/.exec(text) ?? [];
        expect(Number(high) - Number(low)).toBe(width - 1);
        expect(Math.abs(Number(low) % width)).toBe(0);
        expect(value).toBeGreaterThanOrEqual(Number(low));
        expect(value).toBeLessThan(Number(low) + width);
        expect(shown('band', Number(low), String(width))).toBe(text);
        expect(shown('band', Number(high), String(width))).toBe(text);
      }),
    );
  });

  it('a format shows nothing where it hides, and nothing at all of another shape', () => {
    const format = fc.stringMatching(/^[#AX .:/-]{1,12}\*?$/).filter((f) => /[X*]/.test(f) && /[#A]/.test(f));
    const value = fc.string({ unit: fc.constantFrom('1', '2', 'b', 'c', '-', ' ', '.', 'é'), maxLength: 14 });
    fc.assert(
      fc.property(format, value, (f, v) => {
        const text = String(shown('format', v, f));
        if (text === '*****') return;
        const places = [...f.replace('*', '')];
        expect([...text].slice(places.length).join('')).toBe(f.endsWith('*') ? '*****' : '');
        for (const [i, place] of places.entries()) expect(text[i]).toBe(place === 'X' ? 'X' : v.trim()[i]);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(Object.entries(TREATMENTS))('%s does what its example says', (_, { example }) => {
    if (example === null) return;
    const [, name = '', argument] = /^([a-z-]+)(?:\((.*)\))?$/.exec(example.written) ?? [];
    expect(shown(name as TreatmentName, example.of, argument)).toBe(example.shows);
  });
});
