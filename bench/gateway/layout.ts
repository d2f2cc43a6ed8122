import { join } from 'node:path';
import { layOut } from '../../demo/layout.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HERE = import.meta.dirname;
const RULES_OF_ALL = /^(model\.conf|roles\.csv|everywhere\.csv)$/;

/**
 * The example configuration and rulebook with one dataset and the page of the bench, dates moved to today.
 * @param addresses exact texts of the example and what stands for them in this run.
 * @returns directories of the configuration and of the rulebook.
 */
export function layOutBench(state: string, addresses: ReadonlyMap<string, string>) {
  const configuration = join(state, 'config');
  const policies = join(state, 'policies');
  const now = Date.now();
  const replacements = new Map([
    ...addresses,
    ['datasets: [dealer-sales, tidewater-sales]', 'datasets: [dealer-sales]'],
  ]);
  layOut(join(ROOT, 'config'), configuration, now, replacements, /\.yaml$/);
  layOut(join(HERE, 'holders'), configuration, now, replacements);
  layOut(join(ROOT, 'policies'), policies, now, new Map(), RULES_OF_ALL);
  layOut(join(HERE, 'rules'), policies, now);
  return { configuration, policies };
}
