import type { DateOrder } from '../../domain/dataset.ts';

/** One separator throughout; the year has four digits or two. */
const YEAR_FIRST = /^(\d{4}|\d{2})([-/.])(\d{1,2})\2(\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
/** RFC 3339 section 5.6, with a blank allowed for the `T` and the offset optional. */
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/i;

/** What `isoDate` gives, and what most holders write. */
const PLAIN = /^\d{4}-\d{2}-\d{2}$/;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
}

function isDay(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** Two digits: this century, unless that year lies after the pivot; then the last. */
function fullYear(text: string, pivotYear: number): number {
  if (text.length === 4) return Number(text);
  const year = 2000 + Number(text);
  return year > pivotYear ? year - 100 : year;
}

function parts(text: string, order: DateOrder): readonly [string, string, string] | undefined {
  const found = order === 'ymd' ? (YEAR_FIRST.exec(text) ?? undefined) : (YEAR_LAST.exec(text) ?? undefined);
  if (found === undefined) return undefined;
  const [, first = '', , second = '', third = ''] = found;
  if (order === 'ymd') return [first, second, third];
  return order === 'dmy' ? [third, second, first] : [third, first, second];
}

/**
 * @param text without blanks around it. Order `ymd` also takes a date-time; its day is the one written, whatever the
 * offset, since that is the day the holder would read out.
 * @param pivotYear last year that two digits can mean in this century: the year in which the question is asked.
 * @returns `YYYY-MM-DD`, or undefined where the text is no day of the Gregorian calendar in that order.
 */
export function isoDate(text: string, order: DateOrder, pivotYear: number): string | undefined {
  if (order === 'ymd' && PLAIN.test(text)) {
    return isDay(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))) ? text : undefined;
  }
  const stamped = order === 'ymd' ? DATE_TIME.exec(text) : null;
  const [y, m, d] = stamped ? [stamped[1] ?? '', stamped[2] ?? '', stamped[3] ?? ''] : (parts(text, order) ?? []);
  if (y === undefined || m === undefined || d === undefined) return undefined;
  const year = fullYear(y, pivotYear);
  const month = Number(m);
  const day = Number(d);
  if (!isDay(year, month, day)) return undefined;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
