import fc from 'fast-check';
import type { Dataset } from '../../src/domain/dataset.ts';
import { OUTPUT_LEVELS, type OutputLevel } from '../../src/domain/enquiry.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { Safe } from '../../src/domain/safe.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import type { Cells } from './evaluator.ts';

/** Random pages over a small vocabulary, so that rows often speak of the same thing, and random facts to try them on. */

export const NOW = Date.parse('2026-11-23T10:00:00Z');
export const ROLES = ['investigator', 'senior', 'analyst'] as const;
export const PARTNERS = ['police', 'harbour', 'dealer'] as const;
export const NETWORKS = ['lan', 'van'] as const;
export const PURPOSES = [
  'LawEnforcement',
  'CrimeInvestigation',
  'SuspectedCrimeInvestigation',
  'JusticeManagement',
] as const;

const connector = { kind: 'http', baseUrl: 'http://127.0.0.1:9', lookups: {}, records: '' } as const;
const limits = { except: {}, timeFloorMs: 0, timeoutMs: 1_000 } as const;
const CARS: Dataset = {
  ...{ id: 'cars', title: 'Cars', holder: 'dealer', connector, ...limits },
  identifiers: { vin: 'vin', registration: 'plate' },
  fields: { name: { from: 'n', type: 'text' }, born: { from: 'b', type: 'date' }, notes: { from: 't', type: 'text' } },
};
const BOATS: Dataset = {
  ...{ id: 'boats', title: 'Boats', holder: 'dealer', connector, ...limits },
  identifiers: { vin: 'hull' },
  fields: { name: { from: 'n', type: 'text' }, built: { from: 'b', type: 'date' } },
};
export const DATASETS = [CARS, BOATS] as const;

export interface Page {
  /** Deny rows of `everywhere.csv`. */
  readonly above: readonly Cells[];
  readonly rows: readonly Cells[];
}

/** True in so many of a hundred draws. */
function often(percent: number): fc.Arbitrary<boolean> {
  return fc.nat({ max: 99 }).map((drawn) => drawn < percent);
}

function mostly<T>(percent: number, usual: fc.Arbitrary<T>, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return often(percent).chain((is) => (is ? usual : otherwise));
}

const joined = (parts: readonly string[]) => (parts.length === 0 ? '-' : [...new Set(parts)].join(' & '));

const WHO = fc.constantFrom(
  ...['role:investigator', 'role:investigator', 'partner:police', 'role:senior', 'role:analyst', 'partner:harbour'],
  ...['role:investigator & partner:police', 'role:senior & partner:harbour'],
);
/** By Safe: what is mostly fulfilled, and what mostly is not. */
const CONDITIONS: Readonly<Record<Safe, readonly [usual: readonly string[], seldom: readonly string[]]>> = {
  people: [
    ['accreditation:cars', 'training:privacy<=365d', 'not suspended', 'undertaking:promise<=30d'],
    [
      'training:privacy<=5d',
      'accreditation:boats',
      'suspended',
      'not training:privacy<=365d',
      'undertaking:promise<=2d',
    ],
  ],
  projects: [
    ['member', 'case', 'purpose:LawEnforcement', 'legal-basis:led-8', 'project-in-force', 'agreement-in-force'],
    ['purpose:SuspectedCrimeInvestigation', 'legal-basis:led-10', 'not member', 'not case', 'not project-in-force'],
  ],
  settings: [
    ['mfa', 'auth-age<=8h', 'network:lan', 'bound-token', 'hours:07:00-19:00', 'not hours:00:00-05:00'],
    ['network:van', 'not mfa', 'not bound-token', 'hours:19:00-24:00', 'auth-age<=1h', 'not network:lan'],
  ],
  data: [
    ['by:vin', 'not paused'],
    ['by:registration', 'paused', 'by:vin(full)', 'not by:vin'],
  ],
  outputs: [
    ['by:vin', 'by:vin(full)'],
    ['by:registration', 'not by:vin(full)', 'not by:vin'],
  ],
};

function allowConditions(safe: Safe): fc.Arbitrary<readonly string[]> {
  const [usual, seldom] = CONDITIONS[safe];
  const one = mostly(95, fc.constantFrom(...usual), fc.constantFrom(...seldom));
  return fc.array(one, { maxLength: safe === 'projects' || safe === 'settings' ? 2 : 1 });
}

function denyConditions(safe: Safe): fc.Arbitrary<readonly string[]> {
  const [usual, seldom] = CONDITIONS[safe];
  return fc.array(mostly(80, fc.constantFrom(...seldom), fc.constantFrom(...usual)), { minLength: 1, maxLength: 2 });
}

