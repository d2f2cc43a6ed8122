import type { ExchangeId } from '../domain/ids.ts';
import { type Instant, isoTime, MINUTE } from '../domain/time.ts';
import type { Ledger } from '../ledger/entry.ts';

/** Counts requests whose caller stayed unknown: one entry per (network, reason, minute), so that a flood cannot fill the log. */
export interface Unverified {
  /** Counts one. False: this network has used up its minute and is to be turned away with 429. */
  count(network: string, reason: string, now: Instant): boolean;
  /** Writes what has been counted in minutes before `now`; with `all`, everything. Keeps what could not be written. */
  flush(now: Instant, all?: boolean): Promise<void>;
}

/** Beyond so many different networks in a minute, the rest are counted as one. */
const MOST_NETWORKS = 10_000;
export const OTHER_NETWORKS = 'other';

interface Tally {
  readonly minute: Instant;
  readonly network: string;
  readonly reason: string;
  count: number;
}

export function createUnverified(options: {
  readonly ledger: Ledger;
  readonly newId: () => ExchangeId;
  readonly perMinute: number;
}): Unverified {
  let tallies = new Map<string, Tally>();
  const attempts = new Map<string, number>();
  let minute = 0;

  const turn = (now: Instant): Instant => {
    const current = Math.floor(now / MINUTE) * MINUTE;
    if (current !== minute) attempts.clear();
    minute = current;
    return current;
  };

  return {
    count: (network, reason, now) => {
      const at = turn(now);
      const known = attempts.has(network) || attempts.size < MOST_NETWORKS ? network : OTHER_NETWORKS;
      const tried = (attempts.get(known) ?? 0) + 1;
      attempts.set(known, tried);
      const key = `${at}\n${known}\n${reason}`;
      const tally = tallies.get(key);
      if (tally === undefined) tallies.set(key, { minute: at, network: known, reason, count: 1 });
      else tally.count++;
      return tried <= options.perMinute;
    },
    flush: async (now, all = false) => {
      const due = [...tallies].filter(([, tally]) => all || tally.minute < Math.floor(now / MINUTE) * MINUTE);
      await Promise.all(
        due.map(async ([key, { minute: at, network, reason, count }]) => {
          tallies.delete(key);
          try {
            const accountability = { minute: isoTime(at), network, reason, count };
            await options.ledger.append({
              kind: 'unverified',
              exchange: options.newId(),
              accountability,
              subject: null,
            });
          } catch {
            // The log is away: keep the count for the next try. What is counted meanwhile under the same key is added.
            const since = tallies.get(key)?.count ?? 0;
            tallies = new Map(tallies).set(key, { minute: at, network, reason, count: count + since });
          }
        }),
      );
    },
  };
}
