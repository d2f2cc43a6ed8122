import { DAY, HOUR, type Instant, MINUTE } from './time.ts';

/** Time as a clock on a wall tells it: days and hours of an agreement are those of its zone. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      ...{ timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' },
      ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** `2026-11-23T11:00`, in the zone. */
export function localTime(at: Instant, timeZone: string): string {
  return formatFor(timeZone).format(at).replace(', ', 'T');
}

/** Whether a text is a day that the calendar has: `2028-02-29`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Beginnings of days in UTC, so that a day on a page is parsed once. Pages name few; a great many are forgotten again. */
const beginnings = new Map<string, Instant>();

/** Whether the day `YYYY-MM-DD` lies in the past in the zone. A text that is no day is over. */
export function isDayOver(day: string, timeZone: string, now: Instant): boolean {
  let begins = beginnings.get(day);
  if (begins === undefined) {
    if (beginnings.size > 10_000) beginnings.clear();
    begins = isDay(day) ? Date.parse(day) : Number.NEGATIVE_INFINITY;
    beginnings.set(day, begins);
  }
  // Zones lie between UTC-12 and UTC+14: farther away the zone does not matter, and need not be worked out.
  if (now < begins + 10 * HOUR) return false;
  if (now >= begins + DAY + 12 * HOUR) return true;
  return localTime(now, timeZone).slice(0, 10) > day;
}

/**
 * Instants at which clocks in the zone show `2026-11-23T18:00`: one; none in the hour that is left out in spring; two in
 * the hour that is told twice in autumn.
 */
export function instantsOf(local: string, timeZone: string): readonly Instant[] {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return [];
  // The offset in force is one of those a day before and a day after.
  const offsets = [asUtc - DAY, asUtc + DAY].map((at) => Date.parse(`${localTime(at, timeZone)}Z`) - at);
  return [...new Set(offsets)]
    .map((offset) => Math.round((asUtc - offset) / MINUTE) * MINUTE)
    .filter((at) => localTime(at, timeZone) === local)
    .toSorted((a, b) => a - b);
}
