import { z } from 'zod';
import type { Instant } from '../domain/time.ts';

/** Ids and the names of roles, accreditations and the like: what rulebook pages can spell without quotes. */
export const word = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected a word of lower-case letters, digits and single hyphens');

/** Text for people to read. */
export const line = z
  .string()
  .max(300)
  .refine((text) => text.trim() !== '' && !/\p{Cc}/u.test(text), 'expected one line of text');

/** A day stands for its first moment, UTC. */
export const instant = z
  .string()
  .refine(
    (text) => z.iso.date().safeParse(text).success || z.iso.datetime({ offset: true }).safeParse(text).success,
    'expected a date as YYYY-MM-DD or a time as in RFC 3339',
  )
  .transform((text): Instant => Date.parse(text));

/** A list in which nothing stands twice. */
export function distinct<T extends string>(item: z.ZodType<T>, least = 0) {
  return z
    .array(item)
    .min(least)
    .refine((items) => new Set(items).size === items.length, 'expected each entry only once');
}

/**
 * A URL that personal data may travel to: TLS, except on this very machine.
 * @param text absolute URL without credentials, query and fragment.
 */
export function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || text.includes('?') || text.includes('#')) {
    return false;
  }
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}

export const SAFE_URL = 'expected an https URL (http only to this machine) without credentials, query and fragment';
