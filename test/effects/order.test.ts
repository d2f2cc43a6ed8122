import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dealerRecords, seeded } from '../../demo/parties/records.ts';
import {
  accessOf,
  DEALER_ROWS,
  type Partnership,
  startGatewayProcess,
  startPartnership,
} from '../../demo/partnership.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { startLoad } from './load.ts';
import { callsIn, reckon } from './reckoning.ts';

const KILLS = 32;
const SEED = Number(process.env['EFFECTS_SEED'] ?? Date.now() % 1_000_000);
/** Trials ask more than any officer may in a day. */
const UNBOUNDED = new Map([['per-day<=50', 'per-day<=900000']]);
const NOTHING_AMISS = { unlogged: 0, undeclaredCalls: 0, openIntents: 0, doubled: 0 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'effects-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Hits, misses, records and refusals, over HTTP and from the file. */
function bodies(seed: number) {
  const sold = dealerRecords(seed, DEALER_ROWS);
  return (n: number) => ({
    project: 'op-gearbox',
    purpose: 'SuspectedCrimeInvestigation',
    case: n % 7 === 6 ? 'XX' : 'KP-2026-AB',
    justification: `question ${n}`,
    ask: {
      datasets: n % 2 === 0 ? ['dealer-sales'] : ['dealer-sales', 'tidewater-sales'],
      by: { vin: sold[n % DEALER_ROWS]?.vehicle.vin ?? '' },
      output: n % 3 === 0 ? 'hit' : 'records',
    },
  });
}

function entriesOf(ledger: string) {
  const reader = openReader(ledger);
  try {
    return reader.list(0, 1_000_000);
  } finally {
    reader.close();
  }
}

async function verified(ledger: string, key: string) {
  const verifier = parseVerifierKey(key);
  if (verifier === undefined) throw new Error('not a verifier key');
  const reader = openReader(ledger);
  try {
    return await verifyLedger(reader.source(), verifier);
  } finally {
    reader.close();
  }
}

/** Between none and about as many milliseconds as an exchange takes, so that kills fall into each of its stages. */
function pause(random: () => number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, random() * 25));
}

describe(`the order of effects, seen from outside (EFFECTS_SEED=${SEED})`, () => {
  test('killed at random moments: no call without an intent, no answer without an outcome', {
    timeout: 240_000,
  }, async () => {
    const random = seeded(SEED);
    const partnership = await startPartnership(join(folder, 'killed'), 1, UNBOUNDED);
    const { url, key } = partnership.gateway;
    const access = accessOf(partnership, 'mara.lindqvist');
    const load = startLoad({ url, access, key, atOnce: 6, body: bodies(1) });
    let gateway = partnership.gateway;
    for (let kill = 0; kill < KILLS; kill++) {
      await load.arrived(1 + Math.floor(random() * 30));
      await pause(random);
      await gateway.child.kill();
      gateway = await partnership.restartGateway();
    }
    await load.arrived(20);
    await load.stop();
    await partnership.stop();

    const calls = callsIn(partnership.callLog);
    const entries = entriesOf(partnership.ledger);
    expect(reckon({ answers: load.answers, calls }, entries)).toEqual(NOTHING_AMISS);
    expect(load.brokenReceipts).toEqual([]);
    expect(await verified(partnership.ledger, key)).toMatchObject({ verified: true, open: 0 });
    // The trial means something only if questions were under way when the gateway died, and many were answered.
    expect(load.statuses.get(0) ?? 0).toBeGreaterThan(KILLS / 2);
    expect(load.answers.length).toBeGreaterThan(KILLS * 5);
  });

  test('the ledger made unwritable: nothing moves, and it recovers without a restart', {
    timeout: 120_000,
  }, async () => {
    const partnership: Partnership = await startPartnership(join(folder, 'away'), 2, UNBOUNDED);
    const { url, key, ops } = partnership.gateway;
    const access = accessOf(partnership, 'mara.lindqvist');
    const load = startLoad({ url, access, key, atOnce: 6, body: bodies(2) });
    await load.arrived(30);
    const file = join(partnership.ledger, 'ledger.db');
    renameSync(file, `${file}.away`);
    await load.arrived(40);
    const unready = await fetch(`${ops}/readyz`);
    expect(unready.status).toBe(503);
    const whileAway = { calls: callsIn(partnership.callLog).length, answers: load.answers.length };
    await load.arrived(20);
    expect({ calls: callsIn(partnership.callLog).length, answers: load.answers.length }).toEqual(whileAway);

    renameSync(`${file}.away`, file);
    await readyAgain(ops);
    await load.arrived(40);
    await load.stop();
    expect(partnership.gateway.child.running()).toBe(true);
    await partnership.stop();

    const entries = entriesOf(partnership.ledger);
    expect(reckon({ answers: load.answers, calls: callsIn(partnership.callLog) }, entries)).toEqual(NOTHING_AMISS);
    expect(entries.filter((e) => e.kind === 'outage')).toHaveLength(1);
    expect(load.answers.length).toBeGreaterThan(whileAway.answers);
    expect(load.statuses.get(503) ?? 0).toBeGreaterThan(0);
    expect([...load.statuses.keys()].toSorted()).toEqual([200, 403, 503]);
    expect(load.brokenReceipts).toEqual([]);
    expect(await verified(partnership.ledger, key)).toMatchObject({ verified: true, open: 0 });
  });

  test('an exchange with its order broken is found out', { timeout: 120_000 }, async () => {
    const partnership = await startPartnership(join(folder, 'broken'), 3, UNBOUNDED);
    await partnership.gateway.child.stop();
    const program = new URL('./broken-gateway.ts', import.meta.url).pathname;
    const answers: string[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const gateway = await startGatewayProcess(partnership.configuration, partnership.ledger, program);
      const load = startLoad({
        url: gateway.url,
        access: { token: '', dpopJwk: null },
        key: gateway.key,
        atOnce: 6,
        body: bodies(3),
      });
      await load.arrived(30);
      await gateway.child.kill();
      await load.stop();
      answers.push(...load.answers);
    }
    // The real gateway comes up once more and closes what was left open, as it would after any crash.
    await partnership.restartGateway();
    await partnership.stop();
    const found = reckon({ answers, calls: callsIn(partnership.callLog) }, entriesOf(partnership.ledger));
    expect(found.unlogged).toBeGreaterThan(0);
    expect(found.undeclaredCalls).toBeGreaterThan(0);
  });
});

async function readyAgain(ops: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if ((await fetch(`${ops}/readyz`)).status === 200) return;
  }
  throw new Error('the gateway did not recover');
}
