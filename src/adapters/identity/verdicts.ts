import { sha256 } from '../../domain/digest.ts';
import { type Instant, MINUTE } from '../../domain/time.ts';
import type { Claims } from './token.ts';

const REMEMBERED_FOR = MINUTE;
const AT_MOST = 5_000;

/** Tokens whose signature was found good less than a minute ago. Says nothing of time, audience or state. */
export interface Verdicts {
  /** Claims of a token whose signature need not be checked again yet. */
  recall(token: string, now: Instant): Claims | undefined;
  remember(token: string, claims: Claims, now: Instant): void;
}

/** The token itself is not kept, only its SHA-256; the longest unused go first. */
export function verdicts(limit: number = AT_MOST): Verdicts {
  const good = new Map<string, { readonly claims: Claims; readonly at: Instant }>();
  const keyOf = (token: string) => sha256(token).toString('base64');
  return {
    recall(token, now) {
      const key = keyOf(token);
      const found = good.get(key);
      if (found === undefined) return undefined;
      good.delete(key);
      if (Math.abs(now - found.at) > REMEMBERED_FOR) return undefined;
      good.set(key, found);
      return found.claims;
    },
    remember(token, claims, now) {
      good.set(keyOf(token), { claims, at: now });
      const [oldest] = good.keys();
      if (good.size > limit && oldest !== undefined) good.delete(oldest);
    },
  };
}
