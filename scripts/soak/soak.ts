import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dealerRecords } from '../../demo/parties/records.ts';
import { accessOf, DEALER_ROWS, type Partnership, startPartnership } from '../../demo/partnership.ts';
import { openReader } from '../../src/adapters/sqlite/reader.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { nothingSeen, type Seen, sendRequest } from './client.ts';
import { median, watchMemory } from './memory.ts';
import { turnOf } from './mix.ts';
import { startSlowDealer } from './slow-dealer.ts';

/** Trials ask more than any officer may in a day. */
const UNBOUNDED = new Map([['per-day<=50', 'per-day<=900000']]);
const SEED = 1;
const AT_ONCE = 24;
/** How long the gateway waits for the slow dealer, and how late its slowest answers come. */
const PATIENCE_MS = 800;
const TOO_LATE_MS = 1_200;
/** Of the last third of the memory samples to the first. */
const MOST_GROWTH = 1.2;
/** Shorter trials tell nothing of memory: caches fill, and the runtime is still compiling. */
const MEMORY_FROM_SECONDS = 30;

/** What a long trial came to; one line of JSON. */
export interface Soak {
  readonly soak: 'ok' | 'failed';
  readonly seconds: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly unexpected: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly receipts: number;
  readonly brokenReceipts: number;
  readonly memory: { readonly firstMb: number; readonly lastMb: number; readonly ratio: number; readonly most: number };
  readonly entries: number;
  readonly open: number;
  readonly verified: boolean;
}

/**
 * Puts the mix to the demonstration's partnership without pause, its dealer sometimes slow, and has everything that was
 * answered verified against the log once the gateway has stopped.
 * @param state empty directory for all that is kept.
 */
export async function soak(state: string, seconds: number): Promise<Soak> {
  const partnership = await startPartnership(state, SEED, UNBOUNDED);
  const dealer = await putSlowDealerBefore(partnership);
  try {
    const gateway = await partnership.restartGateway();
    const verifier = parseVerifierKey(gateway.key);
    if (verifier === undefined) throw new Error('not a verifier key');
    const access = accessOf(partnership, 'mara.lindqvist');
    const cars = dealerRecords(SEED, DEALER_ROWS);
    const seen = nothingSeen();
    const memory = watchMemory(gateway.child.pid);
    const until = performance.now() + seconds * 1_000;
    let next = 0;
    const work = async () => {
      while (performance.now() < until) {
        const turn = turnOf(next++, cars, seen.latest);
        await Promise.all(turn.map((request) => sendRequest(gateway.url, access, verifier, request, seen)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const grown = memory.stop();
    await gateway.child.stop();

    const reader = openReader(partnership.ledger);
    try {
      const log = await verifyLedger(reader.source(), verifier);
      const absent = [...seen.receipts].filter(([index, entry]) => reader.entry(index)?.entry !== entry);
      return summary(seconds, seen, grown, { ...log, absent: absent.length });
    } finally {
      reader.close();
    }
  } finally {
    await partnership.stop();
    await dealer.stop();
  }
}

/** The dealer's address in the configuration becomes the slow one's, for whom the gateway does not wait long. */
async function putSlowDealerBefore({ gateway, configuration }: Partnership) {
  await gateway.child.stop();
  const file = join(configuration, 'datasets.yaml');
  const text = readFileSync(file, 'utf8');
  const [line, target] = /baseUrl: (http:\S+)/.exec(text) ?? [];
  const [patience] = /timeoutMs: \d+/.exec(text) ?? [];
  if (line === undefined || target === undefined || patience === undefined)
    throw new Error('the demonstration has another form than the trial expects');
  const dealer = await startSlowDealer(target, TOO_LATE_MS);
  writeFileSync(file, text.replace(line, `baseUrl: ${dealer.url}`).replace(patience, `timeoutMs: ${PATIENCE_MS}`));
  return dealer;
}

function summary(
  seconds: number,
  { answers, unexpected, times, receipts, brokenReceipts }: Seen,
  grown: { readonly firstMb: number; readonly lastMb: number; readonly ratio: number },
  log: { readonly verified: boolean; readonly entries: number; readonly open: number; readonly absent: number },
): Soak {
  const broken = brokenReceipts.length + log.absent;
  const flat = seconds < MEMORY_FROM_SECONDS || grown.ratio <= MOST_GROWTH;
  const good = unexpected.size === 0 && broken === 0 && receipts.size > 0 && flat && log.verified && log.open === 0;
  const sorted = times.toSorted((a, b) => a - b);
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return {
    soak: good ? 'ok' : 'failed',
    seconds,
    answers: Object.fromEntries([...answers].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    unexpected: Object.fromEntries(unexpected),
    perSecond: rounded(times.length / seconds),
    medianMs: rounded(median(times)),
    p99Ms: rounded(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN),
    receipts: receipts.size,
    brokenReceipts: broken,
    memory: { ...grown, most: MOST_GROWTH },
    entries: log.entries,
    open: log.open,
    verified: log.verified,
  };
}
