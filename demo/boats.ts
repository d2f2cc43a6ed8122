import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { movedDates } from './layout.ts';
import { writeBoats } from './parties/boat-dealer.ts';

/** How many boats the marina has on its books. */
export const BOAT_ROWS = 120;

const FROM = new URL('boats', import.meta.url).pathname;

/** What the example's registry says, and what it says with a third holder: a boat dealer joins the agreement. */
const JOINING: readonly (readonly [file: string, was: string, is: string])[] = [
  [
    'partners.yaml',
    '  - { id: motor-trade-federation,',
    '  - { id: slipstream-marine, name: Slipstream Marine }\n  - { id: motor-trade-federation,',
  ],
  [
    'agreements.yaml',
    'tidewater-cars, motor-trade-federation]',
    'tidewater-cars, slipstream-marine, motor-trade-federation]',
  ],
  [
    'agreements.yaml',
    'datasets: [dealer-sales, tidewater-sales]',
    'datasets: [dealer-sales, tidewater-sales, marina-sales]',
  ],
];

/**
 * Adds a boat dealer, its SQLite file and its rows of the rulebook page to a configuration that was laid out. The
 * dataset itself stands in `holders/datasets.yaml`; the example in config/ starts without any of this.
 * @throws Error where the example no longer says what is to be replaced.
 */
export function layOutBoats(configuration: string, policies: string, now: number, seed: number): void {
  for (const [file, was, is] of JOINING) {
    const path = join(configuration, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(was).length !== 2) throw new Error(`${file}: expected "${was}" once`);
    writeFileSync(
      path,
      text.replace(was, () => is),
    );
  }
  for (const file of ['vehicle-tracing.csv', 'vehicle-tracing.expected.csv']) {
    appendFileSync(join(policies, file), movedDates(readFileSync(join(FROM, file), 'utf8'), now));
  }
  writeBoats(join(configuration, 'marina-sales.db'), seed, BOAT_ROWS);
}
