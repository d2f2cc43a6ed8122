import { OUTPUT_LEVELS, type OutputLevel } from '../domain/enquiry.ts';
import { isScheme, type Scheme } from '../domain/identifier.ts';
import type { Place } from '../domain/rule.ts';
import { SAFES, type Safe } from '../domain/safe.ts';
import type { Instant } from '../domain/time.ts';
import { readCells } from './cells.ts';
import { type Flaw, flaw } from './flaw.ts';

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

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/;

export function readExpected(
  file: string,
  source: string,
): { readonly cases: readonly ExpectedCase[]; readonly flaws: readonly Flaw[] } {
  const table = readCells(file, source);
  const flaws: Flaw[] = [...table.flaws];
  const [header, ...rows] = table.rows;
  if (header?.map((c) => c.text).join(',') !== EXPECTED_COLUMNS.join(',')) {
    flaws.push(flaw({ file, line: 1, column: 1 }, 'expected/shape', `the header "${EXPECTED_COLUMNS.join(', ')}"`));
    return { cases: [], flaws };
  }
  if (rows.length === 0)
    flaws.push(flaw({ file, line: 1, column: 1 }, 'expected/missing', 'at least one expected decision'));
  const cases = rows.flatMap((row): ExpectedCase[] => {
    const place = { file, line: row[0]?.line ?? 1, column: row[0]?.column ?? 1 };
    const cell = (column: (typeof EXPECTED_COLUMNS)[number]) => row[EXPECTED_COLUMNS.indexOf(column)]?.text ?? '';
    const words = (column: (typeof EXPECTED_COLUMNS)[number]) =>
      cell(column) === '-' ? [] : cell(column).split(/\s+/);
    const [scheme = '', full] = words('by');
    const output = OUTPUT_LEVELS.find((level) => level === cell('output'));
    const caseReference = cell('case ref');
    const wrong =
      row.length !== EXPECTED_COLUMNS.length
        ? `${EXPECTED_COLUMNS.length} columns, found ${row.length}`
        : !INSTANT.test(cell('at')) || Number.isNaN(Date.parse(cell('at')))
          ? 'a time such as 2026-11-23T10:00Z in "at"'
          : !isScheme(scheme) || (full !== undefined && full !== 'full')
            ? 'an identifier scheme, and "full" if complete, in "by"'
            : output === undefined
              ? `${OUTPUT_LEVELS.join(' or ')} in "output"`
              : undefined;
    if (wrong !== undefined || !isScheme(scheme) || output === undefined) {
      flaws.push(flaw(place, 'expected/shape', wrong ?? 'a complete row'));
      return [];
    }
    return [
      {
        place,
        name: cell('case'),
        at: Date.parse(cell('at')),
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
  return { cases, flaws };
}

/** Tries every case. A cell that came out differently is a flaw that says what came out. */
export function tryExpected(cases: readonly ExpectedCase[], tell: (expected: ExpectedCase) => Told): readonly Flaw[] {
  return cases.flatMap((expected) => {
    let told: Told;
    try {
      told = tell(expected);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'an error';
      return [flaw(expected.place, 'expected/decision', `"${expected.name}" to be decided, but: ${why}`)];
    }
    return [...SAFES, 'plan' as const]
      .filter((part) => told[part] !== expected.told[part])
      .map((part) =>
        flaw(
          expected.place,
          'expected/decision',
          `"${expected.name}": ${part} "${expected.told[part]}", but it is "${told[part]}"`,
        ),
      );
  });
}
