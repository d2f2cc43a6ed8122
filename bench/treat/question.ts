import { connectHolders } from '../../src/adapters/holders/connect.ts';
import { readPolicies } from '../../src/adapters/policies.ts';
import { loadConfig } from '../../src/config.ts';
import type { Raw } from '../../src/domain/answer.ts';
import { canonicalIdentifier } from '../../src/domain/identifier.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import type { Permit } from '../../src/domain/permit.ts';
import { createLive } from '../../src/registry/live.ts';
import { requireRuleset } from '../../src/ruleset.ts';

/** One question that was permitted, and what the holder answered. */
export interface Answered {
  readonly permit: Permit;
  readonly raw: Raw;
}

/** No log stands behind these questions: the holder of the bench does not look at what it is shown. */
const UNRECORDED = { index: 0, entry: '', checkpoint: '', proof: [], salt: '', spent: [] };

/**
 * Puts a question for each VIN through the real rules and the real connector.
 * @param issuer whose token the investigator of the example would bring. @throws Error where one is refused.
 */
export async function answersTo(
  vins: readonly string[],
  configuration: string,
  issuer: string,
): Promise<readonly Answered[]> {
  const config = loadConfig(configuration, {});
  const { registry, networks, networksOf } = config;
  const none = `sha256:${'0'.repeat(64)}` as const;
  const { ruleset } = await requireRuleset(readPolicies(config.policies), {
    registry,
    live: createLive(),
    networks,
    networksOf,
    configuration: config.digest,
    build: none,
  });
  const holders = await connectHolders(registry.datasets, {});
  const now = Date.now();
  const caller = { issuer, subject: 'mara.lindqvist', amr: ['pwd', 'mfa'], authTime: now, bound: false };
  try {
    const answered: Answered[] = [];
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
      const channel = { address: '127.0.0.1' };
      const [leg] = ruleset.decide({ exchange, caller, asker: '', channel, enquiry }, now).legs;
      if (leg?.permit == null) throw new Error(`refused: ${JSON.stringify(leg?.findings)}`);
      answered.push({ permit: leg.permit, raw: await holders.fetch(leg.permit, UNRECORDED) });
    }
    return answered;
  } finally {
    await holders.close();
  }
}
