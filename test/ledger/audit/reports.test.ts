import { describe, expect, test } from 'vitest';
import { DAY } from '../../../src/domain/time.ts';
import type { ScannedEntry } from '../../../src/ledger/audit/log-search.ts';
import { completeness } from '../../../src/ledger/audit/reports/completeness.ts';
import type { Report, ReportInput } from '../../../src/ledger/audit/reports/report.ts';
import { median, spread, standing, tallied } from '../../../src/ledger/audit/reports/robust.ts';
import { volumes } from '../../../src/ledger/audit/reports/volumes.ts';
import { type OpenedExchange, openedExchange } from '../../../src/ledger/opened.ts';
import { exchangeDrafts, recorded } from '../records.ts';

const START = Math.floor(Date.UTC(2026, 10, 1) / DAY) * DAY;

function openedOf(person: string): OpenedExchange {
  const of = recorded({ person });
  const [asked] = exchangeDrafts(of, 0);
  const { accountability, subject } = JSON.parse(JSON.stringify(asked));
  const opened = openedExchange(
    of.exchange,
    { index: 0, time: '2026-11-01T00:00:00.000Z', accountability, subject },
    null,
  );
  if (opened === null) throw new Error('not opened');
  return opened;
}

async function made(report: Report, entries: readonly ScannedEntry[], changes: Partial<ReportInput> = {}) {
  const rows = report.run({
    ...{ from: START, until: START + 60 * DAY, first: 0, end: entries.length, size: entries.length },
    async *entries() {
      yield* entries;
    },
    covers: (opened) => ({ whole: true, legs: opened.legs }),
    showsReading: () => true,
    giveWay: async () => undefined,
    prove: async (indices, size) => ({
      checkpoint: 'note',
      size,
      entries: indices.map((index) => ({ index, kind: 'asked', time: '', entry: '', proof: [] })),
    }),
    ...changes,
  });
  const found = [];
  for (let step = await rows.next(); ; step = await rows.next()) {
    if (step.done === true) return { rows: found, summary: step.value };
    found.push(step.value);
  }
}

describe('volumes out of the ordinary', () => {
  const of = (person: string, perDay: readonly number[]) => {
    const opened = openedOf(person);
    return perDay.flatMap((count, day) =>
      Array.from({ length: count }, (): ScannedEntry => {
        const time = START + day * DAY + 1;
        return { index: 0, kind: 'asked', time, exchange: opened.exchange, opens: 'exchange', opened };
      }),
    );
  };

  test('a day that stands out against own days and colleagues’ is named, with both scores', async () => {
    const { rows } = await made(volumes, [
      ...of('mara-lindqvist', [5, 6, 5, 7, 6, 40]),
      ...of('tomas-brandt', [6, 5, 7, 6, 5, 6]),
    ]);
    expect(rows).toMatchObject([{ day: '2026-11-06', person: 'mara-lindqvist', questions: 40, own: { median: 6 } }]);
  });

  test('nobody is named for a few questions, for a first week, or for what all do', async () => {
    expect((await made(volumes, of('mara-lindqvist', [1, 1, 1, 1, 1, 9]))).rows).toEqual([]);
    expect((await made(volumes, of('mara-lindqvist', [1, 1, 50]))).rows).toEqual([]);
    const busy = [40, 41, 39, 42, 40, 41];
    expect((await made(volumes, [...of('mara-lindqvist', busy), ...of('tomas-brandt', busy)])).rows).toEqual([]);
  });

  test('hundreds of colleagues who ask much every day cost no minutes, and others get their turn between persons', async () => {
    const opened = openedOf('mara-lindqvist');
    const [PERSONS, DAYS] = [300, 60];
    const who = Array.from({ length: PERSONS }, (_, i) => ({
      ...opened,
      who: { ...opened.who, person: `person-${i}` },
    }));
    const entries: ScannedEntry[] = [];
    for (let day = 0; day < DAYS; day++) {
      const time = START + day * DAY + 1;
      for (const [i, one] of who.entries()) {
        const entry = { index: 0, kind: 'asked', time, exchange: '', opens: 'exchange', opened: one } as const;
        for (let n = 0; n < 10 + ((i * 7 + day * 5) % 4); n++) entries.push(entry);
      }
    }
    let turns = 0;
    const before = process.cpuUsage();
    const giveWay = async () => void turns++;
    const { rows, summary } = await made(volumes, entries, { giveWay });
    const { user, system } = process.cpuUsage(before);
    expect([rows, summary['persons'], turns]).toEqual([[], PERSONS, PERSONS]);
    expect((user + system) / 1_000).toBeLessThan(5_000);
  });

  test('days before the period are compared with, not named', async () => {
    const entries = of('mara-lindqvist', [5, 6, 40, 7, 6, 5]);
    expect((await made(volumes, entries, { from: START + 4 * DAY })).rows).toEqual([]);
    expect((await made(volumes, entries)).rows).toHaveLength(1);
  });
});

describe('completeness', () => {
  const at = (index: number, closed: boolean | null = null): ScannedEntry => ({
    ...{ index, kind: closed === null ? 'outcome' : 'asked', time: START, exchange: `e${index}` },
    opens: 'nothing',
    closed,
  });

  test('names a gap and an intent without an outcome', async () => {
    const { rows, summary } = await made(completeness, [at(0, true), at(1, false), at(3)], { end: 5, size: 5 });
    expect(rows).toEqual([
      { problem: 'open', index: 1, exchange: 'e1' },
      { problem: 'gap', index: 2, exchange: null },
      { problem: 'gap', index: 4, exchange: null },
    ]);
    expect(summary).toMatchObject({ complete: false, gaps: 2, open: 1 });
  });

  test('nothing happened: both ends are the same tree, and both neighbours are proved', async () => {
    const { rows, summary } = await made(completeness, [], { first: 7, end: 7, size: 20 });
    expect([rows, summary]).toMatchObject([
      [],
      {
        complete: true,
        nothingHappened: true,
        opening: { size: 7 },
        closing: { size: 7 },
        bounds: { entries: [{ index: 6 }, { index: 7 }] },
      },
    ]);
  });
});

test('the modified z-score is that of the literature', () => {
  expect(median(tallied([3, 1, 2]))).toBe(2);
  expect(median(tallied([4, 1, 2, 3]))).toBe(2.5);
  expect(median(tallied([2, 2, 2, 9]))).toBe(2);
  expect(median(tallied([]))).toBeNaN();
  expect(median(tallied([7], tallied([7, 3]), -1))).toBe(3);
  expect(standing(20, spread(tallied([8, 9, 10, 11, 12])))).toEqual({ median: 10, mad: 1, z: 6.745 });
  expect(spread(tallied([1, 1, 2, 2, 4, 6, 9]))).toEqual({ median: 2, mad: 1 });
  expect(standing(7, spread(tallied([5, 5, 5, 5]))).z).toBeCloseTo(2);
});
