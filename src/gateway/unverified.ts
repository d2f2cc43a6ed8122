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
/** Beyond so many counts that the log has not taken yet, further networks are counted as one: an outage can last. */
const MOST_KEPT = 20_000;

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
  const tallies = new Map<string, Tally>();
  const attempts = new Map<string, number>();
  let minute = 0;

  const turn = (now: Instant): Instant => {
    const current = Math.floor(now / MINUTE) * MINUTE;
    if (current !== minute) attempts.clear();
    minute = current;
    return current;
  };

  const add = ({ minute: at, network, reason, count }: Tally) => {
    const keyOf = (name: string) => `${at}\n${name}\n${reason}`;
    const known = tallies.has(keyOf(network)) || tallies.size < MOST_KEPT ? network : OTHER_NETWORKS;
    const tally = tallies.get(keyOf(known));
    if (tally === undefined) tallies.set(keyOf(known), { minute: at, network: known, reason, count });
    else tally.count += count;
  };

  return {
    count: (network, reason, now) => {
      const at = turn(now);
      const known = attempts.has(network) || attempts.size < MOST_NETWORKS ? network : OTHER_NETWORKS;
      const tried = (attempts.get(known) ?? 0) + 1;
      attempts.set(known, tried);
      add({ minute: at, network: known, reason, count: 1 });
      return tried <= options.perMinute;
    },
    flush: async (now, all = false) => {
      const due = [...tallies].filter(([, tally]) => all || tally.minute < Math.floor(now / MINUTE) * MINUTE);
      await Promise.all(
        due.map(async ([key, tally]) => {
          tallies.delete(key);
          const { minute: at, network, reason, count } = tally;
          try {
            const accountability = { minute: isoTime(at), network, reason, count };
            await options.ledger.append({
              kind: 'unverified',
              exchange: options.newId(),
              accountability,
              subject: null,
            });
          } catch {
            // The log is away: keep the count for the next try, with what was counted meanwhile of the same.
            add(tally);
          }
        }),
      );
    },
  };
}
