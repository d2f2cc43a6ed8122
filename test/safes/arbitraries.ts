import fc from 'fast-check';
import type { Dataset, FieldType } from '../../src/domain/dataset.ts';
import { SAFES, type Safe } from '../../src/domain/safe.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { vin } from '../builders.ts';
import {
  ADA,
  attested,
  CALLER,
  CIRCUMSTANCES,
  type Circumstances,
  DATASET,
  ENQUIRY,
  NOW,
  PROJECT,
} from './workshop.ts';

/** Rulebooks, registries, enquiries and records, drawn so that about every second question is allowed. */

/** Fields that a drawn dataset may have. */
export const FIELDS: Readonly<Record<string, FieldType>> = {
  name: 'text',
  born: 'date',
  price: 'number',
  'car.vin': 'text',
  'car.engine.no': 'text',
  'car.built': 'date',
  'owners[].name': 'text',
  'owners[].born': 'date',
  'owners[].homes[].street': 'text',
  'tags[].word': 'text',
};

const TREATED: Readonly<Record<FieldType, readonly string[]>> = {
  text: ['keep', 'drop', 'null', 'mask', 'first-part', 'constant'],
  date: ['keep', 'drop', 'null', 'year', 'month', 'constant'],
  number: ['keep', 'drop', 'null', 'constant'],
  boolean: ['keep', 'drop', 'null', 'constant'],
};

/** True in so many of a hundred draws; shrinks towards true. */
function often(percent: number): fc.Arbitrary<boolean> {
  return fc.nat({ max: 99 }).map((drawn) => drawn < percent);
}

function mostly<T>(percent: number, usual: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return often(percent).chain((is) => (is ? fc.constant(usual) : otherwise));
}

const WHO = fc.constantFrom(
  'role:investigator',
  'partner:police',
  'role:investigator & partner:police',
  'role:senior',
  'partner:dealer',
);
const CONDITIONS: Readonly<Record<Safe, readonly string[]>> = {
  people: ['accreditation:cars', 'training:privacy<=365d', 'not suspended', 'training:law<=30d'],
  projects: ['member', 'case', 'purpose:LawEnforcement', 'legal-basis:led-8', 'project-in-force', 'agreement-in-force'],
  settings: ['mfa', 'auth-age<=8h', 'network:lan', 'bound-token', 'hours:07:00-19:00', 'not hours:00:00-05:00'],
  data: ['by:vin', 'by:vin(full)', 'by:registration'],
  outputs: ['by:vin', 'by:vin(full)', 'by:registration'],
};

function conditions(safe: Safe): fc.Arbitrary<string> {
  return fc
    .subarray([...CONDITIONS[safe]], { maxLength: safe === 'data' || safe === 'outputs' ? 1 : 2 })
    .map((chosen) => chosen.join(' & ') || '-');
}

const denies: Readonly<Record<Safe, string>> = {
  people: 'suspended',
  projects: 'not member',
  settings: 'not mfa',
  data: 'by:registration',
  outputs: 'by:registration',
};

/** A row without its id. */
type Row = readonly [safe: Safe, who: string, what: string, onlyIf: string, verdict: string, then: string];

function scopedRows(safe: 'people' | 'projects' | 'settings'): fc.Arbitrary<Row[]> {
  const what = fc.constantFrom('any dataset', 'sales', 'sales (hit)', 'sales (records)');
  const allow = fc.tuple(mostly(70, 'role:investigator', WHO), mostly(60, 'any dataset', what), conditions(safe));
  return fc
    .tuple(fc.array(allow, { minLength: 1, maxLength: 3 }), mostly(80, false, fc.constant(true)))
    .map(([rows, deny]) => [
      ...rows.map(([who, scope, onlyIf]): Row => [safe, who, scope, onlyIf, 'allow', '-']),
      ...(deny ? [[safe, 'anyone', 'any dataset', denies[safe], 'deny', '-'] satisfies Row] : []),
    ]);
}

function treatmentFor(type: FieldType): fc.Arbitrary<string> {
  return fc.constantFrom(...TREATED[type]).map((name) => (name === 'constant' ? 'constant(said by the page)' : name));
}

/** For a field one row, none, or two that lint lets stand because their partners differ. */
function fieldRows(field: string, type: FieldType): fc.Arbitrary<Row[]> {
  const row = (who: string) =>
    fc
      .tuple(mostly(85, '-', conditions('data')), treatmentFor(type))
      .map(([onlyIf, then]): Row => ['data', who, `sales/${field}`, onlyIf, 'allow', then]);
  return fc.oneof(
    { weight: 5, arbitrary: WHO.chain(row).map((one) => [one]) },
    { weight: 1, arbitrary: fc.tuple(row('partner:police'), row('partner:dealer')).map((two) => [...two]) },
    { weight: 2, arbitrary: fc.constant<Row[]>([]) },
  );
}

