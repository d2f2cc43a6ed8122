import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { boatRecords } from '../../demo/parties/boat-records.ts';
import { exportText } from '../../demo/parties/dealer-export.ts';
import { startDealerService } from '../../demo/parties/dealer-service.ts';
import { checkDigit, type DealerRecord, dealerRecords } from '../../demo/parties/records.ts';
import { signIn } from '../../demo/parties/sign-in.ts';
import { connectHolders } from '../../src/adapters/holders/connect.ts';
import { openSqliteHolder } from '../../src/adapters/sqlite/holder.ts';
import { canonicalIdentifier, type Scheme } from '../../src/domain/identifier.ts';
import { dataset as datasetSchema } from '../../src/registry/dataset-schema.ts';
import { asked, dataset, permit } from '../adapters/holders/builders.ts';
import { identifier, sent } from '../adapters/identity/builders.ts';

const AUDIENCE = 'https://gateway.example';
const CLIENT = { clientId: 'five-safes', redirectUri: 'http://127.0.0.1:8976/callback', resource: AUDIENCE };

let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parties-'));
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Starts a party's own process, as the demo does, and reads its one line. */
async function run(file: string, options: object) {
  const program = join(import.meta.dirname, '../../demo/parties', file);
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  const ended = once(child, 'exit').then(([code]: unknown[]) => code);
  await Promise.race([once(output, 'line'), ended]);
  const ready: { ready?: boolean; url?: string } = JSON.parse(lines[0] ?? '{}');
  return { child, ready, url: ready.url ?? '', ended, lines };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

describe('made-up records', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(dealerRecords(7, 50)).toEqual(dealerRecords(7, 50));
    expect(dealerRecords(7, 50)).toEqual(dealerRecords(7, 80).slice(0, 50));
    expect(dealerRecords(8, 50)).not.toEqual(dealerRecords(7, 50));
  });

  test('have identifiers of the right form, each vehicle its own, and true check digits', () => {
    const records = dealerRecords(7, 500);
    const canonical = (scheme: Scheme, of: (r: DealerRecord) => string) =>
      records.map((r) => canonicalIdentifier(scheme, of(r)));
    for (const identifiers of [
      canonical('vin', (r) => r.vehicle.vin),
      canonical('engine-number', (r) => r.vehicle.engineNo),
    ]) {
      expect(identifiers.every((i) => i?.full)).toBe(true);
      expect(new Set(identifiers.map((i) => i?.value)).size).toBe(500);
    }
    expect(canonical('registration', (r) => r.vehicle.registration).every((i) => i?.full)).toBe(true);
    for (const { vehicle } of records) expect(vehicle.vin).toMatch(/^0/);
    for (const { vehicle } of records) expect(checkDigit(vehicle.vin)).toBe(vehicle.vin.charAt(8));
  });

  test('the check digit is the one of published examples', () => {
    for (const vin of ['1M8GDM9AXKP042788', '11111111111111111', '5GZCZ43D13S812715']) {
      expect(checkDigit(vin)).toBe(vin.charAt(8));
    }
    expect(checkDigit('1M8GDM9AXKP042789')).not.toBe('X');
  });
});

