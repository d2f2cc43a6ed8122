import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { schemaProblems } from '../ledger/export/ocsf-schema.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

/** What an asker says, and what a log of security events must not know of it. */
const WORDS = 'because of zqmarigold';
const PERSONAL = [
  'zqmarigold',
  'mara',
  'lindqvist',
  'kestrel',
  'op-gearbox',
  'KP-2026-AB',
  'SuspectedCrime',
  '127.0.0.1',
];

describe.each([false, true])('feed with details: %s', (details) => {
  let p: Partnership;
  let directory: string;
  const file = () => join(directory, 'events.jsonl');
  const events = (): readonly Record<string, never>[] =>
    readFileSync(file(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const metrics = async () => (await fetch(`${p.gateway.ops}/metrics`)).text();

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'five-safes-feed-'));
    // A feed that goes on from the beginning, so that the first entries are its too.
    writeFileSync(file(), '');
    p = await startPartnership({
      'gateway.yaml': [
        ['trustedProxies: []', `trustedProxies: []\nfeed: { to: 'file:${file()}', details: ${details} }`],
      ],
    });
    await vi.waitFor(async () => expect((await information()).feed.problem).toBeNull(), { timeout: 8_000 });
    expect((await p.ask('mara.lindqvist', question({ justification: WORDS }))).status).toBe(200);
    expect((await p.ask('mara.lindqvist', question({ justification: WORDS, purpose: 'CrimeDetection' }))).status).toBe(
      403,
    );
  });
  afterAll(async () => {
    await p.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function information() {
    const { information: told } = (await (await fetch(`${p.gateway.ops}/readyz`)).json()) as Told;
    return told;
  }

  test('each exchange is an event of the schema, and names nobody unless configured', async () => {
    const exchanges = () => events().filter((event) => JSON.stringify(event).includes('"event_code":"exchange"'));
    await vi.waitFor(() => expect(exchanges()).toHaveLength(2), { timeout: 8_000 });
    for (const event of events()) expect(schemaProblems(event)).toEqual([]);
    expect(exchanges().map((event) => event['status_code'])).toEqual(['released', 'refused']);
    const text = readFileSync(file(), 'utf8');
    for (const word of PERSONAL) expect([word, text.includes(word)]).toEqual([word, details]);
    const readings = p.entries().filter(({ kind }) => kind === 'reading');
    if (details) expect(readings[0]?.details).toMatchObject({ use: 'security', source: 'feed' });
    else expect(readings).toEqual([]);
  });

  test('metrics count exchanges and refusals by Safe, and name nobody', async () => {
    const text = await metrics();
    expect(text).toContain('five_safes_exchanges_total{outcome="released"} 1');
    expect(text).toContain('five_safes_exchanges_total{outcome="refused"} 1');
    expect(text).toMatch(/five_safes_refusals_total\{safe="projects"\} [12]\n/);
    expect(text).toContain('five_safes_ledger_up 1');
    expect(text).toContain('five_safes_open_exchanges 0');
    expect(text).toMatch(/five_safes_feed_lag_entries \d/);
    expect(text).toMatch(/five_safes_ledger_batch_entries_mean [1-9]/);
    for (const word of PERSONAL) expect(text).not.toContain(word);
  });

  // Once: it has nothing to do with the feed, and waits for the next look at the file.
  test.skipIf(details)('a broken new file shows in /readyz, and the gateway stays ready', async () => {
    const book = join(p.config, 'example/tidewater-sales.csv');
    const good = readFileSync(book);
    writeFileSync(book, 'no,such,columns\n1,2,3\n');
    await vi.waitFor(async () => expect((await information())['csv-kept']).toHaveProperty('tidewater-sales'), {
      timeout: 8_000,
    });
    expect((await fetch(`${p.gateway.ops}/readyz`)).status).toBe(200);
    expect(await metrics()).toContain('five_safes_csv_kept 1');
    writeFileSync(book, good);
    await vi.waitFor(async () => expect((await information())['csv-kept']).toEqual({}), { timeout: 8_000 });
  });
});

interface Told {
  readonly information: { readonly feed: { readonly problem: unknown }; readonly 'csv-kept': object };
}
