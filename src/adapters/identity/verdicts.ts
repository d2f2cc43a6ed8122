import { digestOf } from '../../domain/digest.ts';
import { type Instant, MINUTE } from '../../domain/time.ts';

const REMEMBERED_FOR = MINUTE;
const AT_MOST = 5_000;

/** Tokens whose signature was found good less than a minute ago. Says nothing of time, audience or state. */
export interface Verdicts<Read> {
  /** What was read from a token whose signature need not be checked again yet. */
  recall(token: string, now: Instant): Read | undefined;
  remember(token: string, read: Read, now: Instant): void;
}

/** The token itself is not kept, only its SHA-256; the longest unused go first. */
export function verdicts<Read>(limit: number = AT_MOST): Verdicts<Read> {
  const good = new Map<string, { readonly read: Read; readonly at: Instant }>();
  return {
    recall(token, now) {
      const key = digestOf(token);
      const found = good.get(key);
      if (found === undefined) return undefined;
      good.delete(key);
      if (Math.abs(now - found.at) > REMEMBERED_FOR) return undefined;
      good.set(key, found);
      return found.read;
    },
    remember(token, read, now) {
      good.set(digestOf(token), { read, at: now });
      const [oldest] = good.keys();
      if (good.size > limit && oldest !== undefined) good.delete(oldest);
    },
  };
}