function dataRows(fields: readonly string[]): fc.Arbitrary<Row[]> {
  const hit: Row = ['data', 'anyone', 'sales (hit)', '-', 'allow', 'exists'];
  return fc
    .tuple(mostly(80, true, fc.constant(false)), ...fields.map((field) => fieldRows(field, FIELDS[field] ?? 'text')))
    .map(([withHit, ...rows]) => [...(withHit ? [hit] : []), ...rows.flat()]);
}

const outputsRows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.tuple(
      mostly(60, 'role:investigator', WHO),
      fc.constantFrom('records', 'records', 'hit'),
      conditions('outputs'),
      fc.integer({ min: 1, max: 9 }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((rows) =>
    rows.map(([who, level, onlyIf, most]): Row => {
      const limited =
        level === 'records' ? [onlyIf, `rows<=${most}`].filter((item) => item !== '-').join(' & ') : onlyIf;
      return ['outputs', who, `sales (${level})`, limited, 'allow', `release keep<=${most}d`];
    }),
  );

function pageText(rows: readonly Row[]): string {
  return rows.map(([safe, ...cells], i) => [safe, `R${i}`, ...cells].map((cell) => `"${cell}"`).join(',')).join('\n');
}

function datasetOf(fields: readonly string[]): Dataset {
  const specs = fields.map((field) => [field, { from: `src.${field}`, type: FIELDS[field] ?? 'text' }] as const);
  return { ...DATASET, fields: Object.fromEntries(specs) };
}

const people = fc.record({
  roles: mostly(85, 'investigator', fc.constantFrom('senior', 'analyst', 'analyst investigator', '')),
  cars: often(90),
  privacy: mostly(85, 10, fc.constantFrom(0, 29, 365, 366, 400)),
  law: mostly(70, 10, fc.constantFrom(29, 31)),
  suspended: often(95).map((is) => !is),
});

const circumstances: fc.Arbitrary<Omit<Circumstances, 'dataset' | 'agreement' | 'accepted' | 'paused'>> = fc
  .record({
    person: people,
    mfa: often(92),
    signedIn: mostly(90, 1, fc.constantFrom(8, 9, -1, undefined)),
    bound: often(70),
    lan: often(92),
    member: often(95),
    case: mostly(92, 'K-01', fc.constantFrom('K-1', undefined)),
    purpose: mostly(90, 'CrimeInvestigation', fc.constantFrom('JudicialSystemManagement', 'JusticeManagement')),
    by: mostly(
      85,
      vin('JTEZU5JR8D5050504'),
      fc.constantFrom(vin('JTEZU5JR8D5050'), { scheme: 'registration' as const, value: 'NG101A', full: true }),
    ),
    output: fc.constantFrom('records' as const, 'records' as const, 'hit' as const),
  })
  .map((drawn) => {
    const { case: _, ...enquiry } = ENQUIRY;
    const { authTime: _t, ...caller } = CALLER;
    return {
      person: {
        ...ADA,
        roles: drawn.person.roles.split(' ').flatMap((role) => (role === '' ? [] : [attested(role)])),
        accreditations: drawn.person.cars ? [attested('cars')] : [],
        trainings: [
          attested('privacy', NOW - drawn.person.privacy * DAY),
          attested('law', NOW - drawn.person.law * DAY),
        ],
        suspensions: drawn.person.suspended ? [attested('inquiry')] : [],
      },
      caller: {
        ...caller,
        amr: drawn.mfa ? ['pwd', 'mfa'] : ['pwd'],
        bound: drawn.bound,
        ...(drawn.signedIn === undefined ? {} : { authTime: NOW - drawn.signedIn * HOUR }),
      },
      project: { ...PROJECT, members: drawn.member ? ['ada'] : [] },
      networks: drawn.lan ? ['lan'] : ['van'],
      enquiry: {
        ...enquiry,
        ...(drawn.case === undefined ? {} : { case: drawn.case }),
        purpose: drawn.purpose,
        by: drawn.by,
        output: drawn.output,
      },
      now: NOW,
    };
  });

/** A page, and a question put to it. */
export interface World {
  readonly rows: readonly Row[];
  readonly circumstances: Circumstances;
}

export const worlds: fc.Arbitrary<World> = fc.subarray(Object.keys(FIELDS), { minLength: 2 }).chain((fields) =>
  fc.record({
    rows: fc
      .tuple(scopedRows('people'), scopedRows('projects'), scopedRows('settings'), dataRows(fields), outputsRows)
      .map((all) => all.flat()),
    circumstances: circumstances.map((drawn) => ({ ...CIRCUMSTANCES, ...drawn, dataset: datasetOf(fields) })),
  }),
);

export function pageOf({ rows }: World): string {
  return pageText(rows);
}

/** The world without one of its allow rows. */
export function withoutAllowRow(world: World, index: number): World {
  return { ...world, rows: world.rows.filter((row, i) => i !== index || row[4] !== 'allow') };
}

export function isAllowRow(row: Row): boolean {
  return row[4] === 'allow' && SAFES.includes(row[0]);
}
