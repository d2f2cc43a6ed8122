import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { connectHolders } from '../../src/adapters/holders/connect.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { createExchange, type Ports, type Ruleset, type Submission } from '../../src/exchange.ts';
import type { Rulebook } from '../../src/rulebook/rulebook.ts';
import { judgeResult, judgeSpent } from '../../src/safes/outputs.ts';
import { createTreat } from '../../src/treat/treat.ts';
import { NO_DIGEST } from '../builders.ts';
import { type Circumstances, decideWith } from '../safes/workshop.ts';

/** The real log in a directory of its own, to conduct exchanges on without a gateway around them. */
export async function openRig() {
  const directory = mkdtempSync(join(tmpdir(), 'five-safes-exchange-'));
  const { privateKey: signingKey } = generateKeyPairSync('ed25519');
  const kek = randomBytes(32);
  const ledger = await openLedger({ directory, origin: 'test.example/log', signingKey, kek, node: 'test' });
  const defects: unknown[] = [];
  const ports = {
    // Questions are put at a pinned time: floors counted from it cannot be waited for.
    clock: { ...systemClock(), until: () => Promise.resolve() },
    ledger,
    treat: createTreat({ pseudonymKey: () => Buffer.alloc(32, 7) }),
    defect: (error: unknown) => {
      defects.push(error);
    },
  };
  return {
    ledger,
    defects,
    ports,
    /** Kind and opened details of every entry. */
    entries: () => {
      const reader = openReader(directory);
      try {
        return reader.list(0, 10_000).map(({ index, kind, exchange }) => {
          const { accountability } = reader.openDetails(index, kek) ?? { accountability: null };
          return { kind, exchange, details: accountability };
        });
      } finally {
        reader.close();
      }
    },
    /** Every byte that the store has put on disk. */
    stored: () =>
      readdirSync(directory)
        .map((file) => readFileSync(join(directory, file), 'latin1'))
        .join('\n'),
    close: async () => {
      await ledger.close();
      rmSync(directory, { recursive: true });
    },
  };
}
export type Rig = Awaited<ReturnType<typeof openRig>>;

/** A ruleset that decides by this rulebook, under these circumstances. */
export function rulesetOf(rulebook: Rulebook, circumstances: Circumstances): Ruleset {
  const decide: Ruleset['decide'] = ({ enquiry }) => decideWith(rulebook, { ...circumstances, enquiry });
  return {
    versions: { rulebook: rulebook.digest, registry: NO_DIGEST, configuration: NO_DIGEST, build: NO_DIGEST },
    decide,
    judgeResult,
    judgeSpent,
    stillPermits: (_, submission, now) => decide(submission, now).legs.some((leg) => leg.permit !== null),
  };
}

export function submissionOf({ caller, enquiry }: Circumstances): Submission {
  const exchange = exchangeId(Date.now(), randomBytes(10));
  return { exchange, caller, asker: 'asker', channel: { address: '127.0.0.1' }, enquiry };
}

/** One exchange from end to end, with the dataset's own connector. @param changes of the ports */
export async function conduct(
  rig: Rig,
  rulebook: Rulebook,
  circumstances: Circumstances,
  changes: Partial<Ports> = {},
) {
  const holders = await connectHolders([circumstances.dataset], {});
  const ruleset = rulesetOf(rulebook, circumstances);
  try {
    const exchange = createExchange({ ...rig.ports, ruleset: () => ruleset, fetch: holders.fetch, ...changes });
    return await exchange(submissionOf(circumstances));
  } finally {
    await holders.close();
  }
}
