import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExchangeReader } from '../src/adapters/sqlite/opened-exchanges.ts';
import { replay } from '../src/ruleset/replay/replay.ts';
import { type Living, layLog } from './replay/live.ts';
import { type Bench, type Measured, median, RUNS, rounded } from './result.ts';

/** In each log that is replayed. */
const EXCHANGES = 10_000;

const INCLUDED = `live: ${EXCHANGES} questions a run through the gateway's exchange with a real ledger: decide, intend, fetch, treat, inspect,
  record, receipt; the holder answers from memory (a CSV file), 256 are under way. Not: HTTP, tokens.
replayed: the same exchanges read from that ledger: entries, pages of keys, unsealing, parsing, deciding again with a
  draft, comparing, counting. One leg an exchange.`;

async function run(say: (line: string) => void): Promise<Measured> {
  say(INCLUDED);
  const rounds: { live: number; replayed: number }[] = [];
  // The first is not counted: for the compiler of the runtime.
  for (let i = 0; i <= RUNS; i++) {
    const directory = mkdtempSync(join(tmpdir(), 'five-safes-bench-replay-'));
    try {
      const living = await layLog(directory, EXCHANGES);
      const replayed = await replaying(directory, living);
      if (i > 0) rounds.push({ live: living.perSecond, replayed });
      say(
        `${i === 0 ? 'warming' : `run ${i}`}: ${replayed.toFixed(0)} replayed a second, ${living.perSecond.toFixed(0)} live`,
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  const runs = rounds.map(({ live, replayed }) => replayed / live);
  return {
    figure: median(runs),
    runs,
    also: {
      replayedPerSecond: rounded(median(rounds.map((r) => r.replayed))),
      livePerSecond: rounded(median(rounds.map((r) => r.live))),
      exchanges: EXCHANGES,
    },
  };
}

async function replaying(directory: string, { kek, draft }: Living): Promise<number> {
  const reader = openExchangeReader(directory, kek);
  try {
    const begun = performance.now();
    const report = await replay(draft, reader.exchanges({ size: EXCHANGES * 2 }));
    const seconds = (performance.now() - begun) / 1_000;
    if (report.legs.replayed !== EXCHANGES || report.plans.legs !== EXCHANGES)
      throw new Error(`not what was to be found: ${JSON.stringify(report)}`);
    return EXCHANGES / seconds;
  } finally {
    reader.close();
  }
}

export const bench: Bench = { target: 5, better: 'higher', run };
