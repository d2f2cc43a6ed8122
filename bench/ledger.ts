import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from '../src/adapters/sqlite/reader.ts';
import { parseVerifierKey } from '../src/ledger/note.ts';
import { verifyLedger } from '../src/ledger/verify.ts';
import { layOutBench } from './gateway/layout.ts';
import { answersByVin, startUpstream } from './gateway/upstream.ts';
import { appendExchanges } from './ledger/append.ts';
import { type DraftPair, draftsOf } from './ledger/drafts.ts';
import { insertRows, readRows, sealTexts } from './ledger/floor.ts';
import { hashInMemory, hashStored, insertRaw, readStored } from './ledger/raw.ts';
import { type Bench, type Measured, median, RUNS, rounded } from './result.ts';

const SEED = 7;
const RECORDS = 100;
const ISSUER = 'http://127.0.0.1:9101';
/** Each is two entries. */
const EXCHANGES = 10_000;
/** Under way at a time: as many drafts at most travel together. */
const AT_ONCE = 256;

const INCLUDED = `append: intents and outcomes of real exchanges (${EXCHANGES} a run, ${AT_ONCE} under way) handed to the ledger's port: drafts as JSON,
  to the writer thread, data keys minted and wrapped, details sealed, leaf and tree hashed, checkpoint signed, six tables and
  their indices, budgets reserved, one sync a batch, inclusion proofs, and back.
raw: better-sqlite3 on the calling thread, WAL and FULL as the ledger's, the same stored bytes (leaf, sealed details) in the same
  batches into one table without an index, nothing computed.
rows, sealing: what nothing of the ledger's own can save (also.rowsBesideRaw, also.sealMicroseconds): its rows with their indices
  and triggers by its own statements in the same batches, nothing computed; and the calls of AES-256-GCM alone.
verify: verifyLedger on the closed file, on one thread: read, hash, compare every column, commitment, node and checkpoint signature.
bare: the same stored bytes read from the same file by better-sqlite3, SHA-256 of each piece, nothing else; beside it the
  same with all bytes in memory before it begins (also.verifyBesideMemory).`;

interface Round {
  readonly append: number;
  readonly raw: number;
  readonly rows: number;
  readonly seal: number;
  readonly verify: number;
  readonly bare: number;
  readonly memory: number;
  readonly batch: number;
  readonly bytes: number;
}

async function run(say: (line: string) => void): Promise<Measured> {
  say(INCLUDED);
  const state = mkdtempSync(join(tmpdir(), 'five-safes-bench-'));
  const upstream = await startUpstream({ seed: SEED, rows: RECORDS, port: 0 });
  try {
    const { configuration } = layOutBench(state, new Map([['http://127.0.0.1:9201', upstream.url]]));
    const vins = [...answersByVin(SEED, RECORDS).keys()];
    const pairs = await draftsOf(vins, configuration, ISSUER);
    // Not counted: for the compiler of the runtime.
    await measure(join(state, 'warming'), pairs);
    const rounds: Round[] = [];
    for (let i = 1; i <= RUNS; i++) {
      const round = await measure(join(state, `run-${i}`), pairs);
      rounds.push(round);
      say(
        `run ${i}: append ${round.append.toFixed(0)}/s beside ${round.raw.toFixed(0)}/s, ${round.batch.toFixed(0)} a batch; ` +
          `its rows alone ${round.rows.toFixed(0)}/s, sealing alone ${round.seal.toFixed(0)}/s; ` +
          `verify ${round.verify.toFixed(0)}/s beside ${round.bare.toFixed(0)}/s (${round.memory.toFixed(0)}/s in memory), ${round.bytes.toFixed(0)} bytes an entry`,
      );
    }
    return summary(rounds);
  } finally {
    await upstream.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

/** All four sides once, on one ledger. Figures are entries a second. */
async function measure(directory: string, pairs: readonly DraftPair[]): Promise<Round> {
  mkdirSync(directory);
  const { entries, seconds, key } = await appendExchanges(directory, pairs, EXCHANGES, AT_ONCE);
  const stored = readStored(directory);
  const raw = insertRaw(directory, stored);
  const rows = readRows(directory);
  const insertion = insertRows(directory, rows);
  const sealing = sealTexts(rows);
  const memory = hashInMemory(stored);
  const bare = hashStored(directory, entries);
  const verifier = parseVerifierKey(key);
  if (verifier === undefined) throw new Error('not a verifier key');
  const reader = openReader(directory);
  const begun = performance.now();
  const verified = await verifyLedger(reader.source(), verifier);
  const verify = (performance.now() - begun) / 1_000;
  reader.close();
  rmSync(directory, { recursive: true, force: true });
  if (!verified.verified || verified.entries !== entries) throw new Error('the log does not verify');
  return {
    append: entries / seconds,
    raw: entries / raw,
    rows: entries / insertion,
    seal: entries / sealing,
    verify: entries / verify,
    bare: entries / bare,
    memory: entries / memory,
    batch: entries / stored.batches.length,
    bytes: stored.bytes / entries,
  };
}

function summary(rounds: readonly Round[]): Measured {
  const middle = (of: (round: Round) => number) => rounded(median(rounds.map(of)));
  const runs = rounds.map((r) => r.append / r.raw);
  return {
    figure: median(runs),
    runs,
    also: {
      verify: middle((r) => r.verify / r.bare),
      verifyTarget: 0.7,
      verifyBesideMemory: middle((r) => r.verify / r.memory),
      rowsBesideRaw: middle((r) => r.rows / r.raw),
      rowsMicroseconds: middle((r) => 1e6 / r.rows),
      sealMicroseconds: middle((r) => 1e6 / r.seal),
      rawMicroseconds: middle((r) => 1e6 / r.raw),
      appendPerSecond: middle((r) => r.append),
      rawPerSecond: middle((r) => r.raw),
      verifyPerSecond: middle((r) => r.verify),
      barePerSecond: middle((r) => r.bare),
      entriesPerBatch: middle((r) => r.batch),
      bytesPerEntry: middle((r) => r.bytes),
      entriesPerRun: EXCHANGES * 2,
      atOnce: AT_ONCE,
    },
  };
}

export const bench: Bench = { target: 0.8, better: 'higher', run };
