import { OUTPUT_LEVELS, type OutputLevel } from '../domain/enquiry.ts';
import { isScheme, type Scheme } from '../domain/identifier.ts';
import { instantsOf, isDay } from '../domain/local-time.ts';
import type { Place } from '../domain/rule.ts';
import { SAFES, type Safe } from '../domain/safe.ts';
import type { Instant } from '../domain/time.ts';
import { type Cell, readCells } from './cells.ts';
import { type Flaw, flaw } from './flaw.ts';
import type { Page } from './page.ts';
import { ROWS_A_STEP, type Steps } from './turns.ts';

/**
 * Expected decisions: a table beside each page, `<agreement>.expected.csv`. Each row invents a person and a question at
 * a pinned time and says what the page must answer. A version whose rows do not come true is never used.
 */
export const EXPECTED_COLUMNS = [
  'case',
  'at',
  'partner',
  'roles',
  'standing',
  'project',
  'purpose',
  'case ref',
  'sign-in',
  'networks',
  'dataset',
  'by',
  'output',
  ...SAFES,
  'plan',
] as const;

/** What a row assumes. Words are kept as written; `ruleset.ts` makes a person and an enquiry of them. */
export interface ExpectedCase {
  readonly place: Place;
  readonly name: string;
  readonly at: Instant;
  readonly partner: string;
  readonly roles: readonly string[];
  /** `accreditation:x`, `training:x@2026-06-01`, `undertaking:x@2026-06-01`, `member`, `suspended`, and
   * `paused` of the dataset. */
  readonly standing: readonly string[];
  readonly project: string;
  readonly purpose: string;
  readonly caseReference?: string;
  /** `mfa`, `bound`, and the hours since signing in: `1h`. */
  readonly signIn: readonly string[];
  readonly networks: readonly string[];
  readonly dataset: string;
  readonly scheme: Scheme;
  readonly full: boolean;
  readonly output: OutputLevel;
  readonly told: Told;
}

/** A decision in words that stand in a cell: `allow P1`, `refuse people/training P1`, plan `buyer.name=keep@D7`. */
export type Told = Readonly<Record<Safe | 'plan', string>>;

/** With `Z` the time in UTC; without it what the clock shows where the agreement lives. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z?$/;

/** `page, everywhere, owner=board review=2027-03-01`: what a page row must say, so that nobody changes it in passing. */
export interface ExpectedPage {
  readonly place: Place;
  readonly name: string;
  readonly settings: string;
}

export interface Expectations {
  readonly cases: readonly ExpectedCase[];
  readonly pages: readonly ExpectedPage[];
  readonly flaws: readonly Flaw[];
}

