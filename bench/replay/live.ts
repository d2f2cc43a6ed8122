import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connectHolders } from '../../src/adapters/holders/connect.ts';
import { readPolicies } from '../../src/adapters/policies.ts';
import { createKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { loadConfig } from '../../src/config.ts';
import { canonicalIdentifier } from '../../src/domain/identifier.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { createExchange } from '../../src/exchange.ts';
import { createLive } from '../../src/registry/live.ts';
import { buildRulebook } from '../../src/rulebook/rulebook.ts';
import type { Draft } from '../../src/ruleset/replay/draft.ts';
import { requireRuleset, vocabularyOf } from '../../src/ruleset.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { createTreat } from '../../src/treat/treat.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const NOW = Date.parse('2026-11-23T10:00:00Z');
const AT_ONCE = 256;
const NONE = `sha256:${'0'.repeat(64)}` as const;

export interface Living {
  readonly perSecond: number;
  readonly kek: Uint8Array;
  /** The rules that decided, without one field. */
  readonly draft: Draft;
}

/** Conducts exchanges on a new ledger. @param directory empty. @throws Error where one is not answered. */
export async function layLog(directory: string, exchanges: number): Promise<Living> {
  const config = loadConfig(join(ROOT, 'config'), {});
  const { registry, networks, networksOf } = config;
  // Their budgets would stop the one investigator who asks; they are counted all the same.
  const sources = new Map(
    [...readPolicies(join(ROOT, 'policies'))].map(([name, text]) => [
      name,
      text.replaceAll('per-day<=50', 'per-day<=99999'),
    ]),
  );
  const surroundings = {
    registry,
    live: createLive(),
    networks,
    networksOf,
    configuration: config.digest,
    build: NONE,
  };
  const { ruleset, rulebook } = await requireRuleset(sources, surroundings);
  const { origin, signingKey, kek } = createKeys(join(directory, 'keys'), 'gateway.example/bench');
  const ledger = await openLedger({ directory, origin, signingKey, kek, node: 'bench' });
  const holders = await connectHolders(registry.datasets.filter((d) => d.connector.kind === 'csv'));
  try {
    const conduct = createExchange({
      clock: { now: () => NOW, until: async () => undefined },
      ledger,
      ruleset: () => ruleset,
      fetch: holders.fetch,
      treat: createTreat({ pseudonymKey: () => new Uint8Array(32) }),
      defect: (error) => {
        throw error;
      },
    });
    const by = canonicalIdentifier('vin', 'WVWZZZ1KZ8W386001');
    if (by === undefined) throw new Error('not a VIN');
    const asked = {
      caller: {
        issuer: 'http://127.0.0.1:9101',
        subject: 'mara.lindqvist',
        amr: ['pwd', 'mfa'],
        authTime: NOW,
        bound: true,
      },
      asker: 'a'.repeat(43),
      channel: { address: '127.0.0.1' },
      enquiry: {
        project: 'op-gearbox',
        purpose: 'SuspectedCrimeInvestigation',
        case: 'KP-2026-AB',
        justification: 'engine found without a car',
        datasets: ['tidewater-sales'],
        by,
        output: 'records',
      },
    } as const;
    let next = 0;
    const work = async () => {
      while (next++ < exchanges) {
        const { outcome } = await conduct({ ...asked, exchange: exchangeId(NOW, randomBytes(10)) });
        if (outcome !== 'released') throw new Error(`not answered: ${outcome}`);
      }
    };
    const begun = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const seconds = (performance.now() - begun) / 1_000;
    const page = sources.get('vehicle-tracing.csv') ?? '';
    sources.set('vehicle-tracing.csv', page.replace(/\ndata, {5}D25.*/, ''));
    const built = await buildRulebook(sources, vocabularyOf(registry, networks), evaluateCondition);
    if ('flaws' in built) throw new Error(JSON.stringify(built.flaws));
    const draft = { rulebook: built.rulebook, registry, configuration: config.digest, build: NONE };
    return { perSecond: exchanges / seconds, kek, draft: { ...draft, rolesOf: () => rulebook.roles } };
  } finally {
    await holders.close();
    await ledger.close();
  }
}
