import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTurns } from '../../src/rulebook/turns.ts';
import {
  compareAccess,
  comparingAccess,
  noNewAccess,
  summary,
  wideningFor,
} from '../../src/ruleset/access/no-new-access.ts';
import type { Cells } from '../differential/evaluator.ts';
import { compile } from '../differential/product.ts';
import { type Page, pages, questions } from '../differential/worlds.ts';
import { nearPairs, renamed, WORLD, widens } from './pairs.ts';

async function both(pair: readonly [Page, Page]) {
  const [before, after] = await Promise.all(pair.map((page) => compile(page)));
  return before && after ? { before, after } : null;
}

describe('on random pairs of rulebooks', () => {
  test('whenever a random question finds a widening, "none" is never said; "none" is said often enough to be of use', async () => {
    const counted = { none: 0, example: 0, 'not-proved': 0, widening: 0 };
    await fc.assert(
      fc.asyncProperty(nearPairs, fc.array(questions, { minLength: 60, maxLength: 60 }), async (pair, asked) => {
        const built = await both(pair);
        if (built === null) return;
        const { before, after } = built;
        const compared = compareAccess(before, after, WORLD);
        counted[summary(compared).kind]++;
        for (const question of asked) {
          if (!widens(before, after, question)) continue;
          counted.widening++;
          const place = compared.find((one) => one.dataset === question.dataset.id && one.output === question.output);
          expect(place?.access.kind, JSON.stringify(question)).not.toBe('none');
        }
      }),
      { numRuns: 150, seed: 11, endOnFailure: true },
    );
    expect(counted.none).toBeGreaterThan(10);
    expect(counted.example).toBeGreaterThan(10);
    expect(counted['not-proved']).toBe(0);
    expect(counted.widening).toBeGreaterThan(50);
  });

  test('taking allow rows of people, projects, settings and data away, and adding deny rows, gives "none"', async () => {
    await fc.assert(
      fc.asyncProperty(pages, pages, fc.array(fc.nat(), { maxLength: 4 }), async (page, other, gone) => {
        const taken = page.rows.filter(
          (row, i) => row[0] === 'outputs' || row[5] === 'deny' || !gone.some((n) => n % page.rows.length === i),
        );
        const denies = other.rows.filter((row) => row[5] === 'deny');
        const built = await both([page, { above: page.above, rows: renamed([...taken, ...denies]) }]);
        if (built === null) return;
        expect(noNewAccess(built.before, built.after, WORLD)).toEqual({ kind: 'none' });
      }),
      { numRuns: 100, seed: 12, endOnFailure: true },
    );
  });

  test('a version gives no more than itself, whatever its rows are called and in which order they stand', async () => {
    await fc.assert(
      fc.asyncProperty(pages, async (page) => {
        const built = await both([page, { above: page.above, rows: renamed(page.rows.toReversed()) }]);
        if (built === null) return;
        expect(noNewAccess(built.before, built.after, WORLD)).toEqual({ kind: 'none' });
        expect(noNewAccess(built.before, built.after, WORLD, 0)).toEqual({ kind: 'none' });
      }),
      { numRuns: 40, seed: 13, endOnFailure: true },
    );
  });
});

/** A page on which everything is allowed, with some rows changed. */
function page(changes: Readonly<Record<string, Cells | null>> = {}): Page {
  const rows: Readonly<Record<string, Cells | null>> = {
    people: ['people', '', 'role:investigator', 'any dataset', 'training:privacy<=365d', 'allow', '-'],
    projects: ['projects', '', 'partner:police', 'any dataset', 'member', 'allow', '-'],
    settings: ['settings', '', 'anyone', 'any dataset', 'mfa', 'allow', '-'],
    hit: ['data', '', 'anyone', 'any dataset (hit)', '-', 'allow', 'exists'],
    born: ['data', '', 'anyone', 'cars/born', '-', 'allow', 'month'],
    releaseHit: ['outputs', '', 'anyone', 'any dataset (hit)', '-', 'allow', 'release'],
    release: ['outputs', '', 'anyone', 'any dataset (records)', 'rows<=9 & per-day<=5', 'allow', 'release keep<=30d'],
    stricter: null,
    ...changes,
  };
  return { above: [], rows: renamed(Object.values(rows).filter((row) => row !== null)) };
}

async function compared(before: Page, after: Page, bound?: number) {
  const built = await both([before, after]);
  if (built === null) throw new Error('a page has flaws');
  return compareAccess(built.before, built.after, WORLD, bound);
}

/** Rows beside those of `page`, all of people. */
function crowd(count: number, onlyIf: (i: number) => string): Page {
  const rows = Array.from(
    { length: count },
    (_, i): Cells => ['people', '', 'role:investigator', 'any dataset', onlyIf(i), 'allow', '-'],
  );
  return { above: [], rows: renamed([...page().rows, ...rows]) };
}

