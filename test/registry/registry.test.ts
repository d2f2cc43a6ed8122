import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/domain/json.ts';
import { inForce } from '../../src/domain/partnership.ts';
import { attested, changed, partnership, problemsOf, registryOf } from './builders.ts';

const mara = partnership().partners.people[0];

describe('the registry', () => {
  const registry = registryOf();

  it('finds what it holds, and nothing else', () => {
    expect(registry.personOf('https://id.kestrel.example', 'mara')?.id).toBe('mara');
    expect(registry.personOf('https://id.kestrel.example/', 'mara')).toBeUndefined();
    expect(registry.personOf('https://id.kestrel.example', 'Mara')).toBeUndefined();
    expect(registry.person('ruth')?.partner).toBe('kestrel-police');
    expect(registry.partner('northgate-motors')?.name).toBe('Northgate Motors');
    expect(registry.agreement('vehicle-tracing')?.from).toBe(Date.UTC(2026, 0, 1));
    expect(registry.project('op-gearbox')?.casePattern).toBe('KP-####-@@');
    expect(registry.projectsOf('mara').map(({ id }) => id)).toEqual(['op-gearbox']);
    expect(registry.projectsOf('ruth')).toEqual([]);
    for (const id of ['__proto__', 'constructor', 'nobody']) {
      expect([registry.person(id), registry.partner(id), registry.dataset(id), registry.project(id)]).toEqual(
        Array(4).fill(undefined),
      );
    }
  });

  it('keeps issuer and subject apart whatever they hold', () => {
    expect(registry.personOf('https://id.kestrel.example","mara', '')).toBeUndefined();
  });

  it('fills in defaults and makes paths of files absolute', () => {
    const csv = registry.dataset('tidewater-sales');
    expect(csv?.connector).toEqual({ kind: 'csv', file: '/etc/five-safes/sales.csv', delimiter: ',' });
    expect(csv).toMatchObject({ except: {}, timeFloorMs: 0, timeoutMs: 5_000 });
    expect(registry.person('hanna')).toMatchObject({ roles: [], accreditations: [], trainings: [], suspensions: [] });
    expect(registry.dataset('dealer-sales')?.connector).toMatchObject({ records: '' });
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(registry)).toBe(true);
    expect(Object.isFrozen(registry.person('mara')?.roles[0])).toBe(true);
    expect(Object.isFrozen(registry.dataset('dealer-sales')?.fields)).toBe(true);
    expect(Object.isFrozen(registry.projectsOf('mara'))).toBe(true);
  });

  it('has a digest that follows every value and not the order of keys', () => {
    const { partners, ...others } = partnership();
    expect(registryOf({ ...others, partners }).digest).toBe(registry.digest);
    const reversed = Object.fromEntries(Object.entries(partners).reverse());
    expect(registryOf({ ...others, partners: reversed }).digest).toBe(registry.digest);
    expect(registryOf(changed('partners/people/0/name', 'Mara L.')).digest).not.toBe(registry.digest);
    expect(registry.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('a registry that cannot be', () => {
  it.each<[string, JsonValue | undefined, string]>([
    ['datasets/datasets/1/connector', { kind: 'sqlite', file: 'x.db', lookups: {} }, 'expected a statement for'],
    [
      'datasets/datasets/1/connector',
      { kind: 'sqlite', file: 'x.db', lookups: { vin: 'DELETE FROM t WHERE v = ?' } },
      'begins with SELECT or WITH',
    ],
    ['datasets/datasets/1/connector', { kind: 'sqlite', file: 'x.db', lookups: { vin: 'SELECT 1' } }, 'expected one ?'],
    ['datasets/datasets/0/connector/family', 5, 'datasets[0].connector.family'],
    ['datasets/datasets/0/connector/privateAddress', 'yes', 'datasets[0].connector.privateAddress'],
    ['datasets/datasets/0/connector/timeouts', { headMs: 6_000 }, 'timeouts.headMs: expected at most timeoutMs (5000)'],
    ['datasets/datasets/0/connector/timeouts', { all: 5 }, 'timeouts.all: unknown key'],
    ['datasets/datasets/0/connector/lookups/vin', '//elsewhere.example/{value}', 'begins with /'],
    // by its schema
    ['partners/partner', [], 'partners.yaml: partner: unknown key'],
    ['partners/people/0/rank', 'sergeant', 'partners.yaml: people[0].rank: unknown key'],
    ['partners/people/0/id', 'Mara', 'partners.yaml: people[0].id: expected a word'],
    ['partners/people/0/identities', undefined, 'partners.yaml: people[0].identities: '],
    ['partners/people/0/roles/0/until', '2026-02-30', 'people[0].roles[0].until: expected a date'],
    ['partners/people/0/roles/0/until', '01-03-2027', 'people[0].roles[0].until: expected a date'],
    ['partners/people/0/roles/0/until', '2026-01-01', 'people[0].roles[0].until: expected a later moment'],
    ['partners/people/0/roles/0/source', '', 'people[0].roles[0].source: expected one line'],
    ['partners/people/0/roles/0/approver', undefined, 'people[0].roles[0].approver: '],
    ['agreements/agreements/0/purposes/0', 'Curiosity', 'agreements[0].purposes[0]: expected a purpose'],
    ['agreements/agreements/0/legalBases/0', 'led-9', 'agreements[0].legalBases[0]: '],
    ['agreements/agreements/0/timeZone', 'Europe/Atlantis', 'agreements[0].timeZone: expected an IANA time zone'],
    ['agreements/agreements/0/timeZone', '+01:00', 'agreements[0].timeZone: expected an IANA time zone'],
    ['agreements/agreements/0/review', '2028-01-02', 'agreements[0].review: expected a moment within'],
    ['agreements/agreements/0/parties', ['kestrel-police', 'kestrel-police'], 'parties: expected each entry only once'],
    ['agreements/agreements/0/keepLogDays', '365', 'agreements[0].keepLogDays: '],
    ['agreements/projects/0/until', '2026-01-01', 'projects[0].until: expected a later moment'],
    ['agreements/projects/0/casePattern', '.*', 'projects[0].casePattern: expected a pattern'],
    ['agreements/projects/0/casePattern', 'FIXED', 'projects[0].casePattern: expected a pattern'],
    ['datasets/datasets/0/connector/kind', 'ftp', 'datasets[0].connector.kind: '],
    ['datasets/datasets/0/connector/file', 'x.csv', 'datasets[0].connector.file: unknown key'],
    ['datasets/datasets/0/connector/baseUrl', 'http://dealer.example', 'connector.baseUrl: expected an https URL'],
    ['datasets/datasets/0/connector/baseUrl', 'https://a:b@dealer.example', 'baseUrl: expected an https URL'],
    ['datasets/datasets/0/connector/lookups/vin', 'sales/{value}', 'lookups.vin: expected a path that begins with /'],
    ['datasets/datasets/0/connector/lookups/vin', '/sales', 'lookups.vin: expected {value} exactly once'],
    ['datasets/datasets/0/connector/lookups/vin', '/../{value}', 'lookups.vin: expected no . or ..'],
    ['datasets/datasets/0/connector/lookups/chassis', '/{value}', 'connector.lookups.chassis'],
    ['datasets/datasets/0/connector/tokenEnv', 'secret token', 'tokenEnv: expected the name'],
    ['datasets/datasets/0/identifiers/chassis', 'x', 'datasets[0].identifiers'],
    ['datasets/datasets/0/identifiers', {}, 'identifiers: expected at least one'],
    ['datasets/datasets/0/fields', {}, 'fields: expected at least one'],
    ['datasets/datasets/0/fields/notes', { from: 'notes', type: 'string' }, 'fields.notes.type'],
    ['datasets/datasets/0/fields/notes', { from: 'notes', type: 'text', order: 'dmy' }, 'notes.order: expected only'],
    ['datasets/datasets/0/timeFloorMs', -1, 'datasets[0].timeFloorMs'],
    ['datasets/datasets/0/timeoutMs', 0, 'datasets[0].timeoutMs'],
    ['datasets/datasets/1/connector/delimiter', ';;', 'datasets[1].connector.delimiter'],
    // by what the others say
    [
      'partners/people/0/partner',
      'kestrel',
      'partners.yaml: people[0].partner: unknown partner "kestrel", expected one',
    ],
    ['partners/people/0/id', 'ruth', 'people[1].id: expected an id of its own'],
    ['partners/partners/1/id', 'kestrel-police', 'partners.yaml: partners[1].id: expected an id of its own'],
    ['partners/people/1/identities/0/subject', 'mara', 'people[1].identities[0]: expected an issuer and subject'],
    ['partners/people/0/roles/0/approver', 'nobody', 'people[0].roles[0].approver: unknown person "nobody"'],
    ['partners/people/0/roles/0/approver', 'mara', 'people[0].roles[0].approver: expected somebody else'],
    ['agreements/agreements/0/parties/1', 'northgate', 'agreements[0].parties[1]: unknown partner "northgate"'],
    ['agreements/agreements/0/datasets/0', 'sales', 'agreements[0].datasets[0]: unknown dataset "sales"'],
    ['agreements/agreements/0/datasets/0', 'tidewater-sales', 'expected the holder "tidewater-cars" to be a party'],
    ['agreements/projects/0/agreement', 'tracing', 'projects[0].agreement: unknown agreement "tracing"'],
    ['agreements/projects/0/members/0', 'nobody', 'projects[0].members[0]: unknown person'],
    ['agreements/projects/0/members/0', 'hanna', 'projects[0].members[0]: expected a person of kestrel-police'],
    ['agreements/projects/0/partner', 'tidewater-cars', 'projects[0].partner: expected a party of vehicle-tracing'],
    ['agreements/projects/0/legalBasis', 'gdpr-6-1-e', 'projects[0].legalBasis: expected a legal basis of'],
    ['agreements/projects/0/from', '2025-12-31', 'projects[0].from: expected no earlier start'],
    ['agreements/projects/0/until', '2028-01-01T00:00:01Z', 'projects[0].until: expected no later end'],
    ['datasets/datasets/0/holder', 'northgate', 'datasets[0].holder: unknown partner "northgate"'],
    ['datasets/datasets/1/id', 'dealer-sales', 'datasets[1].id: expected an id of its own'],
    [
      'datasets/datasets/0/identifiers/registration',
      'plate',
      'lookups: expected a path for the identifier registration',
    ],
    ['datasets/datasets/0/connector/lookups/registration', '/{value}', 'lookups.registration: expected only schemes'],
    ['datasets/datasets/0/connector/records', 'a[].b', 'connector.records: expected keys'],
    ['datasets/datasets/0/identifiers/vin', 'a..b', 'identifiers.vin: expected keys'],
    ['datasets/datasets/0/except', { 'a[': ['x'] }, 'except.a[: expected keys'],
    ['datasets/datasets/0/fields/Notes', { from: 'notes', type: 'text' }, 'fields.Notes: expected keys'],
    ['datasets/datasets/0/fields/a..b', { from: 'notes', type: 'text' }, 'fields.a..b: expected keys'],
    ['datasets/datasets/0/fields/vehicle', { from: 'v', type: 'text' }, 'can stand in one record with "vehicle.vin"'],
    [
      'datasets/datasets/0/fields/owners.age',
      { from: 'a', type: 'text' },
      'can stand in one record with "owners[].name"',
    ],
    ['datasets/datasets/0/fields/town', { from: 'towns[]', type: 'text' }, 'fields.town.from: expected as many []'],
    [
      'datasets/datasets/1/fields/owners[].name',
      { from: 'O', type: 'text' },
      'expected no [] in a field of a csv file',
    ],
  ])('%s = %j', (path, value, message) => {
    const problems = problemsOf(() => registryOf(changed(path, value)));
    expect(problems.join('\n')).toContain(message);
    expect(problems.every((problem) => /^(partners|agreements|datasets)\.yaml: /.test(problem))).toBe(true);
  });

  it('says everything that is wrong at once', () => {
    const documents = partnership();
    const wrong = {
      ...documents,
      partners: {
        ...documents.partners,
        people: [
          { ...mara, partner: 'a' },
          { ...mara, id: 'other', partner: 'b' },
        ],
      },
    };
    const problems = problemsOf(() => registryOf(wrong));
    expect(problems.filter((problem) => problem.includes('unknown partner'))).toHaveLength(2);
    expect(problems.filter((problem) => problem.includes('unknown person "ruth"'))).toHaveLength(6);
  });

  it('lets somebody suspend themselves', () => {
    expect(problemsOf(() => registryOf(changed('partners/people/0/suspensions', [attested('leave', 'mara')])))).toEqual(
      [],
    );
  });
});

describe('entries in force', () => {
  const at = (day: string) => Date.parse(day);
  const role = (name: string, from: string, until: string) => ({
    ...{ name, source: 'x', approver: 'ruth' },
    from: at(from),
    until: at(until),
  });
  const roles = [
    role('investigator', '2026-01-01', '2026-06-01'),
    role('investigator', '2026-05-01', '2026-09-01'),
    role('analyst', '2026-06-01', '2027-01-01'),
  ];

  it.each([
    ['2025-12-31T23:59:59.999Z', []],
    ['2026-01-01', ['investigator']],
    ['2026-05-15', ['investigator']],
    ['2026-06-01', ['investigator', 'analyst']],
    ['2026-09-01', ['analyst']],
    ['2027-01-01', []],
  ])('at %s: %j', (day, names) => {
    const held = roles.filter((r) => inForce(r, at(day))).map((r) => r.name);
    expect([...new Set(held)]).toEqual(names);
  });
});
