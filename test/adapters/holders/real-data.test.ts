import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectHolders } from '../../../src/adapters/holders/connect.ts';
import { ask, dataset, permit } from './builders.ts';

/** Real records, which this project does not ship: a folder with `listings/`, `stolen/` and `registrations/`. */
const folder = process.env['REAL_DATA_DIR'];
if (folder === undefined) console.log('real data: not run (REAL_DATA_DIR is not set)');

function csv(file: string) {
  return { kind: 'csv', file: join(folder ?? '', file), delimiter: ',' } as const;
}

test.skipIf(folder === undefined)('real data: every record can be found, and its fields read', async () => {
  const holders = await connectHolders([
    dataset({
      id: 'listings',
      connector: csv('listings/USA_cars_datasets.csv'),
      fields: { make: { from: 'brand', type: 'text' }, price: { from: 'price', type: 'number' } },
    }),
    dataset({
      id: 'stolen',
      connector: csv('stolen/stolen_vehicles.csv'),
      identifiers: { 'vehicle-id': 'vehicle_id' },
      fields: { stolen: { from: 'date_stolen', type: 'date', order: 'mdy' }, colour: { from: 'color', type: 'text' } },
    }),
    dataset({
      id: 'registrations',
      connector: csv('registrations/wa_electric_vehicle_population.csv'),
      identifiers: { 'vin-prefix': 'VIN (1-10)' },
      fields: { make: { from: 'Make', type: 'text' }, year: { from: 'Model Year', type: 'number' } },
    }),
  ]);
  const { listings, stolen, registrations } = Object.fromEntries(holders.loads);
  expect(listings).toEqual({
    rows: 2_499,
    schemes: { vin: { indexed: 2_499, distinct: 2_495, blank: 0, malformed: 0 } },
  });
  expect(stolen?.schemes['vehicle-id']).toEqual({ indexed: 4_553, distinct: 4_553, blank: 0, malformed: 0 });
  expect(registrations?.rows).toBe(16_662);
  expect(registrations?.schemes['vin-prefix']).toMatchObject({ blank: 0, malformed: 0 });

  const car = permit('vin', 'JTEZU11F88K007763', { dataset: 'listings' });
  expect(await ask(holders, car)).toEqual([{ make: 'toyota', price: 6300 }]);
  for (let id = 1; id <= 4_553; id++) {
    const [record] = await ask(holders, permit('vehicle-id', String(id), { dataset: 'stolen' }));
    expect(record).toMatchObject({ stolen: expect.stringMatching(/^202[12]-\d\d-\d\d$/) });
  }
  const prefix = permit('vin-prefix', '5YJ3E1EB9J', { dataset: 'registrations' });
  expect(await ask(holders, prefix)).toContainEqual({ make: 'TESLA', year: 2018 });
});