/** @param timeZone of the agreement, for times without `Z`. */
export function readExpected(file: string, source: string, timeZone = 'UTC'): Expectations {
  const table = readCells(file, source);
  const flaws: Flaw[] = [...table.flaws];
  const [header, ...rows] = table.rows;
  if (header?.map((c) => c.text).join(',') !== EXPECTED_COLUMNS.join(',')) {
    flaws.push(flaw({ file, line: 1, column: 1 }, 'expected/shape', `the header "${EXPECTED_COLUMNS.join(', ')}"`));
    return { cases: [], pages: [], flaws };
  }
  if (rows.length === 0)
    flaws.push(flaw({ file, line: 1, column: 1 }, 'expected/missing', 'at least one expected decision'));
  const isPage = (row: readonly Cell[]) => row.length === 3 && row[0]?.text === 'page';
  const pages = rows.filter(isPage).map((row) => ({
    place: { file, line: row[0]?.line ?? 1, column: row[0]?.column ?? 1 },
    name: row[1]?.text ?? '',
    settings: row[2]?.text ?? '',
  }));
  const cases = rows
    .filter((row) => !isPage(row))
    .flatMap((row): ExpectedCase[] => {
      const place = { file, line: row[0]?.line ?? 1, column: row[0]?.column ?? 1 };
      const cell = (column: (typeof EXPECTED_COLUMNS)[number]) => row[EXPECTED_COLUMNS.indexOf(column)]?.text ?? '';
      const words = (column: (typeof EXPECTED_COLUMNS)[number]) =>
        cell(column) === '-' ? [] : cell(column).split(/\s+/);
      const [scheme = '', full] = words('by');
      const output = OUTPUT_LEVELS.find((level) => level === cell('output'));
      const caseReference = cell('case ref');
      const at = instantOf(cell('at'), timeZone);
      const wrong =
        row.length !== EXPECTED_COLUMNS.length
          ? `${EXPECTED_COLUMNS.length} columns, found ${row.length}`
          : at === undefined
            ? 'a time such as 2026-11-23T10:00Z in "at", or without Z as clocks show it once that day'
            : !isScheme(scheme) || (full !== undefined && full !== 'full')
              ? 'an identifier scheme, and "full" if complete, in "by"'
              : output === undefined
                ? `${OUTPUT_LEVELS.join(' or ')} in "output"`
                : undefined;
      if (wrong !== undefined || at === undefined || !isScheme(scheme) || output === undefined) {
        flaws.push(flaw(place, 'expected/shape', wrong ?? 'a complete row'));
        return [];
      }
      return [
        {
          place,
          name: cell('case'),
          at,
          partner: cell('partner'),
          roles: words('roles'),
          standing: words('standing'),
          project: cell('project'),
          purpose: cell('purpose'),
          ...(caseReference === '-' ? {} : { caseReference }),
          signIn: words('sign-in'),
          networks: words('networks'),
          dataset: cell('dataset'),
          scheme,
          full: full === 'full',
          output,
          told: {
            people: cell('people'),
            projects: cell('projects'),
            settings: cell('settings'),
            data: cell('data'),
            outputs: cell('outputs'),
            plan: words('plan').join(' ') || '-',
          },
        },
      ];
    });
  return { cases, pages, flaws };
}

/** A time that clocks show twice, in autumn, or never, in spring, pins nothing. */
function instantOf(text: string, timeZone: string): Instant | undefined {
  if (!INSTANT.test(text)) return undefined;
  // Date.parse takes the 30th of February for a day in March.
  if (!isDay(text.slice(0, 10))) return undefined;
  if (text.endsWith('Z')) return Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text);
  const [at, ...more] = instantsOf(text, timeZone);
  return more.length > 0 ? undefined : at;
}

/** Tries every case. A cell that came out differently is a flaw that says what came out. */
export function* tryExpected(
  cases: readonly ExpectedCase[],
  tell: (expected: ExpectedCase) => Told,
): Steps<readonly Flaw[]> {
  const found: Flaw[] = [];
  for (const [i, expected] of cases.entries()) {
    found.push(...tryCase(expected, tell));
    if (i % (ROWS_A_STEP / 8) === 0) yield;
  }
  return found;
}

function tryCase(expected: ExpectedCase, tell: (expected: ExpectedCase) => Told): readonly Flaw[] {
  let told: Told;
  try {
    told = tell(expected);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'an error';
    return [flaw(expected.place, 'expected/decision', `"${expected.name}" to be decided, but: ${why}`)];
  }
  return [...SAFES, 'plan' as const]
    .filter((part) => told[part] !== expected.told[part])
    .map((part) => {
      const came = `"${expected.name}": ${part} "${expected.told[part]}", but it is "${told[part]}"`;
      return flaw(expected.place, 'expected/decision', came);
    });
}

/** Page rows that say something else than is expected of them. */
export function tryPages(expected: readonly ExpectedPage[], pages: readonly Page[]): readonly Flaw[] {
  return expected.flatMap(({ place, name, settings }) => {
    const page = pages.find((p) => p.name === name);
    const says = page === undefined ? 'missing' : `owner=${page.owner} review=${page.review}`;
    return says === settings
      ? []
      : [flaw(place, 'expected/decision', `the page ${name}: "${settings}", but it is "${says}"`)];
  });
}
