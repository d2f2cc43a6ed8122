import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type DealerRecord, dealerRecords } from './records.ts';

const OPTIONS = z.strictObject({ seed: z.int(), rows: z.int().min(0).max(999_999), file: z.string() });

const COLUMNS: readonly (readonly [string, (record: DealerRecord) => string])[] = [
  ['VIN', (r) => `  ${r.vehicle.vin.toLowerCase()}`],
  ['Engine No.', (r) => r.vehicle.engineNo],
  ['Reg. No.', (r) => r.vehicle.registration],
  ['Make', (r) => r.vehicle.make],
  ['Model', (r) => r.vehicle.model],
  ['Colour', (r) => r.vehicle.colour],
  ['Buyer', (r) => r.buyer.name],
  ['Born', (r) => dayFirst(r.buyer.born)],
  ['Email', (r) => r.buyer.email],
  ['Phone', (r) => r.buyer.phone],
  ['Street', (r) => r.buyer.address.street],
  ['Postcode', (r) => r.buyer.address.postcode],
  ['Town', (r) => r.buyer.address.town],
  ['Sold', (r) => dayFirst(r.sale.date)],
  ['Price (GBP)', (r) => r.sale.price.toFixed(2)],
  ['Mileage', (r) => String(r.sale.mileage)],
  ['Notes', (r) => r.notes ?? ''],
];

/** `2019-04-07` → `07/04/2019` */
function dayFirst(date: string): string {
  return date.split('-').reverse().join('/');
}

function quoted(cell: string): string {
  return /[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/**
 * What a smaller dealer's program writes: semicolons, a byte order mark, CRLF, days first, VINs in lower case after two
 * blanks. Every 40th car stands in the file twice, and after every 50th there is a row whose VIN was never entered.
 */
export function exportText(seed: number, rows: number): string {
  const cars = dealerRecords(seed, rows).flatMap((record, i) => {
    const cells = COLUMNS.map(([, cell]) => cell(record));
    const twice = (i + 1) % 40 === 0 ? [cells] : [];
    const blank = (i + 1) % 50 === 0 ? [['', ...cells.slice(1)]] : [];
    return [cells, ...twice, ...blank];
  });
  const header = COLUMNS.map(([name]) => name);
  return `\uFEFF${[header, ...cars].map((cells) => `${cells.map(quoted).join(';')}\r\n`).join('')}`;
}

/** Writes the export and says so in one line; there is nothing to stop. */
if (import.meta.main) {
  const { seed, rows, file } = OPTIONS.parse(JSON.parse(process.argv[2] ?? '{}'));
  writeFileSync(file, exportText(seed, rows));
  process.stdout.write(`${JSON.stringify({ ready: true, file })}\n`);
}
