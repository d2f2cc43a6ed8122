import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { layOutBoats } from '../../demo/boats.ts';
import type { Listener } from '../gateway/dealer.ts';
import { sendJson } from '../gateway/dealer.ts';
import type { Partnership } from '../gateway/partnership.ts';
import type { PlantedSale, Planting } from './planted.ts';

const HOLDERS = new URL('../../demo/holders/datasets.yaml', import.meta.url).pathname;
const datasets = z.object({ datasets: z.array(z.looseObject({ id: z.string() })) });

/** A dealer that has these sales, and says them to whoever asks for their VIN. */
export function having(...sales: readonly PlantedSale[]): Listener {
  return (request, response) => {
    const url = request.url ?? '';
    sendJson(response, {
      sales: sales.filter(({ vin, engine }) => url.includes(vin) || url.includes(engine)).map((s) => s.sale),
    });
  };
}

/** The same sale, as the holder's own filter keeps it back. */
export function asCancelled(of: PlantedSale): PlantedSale {
  return { ...of, sale: { ...of.sale, status: 'cancelled' } };
}

/** Every way in which a holder can answer wrongly, with what it knows in it. */
export function faultyAnswers(planting: Planting, { sale }: PlantedSale): ReadonlyMap<string, Listener> {
  const { word } = planting;
  const whole = JSON.stringify({ sales: [sale] });
  const shaped =
    (changes: object): Listener =>
    (_, response) =>
      sendJson(response, { sales: [{ ...sale, ...changes }] });
  return new Map<string, Listener>([
    ['a fault with a page', (_, response) => response.writeHead(500, { 'x-trace': word('header') }).end(whole)],
    ['a status with words', (_, response) => response.writeHead(503, word('status text')).end(whole)],
    [
      'no JSON',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(whole.slice(0, -9)),
    ],
    ['no JSON at all', (_, response) => response.end(word('text instead of JSON'))],
    ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<b>${whole}</b>`)],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: `/${word('location')}?${sale.vehicle.vin}` }).end(),
    ],
    ['a list of texts', (_, response) => sendJson(response, { sales: [word('text for a record')] })],
    ['text for a number', shaped({ price: word('text for a number') })],
    ['a day that is none', shaped({ soldOn: `31/31/${word('day that is none')}` })],
    ['an object for text', shaped({ notes: { [word('member for text')]: word('object for text') } })],
    ['text for a list', shaped({ previousOwners: word('text for a list') })],
    [
      'half an answer',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '9999' });
        response.write(whole, () => response.destroy());
      },
    ],
    [
      'a compressed one that is not',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(whole),
    ],
  ]);
}

const COLUMNS =
  'Status;VIN;Engine no.;Plate;Make;Model;Colour;Customer;Born;E-mail;Phone;Postcode;Town;Sold;Price;Mileage;Remarks';

/** The sales book of the smaller dealer, in which `broken` has a day of birth that is none. */
export function salesBook(good: PlantedSale, broken: PlantedSale & { readonly born: string }): string {
  const line = ({ sale: { vehicle, customer, ...rest } }: PlantedSale, born: string) =>
    [
      rest.status,
      vehicle.vin,
      vehicle.engineNo,
      vehicle.plate,
      vehicle.make,
      vehicle.model,
      vehicle.colour,
      customer.fullName,
      born,
      customer.email,
      customer.phone,
      customer.address.postcode,
      customer.address.town,
      rest.soldOn.split('-').reverse().join('/'),
      rest.price,
      rest.mileage,
      `"${rest.notes}"`,
    ].join(';');
  return `${[COLUMNS, line(good, good.sale.customer.dateOfBirth), line(broken, broken.born)].join('\r\n')}\r\n`;
}

/** A marina joins, with one boat whose every value is planted. @returns its hull number */
export function joinMarina(p: Partnership, planting: Planting): string {
  const { word, code, day } = planting;
  layOutBoats(p.config, join(p.root, 'policies'), Date.now(), 1);
  const file = join(p.config, 'datasets.yaml');
  const { datasets: ours } = datasets.parse(parse(readFileSync(file, 'utf8')));
  const { datasets: theirs } = datasets.parse(parse(readFileSync(HOLDERS, 'utf8')));
  writeFileSync(file, stringify({ datasets: [...ours, ...theirs.filter(({ id }) => id === 'marina-sales')] }));
  const hull = code('marina: hull', 11, true);
  const db = new Database(join(p.config, 'marina-sales.db'));
  db.prepare('UPDATE boats SET hull_no = ?, make = ?, model = ?, postcode = ? WHERE id = 0').run(
    hull,
    word('marina: make', true),
    word('marina: model', true),
    `Z9 ${word('marina: postcode')}`,
  );
  db.prepare('UPDATE owners SET name = ?, born = ? WHERE boat = 0').run(
    word('marina: owner', true),
    day('marina: born', 1961).dotted,
  );
  db.prepare('UPDATE berths SET mooring = ?, remarks = ? WHERE boat = 0').run(
    word('marina: mooring', true),
    `Ring ${word('marina: remarks')}`,
  );
  db.close();
  return hull;
}

/** Makes a file unusable, what was in it still there. */
export function spoil(file: string, planting: Planting): void {
  appendFileSync(file, `sold;"${planting.word('unclosed cell of a file')};;;\r\n`);
}
