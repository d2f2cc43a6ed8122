import { connectHolders } from '../../src/adapters/holders/connect.ts';
import { readPolicies } from '../../src/adapters/policies.ts';
import { loadConfig } from '../../src/config.ts';
import { canonicalIdentifier } from '../../src/domain/identifier.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { createExchange } from '../../src/exchange.ts';
import type { EntryDraft } from '../../src/ledger/entry.ts';
import { createLive } from '../../src/registry/live.ts';
import { requireRuleset } from '../../src/ruleset.ts';
import { createTreat } from '../../src/treat/treat.ts';

/** The two entries to be of one exchange, as the exchange hands them to the log. */
export interface DraftPair {
  readonly asked: EntryDraft;
  readonly outcome: EntryDraft;
}

const NOT_WRITTEN = { index: 0, entry: '', checkpoint: '', proof: [], salt: '', spent: [] };
const NONE = `sha256:${'0'.repeat(64)}` as const;

/**
 * Puts a question for each VIN through a real exchange and keeps what it would have written.
 * @param issuer whose token the investigator of the example would bring. @throws Error where one is not asked and answered.
 */
export async function draftsOf(
  vins: readonly string[],
  configuration: string,
  issuer: string,
): Promise<readonly DraftPair[]> {
  const config = loadConfig(configuration, {});
  const { registry, networks, networksOf } = config;
  const { ruleset } = await requireRuleset(readPolicies(config.policies), {
    registry,
    live: createLive(),
    networks,
    networksOf,
    configuration: config.digest,
    build: NONE,
  });
  const holders = await connectHolders(registry.datasets, {});
  const drafts: EntryDraft[] = [];
  const now = Date.now();
  const conduct = createExchange({
    clock: { now: () => now, until: async () => undefined },
    ledger: { append: async (draft) => ({ ...NOT_WRITTEN, index: drafts.push(draft) - 1 }) },
    ruleset: () => ruleset,
    fetch: holders.fetch,
    treat: createTreat({ pseudonymKey: () => new Uint8Array(32) }),
    defect: (error) => {
      throw error;
    },
  });
  const caller = { issuer, subject: 'mara.lindqvist', amr: ['pwd', 'mfa'], authTime: now, bound: false };
  const pairs: DraftPair[] = [];
  try {
    for (const vin of vins) {
      const by = canonicalIdentifier('vin', vin);
      if (by === undefined) throw new Error(`not a VIN: ${vin}`);
      const enquiry = {
        project: 'op-gearbox',
        purpose: 'SuspectedCrimeInvestigation',
        case: 'KP-2026-AB',
        justification: 'engine found without a car',
        datasets: ['dealer-sales'],
        by,
        output: 'records',
      } as const;
      const exchange = exchangeId(now, new Uint8Array(10));
      await conduct({ exchange, caller, asker: 'a'.repeat(43), channel: { address: '127.0.0.1' }, enquiry });
      const [asked, outcome, ...more] = drafts.splice(0);
      if (asked?.kind !== 'asked' || outcome?.standing?.outcome !== 'released' || more.length > 0)
        throw new Error(`not answered: ${JSON.stringify(outcome?.accountability)}`);
      pairs.push({ asked, outcome });
    }
    return pairs;
  } finally {
    await holders.close();
  }
}