describe('the identity provider', () => {
  const people = [
    { subject: 'i.ashdown', name: 'Imogen Testwood', mfa: true },
    { subject: 'b.cole', name: 'Bram <Mockridge>', mfa: false, signedInMinutesAgo: 600 },
  ];

  test('runs on its own; tokens got by signing in are recognised, and outlive a restart', async () => {
    const options = { audience: AUDIENCE, people, keyFile: join(folder, 'provider-key.json') };
    const provider = await run('provider.ts', options);
    expect(provider.ready).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    const identify = identifier(provider.url);
    const now = Date.now();

    const investigator = sent(`Bearer ${await signIn(provider.url, 'i.ashdown', CLIENT)}`);
    expect(await identify(investigator, now)).toMatchObject({ subject: 'i.ashdown', amr: ['pwd', 'otp', 'mfa'] });
    const analyst = await identify(sent(`Bearer ${await signIn(provider.url, 'b.cole', CLIENT)}`), now);
    expect(analyst).toMatchObject({ subject: 'b.cole', amr: ['pwd'] });
    expect(Math.abs(now - 36_000_000 - (analyst.authTime ?? 0))).toBeLessThan(60_000);
    await expect(signIn(provider.url, 'nobody', CLIENT)).rejects.toThrow('403');
    await expect(signIn(provider.url, 'i.ashdown', { ...CLIENT, resource: 'https://x.example' })).rejects.toThrow();

    provider.child.kill('SIGTERM');
    expect(await provider.ended).toBe(0);
    const again = await run('provider.ts', { ...options, port: Number(new URL(provider.url).port) });
    expect(again.url).toBe(provider.url);
    const anew = identifier(again.url);
    expect(await anew(investigator, Date.now())).toMatchObject({ subject: 'i.ashdown' });
    again.child.stdin?.end();
    expect(await again.ended).toBe(0);
    expect(provider.lines).toHaveLength(1);
  });
});

