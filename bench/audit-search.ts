import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, rawTable } from './audit-search/fill.ts';
import { questions } from './audit-search/questions.ts';
import { type Bench, median, RUNS } from './result.ts';

const EXCHANGES = Number(process.env['EXCHANGES'] ?? 1_000_000);
const ROUNDS = 40;

/** The index of the log against one table with a column and an index for each attribute, on the same questions. */
export const bench: Bench = {
  target: 2,
  better: 'lower',
  async run(say) {
    const directory = mkdtempSync(join(tmpdir(), 'five-safes-audit-search-'));
    try {
      const index = fill(directory, EXCHANGES, say);
      const raw = rawTable(directory, EXCHANGES, say);
      const asked = questions(EXCHANGES);
      say(`included: term hashes, ${asked.length} kinds of questions, pages of 50; not: opening the details found`);
      for (const question of asked) {
        const [ours, theirs] = [index.find(question), raw.find(question)];
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) throw new Error(`found differently: ${question.name}`);
      }
      const before = process.memoryUsage().rss;
      const runs: number[] = [];
      const spread: Record<string, number>[] = [];
      for (let run = 0; run < RUNS; run++) {
        const ours = p95(() => asked.map((q) => timed(() => index.find(q))));
        const theirs = p95(() => asked.map((q) => timed(() => raw.find(q))));
        runs.push(ours / theirs);
        spread.push({ ours, theirs });
        say(`run ${run + 1}: p95 ${ours.toFixed(3)} ms against ${theirs.toFixed(3)} ms`);
      }
      const grown = process.memoryUsage().rss - before;
      const worst = asked
        .map((q) => ({ question: q.name, ratio: middle(() => index.find(q)) / middle(() => raw.find(q)) }))
        .reduce((a, b) => (a.ratio > b.ratio ? a : b));
      say(`slowest against raw: ${worst.question}, ${worst.ratio.toFixed(2)} times`);
      const files = { indexMb: megabytes(join(directory, 'search.db')), rawMb: megabytes(join(directory, 'raw.db')) };
      const also = { exchanges: EXCHANGES, insertPerSecond: index.perSecond, lastTenth: index.lastTenth, ...files };
      return { figure: median(runs), runs, also: { ...also, rssGrownMb: Math.round(grown / 2 ** 20), worst, spread } };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Median, in milliseconds. */
function middle(work: () => unknown): number {
  return median(Array.from({ length: ROUNDS }, () => timed(work)));
}

/** Milliseconds under which 95 of 100 questions stay. */
function p95(round: () => readonly number[]): number {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) times.push(...round());
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
}

function megabytes(path: string): number {
  return Math.round((statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0)) / 2 ** 20);
}