const WHAT = fc.constantFrom(
  'any dataset',
  'any dataset',
  'any dataset',
  'any dataset',
  'cars',
  'boats',
  'any dataset (hit)',
  'cars (records)',
);

function allowRow(safe: 'people' | 'projects' | 'settings'): fc.Arbitrary<Cells> {
  // "anyone" in people or projects is a flaw; it is drawn now and then.
  const who = safe === 'settings' ? mostly(80, fc.constant('anyone'), WHO) : mostly(99, WHO, fc.constant('anyone'));
  return fc
    .tuple(who, WHAT, allowConditions(safe))
    .map(([w, what, conditions]): Cells => [safe, '', w, what, joined(conditions), 'allow', '-']);
}

const denyRow: fc.Arbitrary<Cells> = fc
  .constantFrom<Safe>('people', 'projects', 'settings', 'data', 'outputs')
  .chain((safe) =>
    fc
      .tuple(mostly(30, fc.constant('anyone'), WHO), WHAT, denyConditions(safe))
      .map(([who, what, conditions]): Cells => [safe, '', who, what, joined(conditions), 'deny', '-']),
  );

const TREATMENTS = {
  text: ['keep', 'drop', 'mask(2)', 'null'],
  date: ['year', 'month', 'keep'],
  number: ['keep'],
  boolean: ['keep'],
};

/** No row, one, or two that lint lets pass because no caller is of both partners; now and then two that it must not. */
function fieldRows({ id, fields }: Dataset): fc.Arbitrary<readonly Cells[]> {
  const perField = Object.entries(fields).map(([field, { type }]) => {
    const row = (who: fc.Arbitrary<string>) =>
      fc
        .tuple(who, allowConditions('data'), fc.constantFrom(...TREATMENTS[type]))
        .map(([w, conditions, then]): Cells => ['data', '', w, `${id}/${field}`, joined(conditions), 'allow', then]);
    const two = fc.tuple(
      row(fc.constantFrom('partner:harbour', 'role:investigator & partner:harbour')),
      row(fc.constantFrom('partner:police', 'role:investigator & partner:police')),
    );
    const none = fc.constant<Cells[]>([]);
    const one = fc.tuple(row(mostly(50, fc.constant('anyone'), WHO)));
    const clash = fc.tuple(row(WHO), row(WHO));
    return fc.oneof(
      { weight: 2, arbitrary: none },
      { weight: 5, arbitrary: one },
      { weight: 4, arbitrary: two },
      { weight: 1, arbitrary: mostly(95, none, clash) },
    );
  });
  return fc.tuple(...perField).map((rows) => rows.flat());
}

const hitRow: fc.Arbitrary<Cells> = fc
  .tuple(
    mostly(80, fc.constant('anyone'), WHO),
    fc.constantFrom('any dataset (hit)', 'cars (hit)'),
    allowConditions('data'),
  )
  .map(([who, what, conditions]): Cells => ['data', '', who, what, joined(conditions), 'allow', 'exists']);

const outputRow: fc.Arbitrary<Cells> = fc
  .record({
    who: mostly(50, fc.constant('anyone'), WHO),
    level: fc.constantFrom<OutputLevel>(...OUTPUT_LEVELS),
    scope: mostly(70, fc.constant('any dataset'), fc.constantFrom('cars', 'boats')),
    conditions: allowConditions('outputs'),
    rows: mostly(97, fc.integer({ min: 1, max: 30 }), fc.constant(0)),
    perDay: fc.option(fc.integer({ min: 1, max: 9 })),
    perProject: fc.option(fc.integer({ min: 10, max: 90 })),
    terms: fc.subarray(['keep<=30d', 'no-onward']),
    keep: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ who, level, scope, conditions, rows, perDay, perProject, terms, keep }): Cells => {
    const bounds = [
      ...(level === 'records' ? [`rows<=${rows}`] : []),
      ...(perDay === null ? [] : [`per-day<=${perDay}`]),
      ...(perProject === null ? [] : [`per-project<=${perProject}`]),
    ];
    const then = ['release', ...terms.map((term) => term.replace('30', String(keep)))].join(' ');
    return ['outputs', '', who, `${scope} (${level})`, joined([...conditions, ...bounds]), 'allow', then];
  });

function several(row: fc.Arbitrary<Cells>, minLength: number, maxLength: number): fc.Arbitrary<Cells[]> {
  return fc.array(row, { minLength, maxLength });
}

