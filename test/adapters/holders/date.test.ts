import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isoDate } from '../../../src/adapters/holders/date.ts';

describe('dates of holders', () => {
  test.each([
    ['2024-02-29', 'ymd', '2024-02-29'],
    ['2024/2/9', 'ymd', '2024-02-09'],
    ['2024.12.31', 'ymd', '2024-12-31'],
    ['24-12-31', 'ymd', '2024-12-31'],
    ['2024-01-05T23:30:00.250+02:00', 'ymd', '2024-01-05'],
    ['2024-01-05 23:30', 'ymd', '2024-01-05'],
    ['31/12/1999', 'dmy', '1999-12-31'],
    ['1.2.2003', 'dmy', '2003-02-01'],
    ['2/1/2003', 'mdy', '2003-02-01'],
    ['12/13/21', 'mdy', '2021-12-13'],
    ['01-01-26', 'dmy', '2026-01-01'],
    ['01-01-27', 'dmy', '1927-01-01'],
    ['01-01-00', 'dmy', '2000-01-01'],
  ] as const)('%s (%s) is %s', (text, order, day) => {
    expect(isoDate(text, order, 2026)).toBe(day);
  });

  test.each([
    ['2023-02-29', 'ymd'],
    ['1900-02-29', 'ymd'],
    ['2024-04-31', 'ymd'],
    ['2024-13-01', 'ymd'],
    ['2024-00-10', 'ymd'],
    ['0000-01-01', 'ymd'],
    ['2024-01/05', 'ymd'],
    ['13/13/2021', 'mdy'],
    ['31/12/1999', 'mdy'],
    ['2024-01-05', 'dmy'],
    ['2024-01-05T10:00:00Z', 'dmy'],
    ['5 Jan 2024', 'dmy'],
    ['', 'ymd'],
    ['2024-01-051', 'ymd'],
    ['١٢/٠١/٢٠٢٤', 'dmy'],
  ] as const)('%s (%s) is no day', (text, order) => {
    expect(isoDate(text, order, 2026)).toBeUndefined();
  });

  test('every day of the calendar is read back in every order', () => {
    const days = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.constantFrom('-', '/', '.'), (date, sep) => {
        const iso = date.toISOString().slice(0, 10);
        const [y = '', m = '', d = ''] = iso.split('-');
        expect(isoDate([y, m, d].join(sep), 'ymd', 2026)).toBe(iso);
        expect(isoDate([d, m, y].join(sep), 'dmy', 2026)).toBe(iso);
        expect(isoDate([m, d, y].join(sep), 'mdy', 2026)).toBe(iso);
      }),
    );
  });

  test('what is read is a day that exists', () => {
    const number = fc.integer({ min: 0, max: 9999 });
    fc.assert(
      fc.property(number, fc.nat(40), fc.nat(40), fc.constantFrom('ymd', 'dmy', 'mdy'), (y, a, b, order) => {
        const year = String(y).padStart(4, '0');
        const day = isoDate(order === 'ymd' ? `${year}-${a}-${b}` : `${a}-${b}-${year}`, order, 2026);
        if (day !== undefined) expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
      }),
    );
  });
});
