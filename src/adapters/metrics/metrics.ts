import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { FAULT_CODES } from '../../domain/faults.ts';
import { SAFES } from '../../domain/safe.ts';
import { tallies } from './tallies.ts';

/** What is looked at when somebody asks for the metrics, and not before. Null: it cannot be told now. */
export interface Looks {
  ledger(): { readonly size: number; readonly open: number; readonly batches: readonly number[] } | null;
  /** Whether the log takes entries. */
  ledgerUp(): boolean;
  /** Null where there is no feed. */
  feed(): { readonly lag: number; readonly problem: boolean } | null;
  /** CSV files whose new version is broken. */
  csvKept(): number;
}

export interface Metrics {
  /** An exchange has ended. @param fields as the operational log has them: outcome and legs with dataset, state, code. */
  exchange(fields: Readonly<Record<string, unknown>>): void;
  /** An entry became durable, so many milliseconds after it was handed to the ledger. */
  appended(ms: number): void;
  text(): Promise<{ readonly type: string; readonly text: string }>;
  close(): void;
}

const OUTCOMES = ['released', 'none', 'held', 'partial', 'refused', 'fault'] as const;
const APPEND_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const DELAY_RESOLUTION_MS = 20;
const NANOSECONDS = 1e9;

/**
 * Metrics for operators. Every label is of a closed list or of the configuration: no person, no partner that asks, no
 * case, no identifier. @param datasets ids of the registry.
 */
export function createMetrics(datasets: readonly string[], looks: Looks): Metrics {
  const registers = [new Registry()];
  const [register = new Registry()] = registers;
  const counted = tallies(OUTCOMES, SAFES, datasets, FAULT_CODES);
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();

  counter('exchanges_total', 'Exchanges that ended, by outcome.', ['outcome'], () => counted.outcomes());
  counter('refusals_total', 'Legs refused, by the Safe that refused.', ['safe'], () => counted.refusals());
  counter('holder_faults_total', 'Legs that ended in a fault.', ['dataset', 'code'], () => counted.faults());
  const latency = new Histogram({
    name: 'five_safes_ledger_append_seconds',
    help: 'Time until an entry is durable; one entry in 16 is timed.',
    buckets: APPEND_BUCKETS,
    registers,
  });
  gauge('ledger_up', 'Whether the log takes entries.', () => Number(looks.ledgerUp()));
  let glance: ReturnType<Looks['ledger']> = null;
  gauge('ledger_entries', 'Entries of the log.', () => {
    glance = looks.ledger();
    return glance?.size;
  });
  gauge('open_exchanges', 'Exchanges without an outcome.', () => glance?.open);
  gauge('ledger_batch_entries_mean', 'Entries a batch, over the last 100 batches.', () => mean(glance?.batches));
  gauge('ledger_batch_entries_max', 'Entries of the largest of the last 100 batches.', () => most(glance?.batches));
  gauge('feed_lag_entries', 'Entries of the log that the feed has not sent yet.', () => looks.feed()?.lag);
  gauge('feed_problem', 'Whether something stands in the way of the feed.', () => {
    const feed = looks.feed();
    return feed === null ? undefined : Number(feed.problem);
  });
  gauge('csv_kept', 'CSV files of which the version before is used, because the new one is broken.', looks.csvKept);
  const lateness = new Gauge({
    name: 'five_safes_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last look.',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const quantile of [0.5, 0.99, 1])
        lateness.set({ quantile: String(quantile) }, delay.percentile(quantile * 100) / NANOSECONDS);
      delay.reset();
    },
  });
  processGauges(registers);

  function counter(name: string, help: string, labelNames: string[], read: () => readonly Tally[]): void {
    const metric: Counter = new Counter({
      name: `five_safes_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        metric.reset();
        for (const { labels, count } of read()) metric.inc(labels, count);
      },
    });
  }
  function gauge(name: string, help: string, read: () => number | undefined): void {
    const metric: Gauge = new Gauge({
      name: `five_safes_${name}`,
      help,
      registers,
      collect() {
        metric.set(read() ?? Number.NaN);
      },
    });
  }

  return {
    exchange: counted.exchange,
    appended: (ms) => latency.observe(ms / 1_000),
    text: async () => ({ type: register.contentType, text: await register.metrics() }),
    close: () => delay.disable(),
  };
}

type Tally = ReturnType<ReturnType<typeof tallies>['faults']>[number];

/** Under the names that Prometheus client libraries give them. */
function processGauges(registers: Registry[]): void {
  const started = process.hrtime.bigint();
  const gauges = {
    process_resident_memory_bytes: ['Resident memory.', () => process.memoryUsage.rss()],
    process_heap_bytes: ['Heap in use.', () => process.memoryUsage().heapUsed],
    process_cpu_seconds_total: ['Processor time used.', () => cpuSeconds()],
    process_uptime_seconds: ['Since the process started.', () => process.uptime()],
    five_safes_uptime_seconds: [
      'Since the gateway was put together.',
      () => Number(process.hrtime.bigint() - started) / NANOSECONDS,
    ],
  } as const;
  for (const [name, [help, read]] of Object.entries(gauges)) {
    const metric: Gauge = new Gauge({ name, help, registers, collect: () => metric.set(read()) });
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function mean(values: readonly number[] | undefined): number | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function most(values: readonly number[] | undefined): number | undefined {
  return values === undefined || values.length === 0 ? undefined : Math.max(...values);
}
