import type { Attested } from '../domain/partnership.ts';
import type { Instant } from '../domain/time.ts';

/** `from` counts, `until` does not: what has expired is as if it had never been said. */
export function isInForce(attested: Attested, now: Instant): boolean {
  return attested.from <= now && now < attested.until;
}

/** The entries that hold at an instant, in the registry's order. */
export function inForce(attested: readonly Attested[], now: Instant): readonly Attested[] {
  return attested.filter((entry) => isInForce(entry, now));
}

/** Their names, each once: the roles a person has now, the grounds on which one is suspended now. */
export function namesInForce(attested: readonly Attested[], now: Instant): readonly string[] {
  return [...new Set(inForce(attested, now).map((entry) => entry.name))];
}
