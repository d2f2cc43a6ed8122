import type { ReloadEvent } from '../adapters/holders/csv-watch.ts';
import { createMetrics } from '../adapters/metrics/metrics.ts';
import { glanceAt } from '../adapters/sqlite/follow.ts';
import type { Config } from '../config.ts';
import type { ExchangeId } from '../domain/ids.ts';
import type { JsonValue } from '../domain/json.ts';
import { isoTime } from '../domain/time.ts';
import type { OpsExtras } from '../gateway/ops.ts';
import type { LogLine } from '../gateway/ports.ts';
import type { Ledger } from '../ledger/entry.ts';
import { type Feed, startFeed } from './feed.ts';

/** What operators see of a gateway: metrics, the feed, files that could not be taken up. */
export interface Operators {
  /** A CSV file was loaded anew, or the old one kept: logged and remembered. */
  csv(event: ReloadEvent): void;
  /** The same log, with each exchange counted. */
  counting(log: LogLine): LogLine;
  /** The same ledger, with some entries timed. */
  timing(ledger: Ledger): Ledger;
  /** Follows the ledger from here on. Call it once. */
  begin(running: Running): void;
  readonly extras: OpsExtras;
  stop(): Promise<void>;
}

export interface Running {
  readonly ledger: Ledger & { status(): { readonly state: string } };
  readonly kek: Uint8Array;
  newId(): ExchangeId;
}

/** One entry in so many is timed: the others cost an addition. */
const TIMED = 16;

interface Logger {
  info(line: object): void;
  warn(line: object): void;
}

/** @param now wall clock, in milliseconds since the epoch. */
export function createOperators(config: Config, logger: Logger, now: () => number = Date.now): Operators {
  const kept = new Map<string, JsonValue>();
  let running: Running | null = null;
  let feed: Feed | null = null;

  const lag = () => {
    if (feed === null) return null;
    const { next, size, problem } = feed.status();
    return { lag: Math.max(0, size - next), problem };
  };
  const metrics = createMetrics(
    config.registry.datasets.map(({ id }) => id),
    {
      ledger: () => attempt(() => glanceAt(config.state)),
      ledgerUp: () => running?.ledger.status().state === 'ready',
      feed: () => {
        const found = lag();
        return found === null ? null : { lag: found.lag, problem: found.problem !== null };
      },
      csvKept: () => kept.size,
    },
  );

  return {
    csv(event) {
      const { outcome, ...about } = event;
      if (event.outcome === 'loaded') kept.delete(event.dataset);
      else kept.set(event.dataset, { since: isoTime(now()), problems: event.problems });
      if (outcome === 'loaded') logger.info({ event: 'csv-loaded', ...about });
      else logger.warn({ event: 'csv-kept', ...about });
    },
    counting: (log) => (event, fields) => {
      if (event === 'exchange') metrics.exchange(fields);
      log(event, fields);
    },
    timing(ledger) {
      let count = 0;
      return {
        append(draft) {
          count += 1;
          if (count % TIMED !== 0) return ledger.append(draft);
          const began = performance.now();
          return ledger.append(draft).then((appended) => {
            metrics.appended(performance.now() - began);
            return appended;
          });
        },
      };
    },
    begin(started) {
      running = started;
      const { feed: wanted, state } = config;
      if (wanted === null) return;
      feed = startFeed({ ...wanted, ...started, directory: state, log: config.ledger.origin });
    },
    extras: {
      information: [
        { name: 'csv-kept', tell: () => Object.fromEntries(kept) },
        { name: 'feed', tell: () => lag() },
      ],
      metrics: metrics.text,
    },
    async stop() {
      await feed?.stop();
      metrics.close();
    },
  };
}

function attempt<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    // The log says what is wrong with the ledger; metrics only say that there is nothing to tell.
    return null;
  }
}
