import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantsOf, isDay, isDayOver, localTime } from '../../src/domain/local-time.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';

const ZONES = [
  'Europe/Amsterdam',
  'UTC',
  'America/St_Johns',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Asia/Kathmandu',
];

test('summer and winter, the hour that is left out and the hour that is told twice', () => {
  expect(instantsOf('2026-11-23T18:00', 'Europe/Amsterdam')).toEqual([Date.parse('2026-11-23T17:00Z')]);
  expect(instantsOf('2026-07-01T18:00', 'Europe/Amsterdam')).toEqual([Date.parse('2026-07-01T16:00Z')]);
  expect(instantsOf('2027-03-28T02:30', 'Europe/Amsterdam')).toEqual([]);
  expect(instantsOf('2026-10-25T02:30', 'Europe/Amsterdam')).toEqual([
    Date.parse('2026-10-25T00:30Z'),
    Date.parse('2026-10-25T01:30Z'),
  ]);
  expect(instantsOf('2026-02-30T02:30', 'UTC')).toEqual([]);
});

test('what a clock shows is found again', () => {
  const minute = fc
    .integer({ min: 0, max: 20 * 365 * 24 * 60 })
    .map((m) => Date.parse('2020-01-01T00:00Z') + m * MINUTE);
  fc.assert(
    fc.property(minute, fc.constantFrom(...ZONES), (at, zone) => {
      expect(instantsOf(localTime(at, zone), zone)).toContain(at);
    }),
  );
});

test('a day is over where its last minute is over, to the millisecond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3_000 }),
      fc.constantFrom(...ZONES),
      fc.integer({ min: -40, max: 40 }),
      (n, zone, h) => {
        const begins = Date.parse('2024-01-01') + n * DAY;
        const day = new Date(begins).toISOString().slice(0, 10);
        const now = begins + DAY + h * HOUR;
        expect(isDayOver(day, zone, now)).toBe(localTime(now, zone).slice(0, 10) > day);
      },
    ),
  );
  const last = Date.parse('2027-03-01T23:00Z');
  expect(isDayOver('2027-03-01', 'Europe/Amsterdam', last - 1)).toBe(false);
  expect(isDayOver('2027-03-01', 'Europe/Amsterdam', last)).toBe(true);
});

test('what is no day is over: nothing stays in force by a slip of the pen', () => {
  for (const text of ['', '2027-02-30', '2027-3-1', 'later']) {
    expect(isDay(text)).toBe(false);
    expect(isDayOver(text, 'UTC', 0)).toBe(true);
  }
});