describe('the service of a dealer group', () => {
  test('runs on its own, answers through the connector and writes down each call', async () => {
    const callLog = join(folder, 'service-calls.jsonl');
    const service = await run('dealer-service.ts', { seed: 11, rows: 100, callLog, token: 'secret' });
    const holders = await connectHolders(
      [
        dataset({
          connector: {
            kind: 'http',
            baseUrl: service.url,
            lookups: {
              vin: '/sales?vin={value}',
              'engine-number': '/sales?engine={value}',
              registration: '/sales/by-registration/{value}',
            },
            records: 'items',
            tokenEnv: 'DEALER_TOKEN',
          },
          identifiers: {
            vin: 'vehicle.vin',
            'engine-number': 'vehicle.engineNo',
            registration: 'vehicle.registration',
          },
          fields: {
            'buyer.name': { from: 'buyer.name', type: 'text' },
            'sale.date': { from: 'sale.date', type: 'date' },
            'owners[].name': { from: 'owners[].name', type: 'text' },
          },
        }),
      ],
      { DEALER_TOKEN: 'secret' },
    );
    const { vehicle, buyer, sale, owners } = at(dealerRecords(11, 100), 42);
    const expected = {
      buyer: { name: buyer.name },
      sale: { date: sale.date },
      owners: owners.map(({ name }) => ({ name })),
    };
    const questions = [
      permit('vin', vehicle.vin),
      permit('engine-number', vehicle.engineNo),
      permit('registration', vehicle.registration),
    ];
    for (const question of questions)
      expect((await holders.fetch(question, asked(question))).records).toContainEqual(expected);
    const unknown = permit('vin', '1M8GDM9AXKP042788');
    expect((await holders.fetch(unknown, asked(unknown))).records).toEqual([]);
    await holders.close();

    const calls: unknown[] = (await readFile(callLog, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(calls).toHaveLength(4);
    const exchange = questions[0]?.exchange;
    const url = `/sales?vin=${vehicle.vin}`;
    expect(calls[0]).toEqual({ time: expect.any(String), method: 'GET', url, exchange, receipt: 1 });
    service.child.stdin?.end();
    expect(await service.ended).toBe(0);
  });

  test('turns away other ways of asking, and logs them too', async () => {
    const callLog = join(folder, 'other-calls.jsonl');
    const service = await startDealerService({ seed: 11, rows: 3, callLog, token: 'secret' });
    const status = async (path: string, init: RequestInit = { headers: { authorization: 'Bearer secret' } }) =>
      (await fetch(service.url + path, init)).status;
    expect(await status('/sales?vin=x', {})).toBe(401);
    expect(await status('/sales')).toBe(404);
    expect(await status('/sales/by-registration/%zz')).toBe(404);
    expect(await status('/sales?vin=x', { method: 'DELETE', headers: { authorization: 'Bearer secret' } })).toBe(405);
    const forged = { authorization: 'Bearer secret', 'five-safes-receipt': 'bm90IGEgcmVjZWlwdA' };
    expect(await status('/sales?vin=x', { headers: forged })).toBe(200);
    await service.stop();
    const lines = (await readFile(callLog, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).receipt)).toEqual([null, null, null, null, null]);
  });
});

describe('the export of a smaller dealer', () => {
  test('is written by its own process, untidy as such files are, and can be read', async () => {
    const file = join(folder, 'export.csv');
    const dealer = await run('dealer-export.ts', { seed: 5, rows: 200, file });
    expect(dealer.ready).toEqual({ ready: true, file });
    expect(await dealer.ended).toBe(0);
    const text = await readFile(file, 'utf8');
    expect(text).toBe(exportText(5, 200));
    expect(text).toMatch(/^\uFEFFVIN;[^\n]*\r\n {2}0[a-z0-9]{16};/);

    const holders = await connectHolders([
      dataset({
        connector: { kind: 'csv', file, delimiter: ';' },
        identifiers: { vin: 'VIN', 'engine-number': 'Engine No.', registration: 'Reg. No.' },
        fields: {
          'buyer.name': { from: 'Buyer', type: 'text' },
          'buyer.born': { from: 'Born', type: 'date', order: 'dmy' },
          price: { from: 'Price (GBP)', type: 'number' },
          notes: { from: 'Notes', type: 'text' },
        },
      }),
    ]);
    expect(holders.loads.get('sales')).toMatchObject({
      rows: 209,
      schemes: {
        vin: { indexed: 205, distinct: 200, blank: 4, malformed: 0 },
        'engine-number': { indexed: 209, distinct: 200, blank: 0, malformed: 0 },
      },
    });
    for (const [i, { vehicle, buyer, sale, notes }] of dealerRecords(5, 200).entries()) {
      const record = { buyer: { name: buyer.name, born: buyer.born }, price: sale.price, notes };
      const question = permit('vin', vehicle.vin);
      const found = (await holders.fetch(question, asked(question))).records;
      expect(found).toEqual((i + 1) % 40 === 0 ? [record, record] : [record]);
    }
  });
});

describe('the books of a boat dealer', () => {
  test('are a SQLite file of its own making, each boat found by its hull number', async () => {
    const file = join(folder, 'boats.db');
    const dealer = await run('boat-dealer.ts', { seed: 9, rows: 300, file });
    expect(dealer.ready).toEqual({ ready: true, file });
    expect(await dealer.ended).toBe(0);
    const { datasets } = parse(await readFile('demo/holders/datasets.yaml', 'utf8'));
    const [marina] = z
      .object({ datasets: z.array(datasetSchema) })
      .parse({ datasets: datasets.filter((d: { id: string }) => d.id === 'marina-sales') }).datasets;
    if (marina?.connector.kind !== 'sqlite') throw new Error('the demonstration has no marina');
    const holders = await connectHolders(
      [{ ...marina, connector: { ...marina.connector, file } }],
      {},
      { openSqlite: openSqliteHolder },
    );
    const boats = boatRecords(9, 300);
    expect(new Set(boats.map(({ hull }) => hull)).size).toBe(300);
    for (const { hull, make, model, year, owner, born, postcode, mooring, notes } of boats) {
      const question = permit('hull-number', hull, { dataset: 'marina-sales', holder: 'slipstream-marine' });
      expect(question.by).toMatchObject({ full: true, value: expect.stringMatching(/^ZZ[A-Z]\d{5}[A-L]\d{3}$/) });
      expect((await holders.fetch(question, asked(question))).records).toEqual([
        { boat: { hull, make, model, year }, owner: { name: owner, born, postcode }, mooring, notes },
      ]);
    }
    await holders.close();
  });
});