/** Some of them are no pages: the product must say so, and they are passed over. */
export const pages: fc.Arbitrary<Page> = fc
  .tuple(
    several(allowRow('people'), 4, 6),
    several(allowRow('projects'), 4, 6),
    several(allowRow('settings'), 2, 4),
    several(hitRow, 2, 3),
    fieldRows(CARS),
    fieldRows(BOATS),
    several(outputRow, 5, 8),
    several(denyRow, 0, 2),
    several(denyRow, 0, 2),
  )
  .chain(([people, projects, settings, hit, cars, boats, outputs, deny, above]) =>
    fc
      .shuffledSubarray([...people, ...projects, ...settings, ...hit, ...cars, ...boats, ...outputs, ...deny], {
        minLength: [people, projects, settings, hit, cars, boats, outputs, deny].flat().length,
      })
      .map((rows) => ({ above: numbered('E', above), rows: numbered('R', rows) })),
  );

function numbered(letter: string, rows: readonly Cells[]): readonly Cells[] {
  return rows.map(([safe, , ...rest], i): Cells => [safe, `${letter}${i}`, ...rest]);
}

/** An instant that is mostly good, sometimes the very edge. */
const instant = (good: number, edge: number, bad: number) => mostly(90, fc.constant(good), fc.constantFrom(edge, bad));

const FACTS = {
  // The last: the day of review is over in Tokyo and nowhere else.
  'clock.now': fc.constantFrom(NOW, NOW + 3 * HOUR, NOW - 6 * HOUR, NOW + 12 * HOUR, Date.parse('2027-03-01T20:00Z')),
  'caller.partner': mostly(80, fc.constant('police'), fc.constantFrom(...PARTNERS)),
  'caller.roles': mostly<readonly string[]>(
    85,
    fc.constantFrom<readonly string[]>(['investigator'], ['senior', 'investigator']),
    fc.subarray([...ROLES]),
  ),
  'caller.suspended': often(8),
  'accreditation.cars': instant(NOW + DAY, NOW, NOW - DAY),
  'accreditation.boats': instant(NOW - DAY, NOW, NOW + DAY),
  'training.privacy': instant(NOW - 10 * DAY, NOW - 365 * DAY, NOW - 400 * DAY),
  'undertaking.promise': instant(NOW - 5 * DAY, NOW - 30 * DAY, NOW - 31 * DAY),
  'token.amr': mostly<readonly string[]>(90, fc.constant(['pwd', 'mfa']), fc.constant(['pwd'])),
  'token.auth-time': instant(NOW - 2 * HOUR, NOW - 8 * HOUR, NOW - 20 * HOUR),
  'token.bound': often(90),
  'channel.networks': mostly<readonly string[]>(90, fc.constant(['lan']), fc.subarray([...NETWORKS])),
  'agreement.from': instant(NOW - 100 * DAY, NOW, NOW + DAY),
  'agreement.until': instant(NOW + 100 * DAY, NOW, NOW - DAY),
  'agreement.time-zone': fc.constantFrom('UTC', 'UTC', 'Asia/Tokyo', 'America/Phoenix'),
  'project.from': instant(NOW - 50 * DAY, NOW, NOW + DAY),
  'project.until': instant(NOW + 50 * DAY, NOW, NOW - DAY),
  'project.legal-basis': mostly(90, fc.constant('led-8'), fc.constant('led-10')),
  'project.case-pattern': fc.constant('K-##@'),
  'project.member': often(92),
  'enquiry.purpose': mostly(40, fc.constant('LawEnforcement'), fc.constantFrom(...PURPOSES)),
  'enquiry.case': mostly(90, fc.constant('K-01A'), fc.constantFrom('K-1A', 'K-01a', 'XK-01A')),
  'enquiry.scheme': mostly(92, fc.constant('vin'), fc.constantFrom('registration', 'hull-number')),
  'enquiry.full': often(85),
  'dataset.paused': often(6),
};

export interface Question {
  readonly dataset: Dataset;
  readonly output: OutputLevel;
  readonly facts: Facts;
}

/** Facts are missing one by one; who asks what under which project is always known. */
export const questions: fc.Arbitrary<Question> = fc
  .tuple(
    fc.constantFrom(...DATASETS),
    fc.constantFrom<OutputLevel>(...OUTPUT_LEVELS),
    fc.record(FACTS),
    mostly(75, fc.constant<string[]>([]), fc.subarray(Object.keys(FACTS), { minLength: 1, maxLength: 3 })),
  )
  .map(([dataset, output, facts, missing]) => ({
    dataset,
    output,
    facts: {
      ...Object.fromEntries(Object.entries(facts).filter(([name]) => !missing.includes(name))),
      'caller.person': 'ada',
      'project.id': 'work',
      'dataset.id': dataset.id,
      'enquiry.output': output,
    },
  }));
