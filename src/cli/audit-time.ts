import { isoTime } from '../domain/time.ts';
import { instant } from '../registry/words.ts';
import { UsageError } from './world.ts';

/** A day (its first moment, UTC) or a time, as the gateway takes it. @throws UsageError */
export function momentText<T extends string | undefined>(name: string, text: T): T | string {
  if (text === undefined) return text;
  const parsed = instant.safeParse(text);
  if (parsed.success) return isoTime(parsed.data);
  throw new UsageError(`--${name}: expected a day as YYYY-MM-DD (its first moment, UTC) or a time as in RFC 3339`);
}
