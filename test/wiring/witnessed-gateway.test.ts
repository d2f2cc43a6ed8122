import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Fault } from '../../src/domain/faults.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { witnessedGateway } from '../../src/wiring/witnessed-gateway.ts';
import { witness } from '../witness/logs.ts';

test('a stop while the clock is not trusted leaves untold who was turned away, and is a stop all the same', async () => {
  const state = mkdtempSync(join(tmpdir(), 'five-safes-witnessed-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const witnesses = [{ name: 'away', url: 'http://127.0.0.1:9', key: witness().key }];
  let trusted = true;
  const now = () => {
    if (!trusted) throw new Fault('clock/untrusted');
    return Date.now();
  };
  const kinds: string[] = [];
  const gateway = witnessedGateway({
    config: { state, ledger: { origin: 'gateway.example/five-safes', witnesses, quorum: 1, stopAfterMs: 1_000 } },
    ledger: {
      status: () => ({ state: 'down', since: 0, reason: 'ledger/failed: no log here' }),
      append: async ({ kind }) => {
        kinds.push(kind);
        throw new Fault('ledger/unavailable');
      },
    },
    now,
    newId: () => exchangeId(now(), new Uint8Array(10)),
    log: () => undefined,
  });
  expect(() => gateway.demand()).toThrow(expect.objectContaining({ code: 'ledger/unwitnessed' }));
  trusted = false;
  await expect(gateway.stop()).resolves.toBeUndefined();
  expect(kinds).toEqual([]);
});
