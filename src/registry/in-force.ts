import { type Attested, inForce } from '../domain/partnership.ts';
import type { Instant } from '../domain/time.ts';

/** Names of the entries that hold at an instant, each once: the roles a person has, the grounds of a suspension. */
export function namesInForce(attested: readonly Attested[], now: Instant): readonly string[] {
  return [...new Set(attested.filter((entry) => inForce(entry, now)).map((entry) => entry.name))];
}
