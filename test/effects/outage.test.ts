import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessOf, type Partnership, startPartnership } from '../../demo/partnership.ts';
import { questions } from '../../scripts/chaos/questions.ts';
import { callsIn, reckon } from '../../scripts/chaos/reckoning.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { startLoad } from './load.ts';

/** Trials ask more than any officer may in a day. */
const UNBOUNDED = new Map([['per-day<=50', 'per-day<=900000']]);
const NOTHING_AMISS = { unlogged: 0, undeclaredCalls: 0, openIntents: 0, doubled: 0 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'effects-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

describe('an outage, seen from outside', () => {
  test('the ledger made unwritable: nothing moves, and it recovers without a restart', {
    timeout: 120_000,
  }, async () => {
    const partnership: Partnership = await startPartnership(join(folder, 'away'), 2, UNBOUNDED);
    const { url, key, ops } = partnership.gateway;
    const access = accessOf(partnership, 'mara.lindqvist');
    const load = startLoad({ url, access, key, atOnce: 6, body: questions(2) });
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
});

async function readyAgain(ops: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if ((await fetch(`${ops}/readyz`)).status === 200) return;
  }
  throw new Error('the gateway did not recover');
}
