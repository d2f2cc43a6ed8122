import { ConfigurationError } from '../../src/domain/configuration-error.ts';
import type { JsonValue } from '../../src/domain/json.ts';
import { buildRegistry, type Registry } from '../../src/registry/registry.ts';

const TERM = { from: '2026-01-01', until: '2028-01-01' };

/** Something said of a person, by whom it can be said. */
export function attested(name: string, approver = 'ruth') {
  return { name, source: 'staff register', approver, ...TERM };
}

/** The smallest partnership in which something can be asked. Tests change a copy of their own. */
export function partnership() {
  return {
    partners: {
      partners: [
        { id: 'kestrel-police', name: 'Kestrel Valley Police' },
        { id: 'northgate-motors', name: 'Northgate Motors' },
        { id: 'tidewater-cars', name: 'Tidewater Cars' },
      ],
      people: [
        {
          id: 'mara',
          name: 'Mara Lindqvist',
          partner: 'kestrel-police',
          identities: [{ issuer: 'https://id.kestrel.example', subject: 'mara' }],
          roles: [attested('investigator')],
          accreditations: [attested('vehicle-crime')],
          trainings: [attested('data-protection')],
        },
        {
          id: 'ruth',
          name: 'Ruth Adeyemi',
          partner: 'kestrel-police',
          identities: [{ issuer: 'https://id.kestrel.example', subject: 'ruth' }],
          roles: [attested('compliance-officer', 'mara')],
        },
        { id: 'hanna', name: 'Hanna Sorel', partner: 'northgate-motors', identities: [] },
      ],
    },
    agreements: {
      agreements: [
        {
          id: 'vehicle-tracing',
          title: 'Vehicle tracing',
          parties: ['kestrel-police', 'northgate-motors'],
          purposes: ['SuspectedCrimeInvestigation'],
          legalBases: ['led-8'],
          datasets: ['dealer-sales'],
          ...TERM,
          review: '2027-01-01',
          timeZone: 'Europe/Amsterdam',
          keepLogDays: 365,
        },
      ],
      projects: [
        {
          id: 'op-gearbox',
          title: 'Operation Gearbox',
          agreement: 'vehicle-tracing',
          partner: 'kestrel-police',
          members: ['mara'],
          legalBasis: 'led-8',
          casePattern: 'KP-####-@@',
          ...TERM,
        },
      ],
    },
    datasets: {
      datasets: [
        {
          id: 'dealer-sales',
          title: 'Sales',
          holder: 'northgate-motors',
          connector: {
            kind: 'http',
            baseUrl: 'https://dealer.example/api',
            lookups: { vin: '/sales/{value}' },
          },
          identifiers: { vin: 'vehicle.vin' },
          fields: {
            'vehicle.vin': { from: 'vehicle.vin', type: 'text' },
            'owners[].name': { from: 'history[].owner', type: 'text' },
          },
        },
        {
          id: 'tidewater-sales',
          title: 'Sales book',
          holder: 'tidewater-cars',
          connector: { kind: 'csv', file: 'sales.csv' },
          identifiers: { vin: 'VIN' },
          fields: { 'sale.date': { from: 'Sold on (d/m/y)', type: 'date', order: 'dmy' } },
        },
      ],
    },
  };
}

/** Puts a value at a key path such as `partners.people.0.roles.0.until`; undefined removes the key. */
export function changed(
  path: string,
  value: JsonValue | undefined,
): Record<'partners' | 'agreements' | 'datasets', JsonValue> {
  const documents = partnership();
  const keys = path.split('/');
  const last = keys.pop() ?? '';
  let at: unknown = documents;
  for (const key of keys) at = Reflect.get(Object(at), key);
  if (typeof at !== 'object' || at === null) throw new Error(`there is nothing at ${path}`);
  if (value === undefined) Reflect.deleteProperty(at, last);
  else Reflect.set(at, last, value);
  return documents;
}

export function registryOf(
  documents: Record<'partners' | 'agreements' | 'datasets', JsonValue> = partnership(),
): Registry {
  const document = (name: 'partners' | 'agreements' | 'datasets') => ({
    file: `${name}.yaml`,
    content: documents[name],
  });
  return buildRegistry({
    directory: '/etc/five-safes',
    partners: document('partners'),
    agreements: document('agreements'),
    datasets: document('datasets'),
  });
}

/** What a refusal to start says; empty where there is none. */
export function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
