import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectHolders } from '../../src/adapters/holders/connect.ts';
import { createKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { type OpenedStep, openExchangeReader, type Stretch } from '../../src/adapters/sqlite/opened-exchanges.ts';
import type { Caller } from '../../src/domain/caller.ts';
import type { Enquiry } from '../../src/domain/enquiry.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { createExchange, type Submission } from '../../src/exchange.ts';
import { buildRulebook, type Rulebook } from '../../src/rulebook/rulebook.ts';
import type { Draft } from '../../src/ruleset/replay/draft.ts';
import { requireRuleset, vocabularyOf } from '../../src/ruleset.ts';
import { evaluateCondition } from '../../src/safes/conditions/index.ts';
import { createTreat } from '../../src/treat/treat.ts';
import { enquiry, exampleConfig, examplePolicies, mara, NOW, rulesetContext, vin } from '../builders.ts';

export const CONFIG = exampleConfig();
/** Sold at Tidewater, and sold by nobody. */
const VINS = ['WVWZZZ1KZ8W386001', 'WVWZZZ1JZXW000001'];

export interface Drawn {
  readonly subject: string;
  readonly caller: Partial<Caller>;
  readonly address: string;
  readonly enquiry: Partial<Enquiry>;
}

/** Questions of all kinds, the same each time: most are allowed, each Safe refuses some. */
export function drawn(count: number): readonly Drawn[] {
  const pick = <T>(i: number, of: readonly T[]) => of[i % of.length] as T;
  return Array.from({ length: count }, (_, i) => ({
    subject: pick(i * 7 + 3, ['mara.lindqvist', 'mara.lindqvist', 'mara.lindqvist', 'tomas.brandt', 'nobody']),
    caller: { amr: i % 11 === 4 ? ['pwd'] : ['pwd', 'mfa'], bound: i % 13 !== 5 },
    address: i % 9 === 2 ? '203.0.113.9' : '127.0.0.1',
    enquiry: {
      by: vin(pick(i, VINS)),
      output: i % 4 === 1 ? 'hit' : 'records',
      ...(i % 10 === 6 ? { purpose: 'CrimeDetection' } : {}),
      ...(i % 17 === 8 ? { project: 'no-such-project' } : {}),
      datasets: i % 6 === 1 ? ['dealer-sales', 'tidewater-sales'] : ['tidewater-sales'],
    },
  }));
}

export function submissionOf({ subject, caller, address, enquiry: asked }: Drawn): Submission {
  return {
    exchange: exchangeId(NOW, randomBytes(10)),
    caller: mara({ subject, ...caller }),
    asker: 'a'.repeat(43),
    channel: { address },
    enquiry: enquiry(asked),
  };
}

/** A rulebook whose files differ from the example's; it need not come up to the expected decisions. */
export async function draftOf(file: string, was: RegExp, is: string): Promise<Rulebook> {
  const sources = examplePolicies();
  const text = sources.get(file) ?? '';
  if (!was.test(text)) throw new Error(`${file} has nothing like ${was}`);
  sources.set(file, text.replace(was, is));
  const built = await buildRulebook(sources, vocabularyOf(CONFIG.registry, CONFIG.networks), evaluateCondition);
  if ('flaws' in built) throw new Error(JSON.stringify(built.flaws));
  return built.rulebook;
}

export const context = rulesetContext(CONFIG);

export async function inForce() {
  return await requireRuleset(examplePolicies(), context);
}

export function onTrial(rulebook: Rulebook, decidedBy: Rulebook): Draft {
  return {
    rulebook,
    registry: CONFIG.registry,
    configuration: context.configuration,
    build: context.build,
    rolesOf: (digest) => (digest === decidedBy.digest ? decidedBy.roles : null),
  };
}

/** Puts the questions through real exchanges into a real log, and opens what it has. */
export async function recordedLog(questions: readonly Drawn[]) {
  const directory = mkdtempSync(join(tmpdir(), 'five-safes-replay-'));
  const { origin, signingKey, kek } = createKeys(join(directory, 'keys'), 'gateway.example/log');
  const ledger = await openLedger({ directory, origin, signingKey, kek, node: 'node-1' });
  const { ruleset, rulebook } = await inForce();
  const holders = await connectHolders(CONFIG.registry.datasets, {});
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
  const submissions = questions.map(submissionOf);
  for (const submission of submissions) await conduct(submission);
  const read = async (stretch: Partial<Stretch> = {}): Promise<readonly OpenedStep[]> => {
    const reader = openExchangeReader(directory, kek);
    try {
      const steps: OpenedStep[] = [];
      for await (const step of reader.exchanges({ size: questions.length * 2 + 10, ...stretch })) steps.push(step);
      return steps;
    } finally {
      reader.close();
    }
  };
  return {
    directory,
    kek,
    submissions,
    rulebook,
    read,
    close: async () => {
      await holders.close();
      await ledger.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
