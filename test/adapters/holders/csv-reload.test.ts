import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectHolders, type Holders } from '../../../src/adapters/holders/connect.ts';
import type { ReloadEvent } from '../../../src/adapters/holders/csv-watch.ts';
import { ask, dataset, permit, VIN } from './builders.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holders-'));
});
afterAll(() => rm(folder, { recursive: true }));

const BY_VIN = permit('vin', VIN);

/** Every row of a file says which file it is. */
function generation(make: string, rows = 3): string {
  return `vin,make\n${`${VIN},${make}\n`.repeat(rows)}`;
}

async function watched(content: string, lookEveryMs = 15) {
  const file = join(folder, `${++count}.csv`);
  await writeFile(file, content);
  const events: ReloadEvent[] = [];
  const of = dataset({
    connector: { kind: 'csv', file, delimiter: ',' },
    fields: { make: { from: 'make', type: 'text' } },
  });
  const holders = await connectHolders([of], {}, { lookEveryMs, onReload: (event) => events.push(event) });
  return { file, events, holders };
}

const makes = async (holders: Holders) => {
  const records = await ask(holders, BY_VIN);
  return typeof records === 'string' ? records : records.map((record) => record['make']);
};
const soon = { timeout: 5_000, interval: 5 };

describe('a CSV file that changes', () => {
  test('is loaded anew, and the numbers with it', async () => {
    const { file, events, holders } = await watched(generation('old'));
    expect(holders.loads.get('sales')?.rows).toBe(3);
    await writeFile(file, generation('new', 4));
    await expect.poll(() => makes(holders), soon).toEqual(Array(4).fill('new'));
    expect(events).toEqual([{ dataset: 'sales', outcome: 'loaded', load: holders.loads.get('sales') }]);
    expect(holders.loads.get('sales')?.rows).toBe(4);
    await holders.close();
  });

  test.each([
    ['lacks a column', 'vin\nx\n', 'no column "make"'],
    ['is not CSV', `vin,make\n${VIN},"Testwood\n`, 'not well-formed CSV'],
    ['is empty', '', 'is empty'],
  ])('and %s leaves the old one in use, and says so once', async (_, broken, said) => {
    const { file, events, holders } = await watched(generation('old'));
    await writeFile(file, broken);
    await expect.poll(() => events.length, soon).toBe(1);
    expect(events[0]).toMatchObject({ outcome: 'kept', problems: [expect.stringContaining(said)] });
    expect(JSON.stringify(events)).not.toContain('Testwood');
    expect(await makes(holders)).toEqual(['old', 'old', 'old']);
    await writeFile(file, generation('mended'));
    await expect.poll(() => makes(holders), soon).toEqual(['mended', 'mended', 'mended']);
    expect(events.map((e) => e.outcome)).toEqual(['kept', 'loaded']);
    await holders.close();
  });

  test('that goes away and comes back', async () => {
    const { file, events, holders } = await watched(generation('old'));
    await rm(file);
    await expect.poll(() => events.length, soon).toBe(1);
    expect(await makes(holders)).toEqual(['old', 'old', 'old']);
    await writeFile(file, generation('back'));
    await expect.poll(() => makes(holders), soon).toEqual(['back', 'back', 'back']);
    await holders.close();
  });

  test('is left alone while somebody is still writing it', async () => {
    const { file, events, holders } = await watched(generation('old'), 60);
    const writer = await open(file, 'w');
    for (let i = 0; i < 16; i++) {
      // Whole lines: each state in between would pass for a file.
      await writer.write(i === 0 ? 'vin,make\n' : `${VIN},new\n`);
      await new Promise((resolve) => setTimeout(resolve, 25));
      expect(await makes(holders)).toEqual(['old', 'old', 'old']);
    }
    await writer.close();
    await expect.poll(() => makes(holders), soon).toEqual(Array(15).fill('new'));
    expect(events).toMatchObject([{ outcome: 'loaded', load: { rows: 15 } }]);
    await holders.close();
  });

  test('is never seen half: a look-up sees one file, whenever it is put', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 4 }), async (pauses) => {
        const { file, holders } = await watched(generation('g0', 50));
        let writing = true;
        const seen = new Set<string>();
        const asking = (async () => {
          while (writing) {
            const found = await makes(holders);
            seen.add(`${new Set(found).size} of ${found.length}`);
            await new Promise((resolve) => setImmediate(resolve));
          }
        })();
        for (const [i, pause] of pauses.entries()) {
          await writeFile(`${file}.new`, generation(`g${i + 1}`, 50));
          await rename(`${file}.new`, file);
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
        await expect.poll(() => makes(holders), soon).toEqual(Array(50).fill(`g${pauses.length}`));
        writing = false;
        await asking;
        await holders.close();
        expect([...seen]).toEqual(['1 of 50']);
      }),
      { numRuns: 8 },
    );
  });
});
