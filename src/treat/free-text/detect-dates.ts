import type { Detector, Span } from './spans.ts';
import { type Cut, gapBetween, type Piece, textOf } from './words.ts';

/** Names of months, folded, and what people shorten them to, in languages of the partners. */
const MONTHS: ReadonlySet<string> = new Set(
  [
    'january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec',
    'januar februar marz maerz mai juni juli oktober dezember jaenner janner okt dez mrz',
    'januari februari maart mei augustus maa mrt',
    'janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre janv fevr avr juil',
    'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre ene abr ago dic',
    'gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug set ott',
    'stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia',
    'augusti janeiro fevereiro marco maio junho julho setembro outubro dezembro',
  ].flatMap((line) => line.split(' ')),
);
/** Between a day and its month: `14th of March`, `14 de marzo`. */
const FILLERS: ReadonlySet<string> = new Set(['st', 'nd', 'rd', 'th', 'of', 'de', 'di', 'del', 'er']);
const GAP = /^[ \-./,']{0,3}$/;
const MOST_PIECES = 6;
const LONGEST = 12;

/** Sorts of piece in a date: a month's name; a number that can be a day; a day that can be a month; a year. */
type Sort = 'name' | 'day' | 'month' | 'year';

/** Day, month and year in any order, month names, dates without separators, and without a year where a month is named. */
export const detectDates: Detector = (cut) =>
  cut.pieces.flatMap((piece, i) => (piece.digits ? [...compact(cut, piece), ...dateAt(cut, i)] : dateAt(cut, i)));

/** `19790314`, `14031979` */
function compact(cut: Cut, piece: Piece): readonly Span[] {
  const text = textOf(cut, piece, 8);
  if (!piece.digits || text.length !== 8) return [];
  const plausible = (year: string, one: string, other: string) =>
    isYear(year) && Number(one) >= 1 && Number(other) >= 1 && Math.max(Number(one), Number(other)) <= 31;
  const [front, back] = [text.slice(0, 4), text.slice(4)];
  const found =
    plausible(front, text.slice(4, 6), text.slice(6)) || plausible(back, text.slice(0, 2), text.slice(2, 4));
  return found ? [{ kind: 'date', start: piece.start, end: piece.end }] : [];
}

function dateAt(cut: Cut, from: number): readonly Span[] {
  const head = cut.pieces[from];
  // Most pieces of a text are no part of any date.
  if (head === undefined || sortOf(textOf(cut, head, LONGEST)) === undefined) return [];
  const sorts: Sort[] = [];
  const gaps: string[] = [];
  const spans: Span[] = [];
  const first = cut.pieces[from];
  let previous: Piece | undefined;
  for (let i = from; i < from + MOST_PIECES; i++) {
    const piece = cut.pieces[i];
    if (piece === undefined) break;
    const gap = previous === undefined ? '' : gapBetween(cut, previous, piece, 3);
    if (first === undefined || gap === undefined || !GAP.test(gap)) break;
    const text = textOf(cut, piece, LONGEST);
    previous = piece;
    if (sorts.length > 0 && FILLERS.has(text)) continue;
    const sort = sortOf(text);
    if (sort === undefined) break;
    sorts.push(sort);
    if (sorts.length > 1) gaps.push(gap);
    if (isDate(sorts, gaps)) spans.push({ kind: 'date', start: first.start, end: piece.end });
    if (sorts.length === 3) break;
  }
  return spans.slice(-1);
}

function sortOf(text: string): Sort | undefined {
  if (!(text.charCodeAt(0) <= 57)) return MONTHS.has(text) ? 'name' : undefined;
  if (isYear(text)) return 'year';
  if (!/^\d{1,2}$/.test(text)) return undefined;
  if (Number(text) >= 1 && Number(text) <= 12) return 'month';
  // 32 to 99 and 00: a year of two digits.
  return Number(text) >= 1 && Number(text) <= 31 ? 'day' : 'year';
}

function isYear(text: string): boolean {
  return /^(?:19|20)\d{2}$/.test(text);
}

function isDate(sorts: readonly Sort[], gaps: readonly string[]): boolean {
  if (sorts.includes('name')) {
    const others = sorts.filter((sort) => sort !== 'name');
    return sorts.length - others.length === 1 && others.length > 0;
  }
  // Numbers alone: three of them, separated alike, one of them fit to be the month and none glued to the next.
  const [one = '', other = ''] = gaps.map((gap) => gap.trim());
  const separated = gaps.length === 2 && one === other && !gaps.includes('');
  const years = sorts.filter((sort) => sort === 'year').length;
  if (sorts.length !== 3 || !separated || !sorts.includes('month') || years > 1) return false;
  return one !== '' || years === 1;
}
