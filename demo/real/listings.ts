import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/**
 * A UK listing as it was published, under a registration that is made up: the file has none. Row n is `SYN` and five
 * digits, a form that no authority gives out, and the service says of each record that it is synthetic.
 */
export interface Listing {
  readonly registration: string;
  readonly make: string;
  readonly model: string;
  readonly year: number;
  readonly price: number;
  readonly transmission: string;
  readonly mileage: number;
  readonly fuel: string;
  readonly mpg: string;
  readonly engine: string;
}

export const UK_LISTINGS = 'listings/uk_used_cars/audi.csv';

/** @param row from 0. */
export function syntheticRegistration(row: number): string {
  return `SYN${String(row).padStart(5, '0')}`;
}

/** All rows of a file, in its order. @throws Error where a column is missing. */
export function readListings(file: string): readonly Listing[] {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, bom: true });
  return rows.map((row, i) => {
    const of = (column: string) => {
      const cell = row[column];
      if (cell === undefined) throw new Error(`${file} has no column ${column}`);
      return cell;
    };
    return {
      registration: syntheticRegistration(i),
      make: of('make'),
      model: of('model'),
      year: Number(of('year')),
      price: Number(of('price')),
      transmission: of('transmission'),
      mileage: Number(of('mileage')),
      fuel: of('fuelType'),
      mpg: of('mpg'),
      engine: of('engineSize'),
    };
  });
}
