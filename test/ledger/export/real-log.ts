import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectHolders } from '../../../src/adapters/holders/connect.ts';
import { createKeys, keysIn } from '../../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../../src/adapters/sqlite/ledger.ts';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import type { Enquiry } from '../../../src/domain/enquiry.ts';
import { Fault } from '../../../src/domain/faults.ts';
import { exchangeId } from '../../../src/domain/ids.ts';
import { createExchange } from '../../../src/exchange.ts';
import type { Exported } from '../../../src/ledger/export/exported.ts';
import { createLive } from '../../../src/registry/live.ts';
import { requireRuleset } from '../../../src/ruleset.ts';
import { createTreat } from '../../../src/treat/treat.ts';
import { exportedExchanges } from '../../../src/wiring/exported.ts';
import { enquiry, exampleConfig, examplePolicies, mara, NOW, rulesetContext } from '../../builders.ts';

export const LOG = 'test.example/log';
/** Free text that a spreadsheet would compute, with a quote, a comma and a line end. */
export const NASTY = '=HYPERLINK("http://evil.example","see"),\nplease';

/** Real exchanges of the example partnership in a real ledger; the holder's file is the example's. */
export async function realLog() {
  const root = mkdtempSync(join(tmpdir(), 'five-safes-export-'));
  const state = join(root, 'state');
  mkdirSync(state);
  const keys = createKeys(keysIn(state), LOG);
  const config = exampleConfig();
  const live = createLive();
  for (const person of config.registry.people) {
    live.accept({ person: person.id, undertaking: 'confidentiality', version: 1, accepted: NOW - 1_000 });
  }
  const { ruleset, rulebook } = await requireRuleset(examplePolicies(), { ...rulesetContext(config), live });
  const holders = await connectHolders(
    config.registry.datasets.filter(({ id }) => id === 'tidewater-sales'),
    {},
  );
  const ledger = await openLedger({ directory: state, ...keys, node: 'test' });
  const conduct = createExchange({
    clock: { now: () => NOW, until: () => Promise.resolve() },
    ledger,
    ruleset: () => ruleset,
    fetch: (permit, asked) => {
      if (permit.by.value.endsWith('9')) throw new Fault('holder/timeout');
      return holders.fetch(permit, asked);
    },
    treat: createTreat({ pseudonymKey: () => Buffer.alloc(32, 7) }),
    defect: () => undefined,
  });
  const ask = (changes: Partial<Enquiry> = {}) =>
    conduct({
      exchange: exchangeId(Date.now(), randomBytes(10)),
      caller: mara(),
      asker: 'asker',
      channel: { address: '127.0.0.1' },
      enquiry: enquiry(changes),
    });
  return {
    root,
    state,
    keys,
    config,
    rulebook,
    ledger,
    ask,
    /** All exchanges, opened. */
    exported: (): readonly Exported[] => {
      const reader = openReader(state);
      try {
        return [...exportedExchanges(reader, keys.kek, 10_000, {})].map((step) => {
          if ('problem' in step) throw new Error(step.problem);
          return step.exchange;
        });
      } finally {
        reader.close();
      }
    },
    close: async () => {
      await ledger.close();
      await holders.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
export type RealLog = Awaited<ReturnType<typeof realLog>>;
