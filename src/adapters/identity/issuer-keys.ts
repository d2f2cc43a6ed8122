import type { CryptoKey } from 'jose';
import { Fault } from '../../domain/faults.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../../domain/time.ts';
import type { KeySet } from './metadata.ts';

/** Keys are fetched again after this long. */
const FRESH_FOR = 10 * MINUTE;
/** While the issuer is down, its keys are used for so long after they were fetched. */
const USABLE_FOR = 24 * HOUR;
/** Between two fetches: a sender who makes up key ids must not be able to make us hammer the issuer. */
const COOL_DOWN = 30 * SECOND;
/** The same while there is nothing to lose, since without keys nobody is recognised. */
const RETRY_AFTER = 5 * SECOND;

/** Which key a token asks for; nothing else of its header is heard, least of all a key it brings along. */
export interface KeyWanted {
  readonly alg: string;
  readonly kid?: string;
}

/** One issuer's keys. */
export interface IssuerKeys {
  /**
   * @returns undefined where the issuer, asked lately, has no such key.
   * @throws Fault('identity/unavailable') where it cannot be told, because the issuer does not answer.
   */
  find(wanted: KeyWanted, now: Instant): Promise<CryptoKey | undefined>;
}

async function pick(keys: KeySet, wanted: KeyWanted): Promise<CryptoKey | undefined> {
  try {
    return await keys({ ...wanted });
  } catch {
    // No key matches, several do, or the one that does is broken.
    return undefined;
  }
}

/** @param fetchKeys the issuer's keys as it publishes them at the moment; throws where they cannot be had. */
export function issuerKeys(issuer: string, fetchKeys: () => Promise<KeySet>): IssuerKeys {
  let held: { readonly keys: KeySet; readonly at: Instant } | undefined;
  let last: { readonly at: Instant; readonly failed: boolean } | undefined;
  let running: Promise<void> | undefined;

  const attempt = async (now: Instant) => {
    try {
      held = { keys: await fetchKeys(), at: now };
      last = { at: now, failed: false };
    } catch {
      last = { at: now, failed: true };
    } finally {
      running = undefined;
    }
  };
  const fetchOnce = (now: Instant) => {
    running ??= attempt(now);
    return running;
  };
  const mayFetch = (now: Instant, gap: number) =>
    running !== undefined || last === undefined || Math.abs(now - last.at) >= gap;
  // Told by how far away they were fetched, so that a clock that was set back makes no keys fresh for ever.
  const within = (now: Instant, at: Instant, most: number) => Math.abs(now - at) <= most;
  const usable = (now: Instant) => (held !== undefined && within(now, held.at, USABLE_FOR) ? held : undefined);

  return {
    async find(wanted, now) {
      const before = usable(now);
      const fresh = before !== undefined && within(now, before.at, FRESH_FOR);
      if (!fresh && mayFetch(now, before === undefined ? RETRY_AFTER : COOL_DOWN)) await fetchOnce(now);

      const current = usable(now);
      if (current === undefined) throw new Fault('identity/unavailable', `${issuer}: its keys cannot be fetched`);
      const key = await pick(current.keys, wanted);
      if (key !== undefined) return key;

      if (mayFetch(now, COOL_DOWN)) await fetchOnce(now);
      const renewed = usable(now);
      const found = renewed === undefined ? undefined : await pick(renewed.keys, wanted);
      if (found === undefined && last?.failed !== false) {
        throw new Fault('identity/unavailable', `${issuer}: it cannot be asked whether it has a new key`);
      }
      return found;
    },
  };
}