describe('others get their turn', () => {
  async function turns(before: Page, after: Page, bound?: number) {
    const built = await both([before, after]);
    if (built === null) throw new Error('a page has flaws');
    let turns = 0;
    const breathe = async () => void turns++;
    const found = await inTurns(comparingAccess(built.before, built.after, WORLD, bound), breathe);
    expect(found).toEqual(compareAccess(built.before, built.after, WORLD, bound));
    return { turns, found };
  }

  test('after each dataset and output level', async () => {
    const { turns: taken, found } = await turns(page(), page({ settings: null }));
    expect(found.length).toBeGreaterThan(1);
    expect(taken).toBeGreaterThanOrEqual(found.length);
  });

  test('while one of them takes its whole bound', async () => {
    const [was, is] = [crowd(400, (i) => `accreditation:a${i}`), crowd(400, (i) => `accreditation:b${i}`)];
    const { turns: taken, found } = await turns(was, is, 100_000);
    const beyond = found.filter(({ access }) => access.kind === 'not-proved');
    expect(beyond.length).toBeGreaterThan(0);
    // A step looks at two thousand literals, and at one statement more.
    expect(taken).toBeGreaterThan(beyond.length * 20);
  });

  test('while rows are compared with each other', async () => {
    const [was, is] = [crowd(600, (i) => `accreditation:a${i}`), crowd(600, (i) => `accreditation:b${i}`)];
    expect((await turns(was, is, 0)).turns).toBeGreaterThan(3 * ((600 * 600) / 5_000));
  });
});

test('as many rows tightened at once as a page has are still proved, one by one', async () => {
  const rows = (days: number) => crowd(3_000, (i) => `accreditation:a${i} & training:privacy<=${i + days}d`);
  expect(summary(await compared(rows(2), rows(1)))).toEqual({ kind: 'none' });
});

describe('a change of one row', () => {
  const people = (onlyIf: string, who = 'role:investigator'): Cells => [
    'people',
    '',
    who,
    'any dataset',
    onlyIf,
    'allow',
    '-',
  ];
  const born = (then: string): Cells => ['data', '', 'anyone', 'cars/born', '-', 'allow', then];
  const release = (onlyIf: string, then: string): Cells => [
    'outputs',
    '',
    'anyone',
    'any dataset (records)',
    onlyIf,
    'allow',
    then,
  ];
  const was = release('rows<=9 & per-day<=5', 'release keep<=30d');
  const stricter: Cells = [
    'outputs',
    '',
    'role:senior',
    'any dataset (records)',
    'rows<=2',
    'allow',
    'release no-onward',
  ];

  test.each([
    ['a training may be older', { people: people('training:privacy<=366d') }, 'refused by people is allowed'],
    ['another role may ask', { people: people('training:privacy<=365d', 'role:analyst') }, 'is allowed'],
    ['a refusal where something is known', { people: people('training:privacy<=365d & not suspended') }, null],
    ['a training must be newer', { people: people('training:privacy<=364d') }, null],
    ['a field is shown whole', { born: born('keep') }, 'born: month becomes keep'],
    ['a field is shown by its year', { born: born('year') }, null],
    ['a field is shown empty', { born: born('null') }, null],
    ['more records', { release: release('rows<=10 & per-day<=5', 'release keep<=30d') }, 'rows<=9 becomes 10'],
    ['fewer records', { release: release('rows<=8 & per-day<=5', 'release keep<=30d') }, null],
    ['no budget', { release: release('rows<=9', 'release keep<=30d') }, 'per-day<=5 is dropped'],
    ['a budget more', { release: release('rows<=9 & per-day<=5 & per-project<=80', 'release keep<=30d') }, null],
    [
      'kept longer',
      { release: release('rows<=9 & per-day<=5', 'release keep<=31d') },
      'keep<=30d is dropped or lightened',
    ],
    [
      'kept less long, and not passed on',
      { release: release('rows<=9 & per-day<=5', 'release keep<=9d no-onward') },
      null,
    ],
    ['a stricter row beside', { release: was, stricter }, null],
  ])('%s', async (_, changes, widens) => {
    const access = summary(await compared(page(), page(changes)));
    if (widens === null) expect(access).toEqual({ kind: 'none' });
    else expect(access).toMatchObject({ kind: 'example', widens: [expect.stringContaining(widens)] });
  });

  test('taking an outputs row away can widen: the smallest limit and all terms applied together', async () => {
    const access = summary(await compared(page({ stricter }), page()));
    expect(access).toMatchObject({
      kind: 'example',
      enquiry: { output: 'records', facts: { 'caller.roles': expect.arrayContaining(['senior']) } },
      widens: [expect.stringContaining('rows<=2 becomes 9'), expect.stringContaining('no-onward')],
    });
  });

  test('it widens for the holder whose dataset is concerned, and for nobody else', async () => {
    const all = await compared(page(), page({ born: born('keep') }));
    expect(wideningFor(all, 'dealer').map(({ dataset, output }) => [dataset, output])).toEqual([['cars', 'records']]);
    expect(wideningFor(all, 'harbour')).toEqual([]);
  });

  test('what cannot be tried to the end is not proved, and never "none"', async () => {
    const all = await compared(page(), page({ people: people('training:privacy<=366d') }), 3);
    expect(all.map(({ access }) => access.kind)).toContain('not-proved');
    expect(summary(all).kind).toBe('not-proved');
    expect(wideningFor(all, 'dealer').length).toBeGreaterThan(0);
  });
});
