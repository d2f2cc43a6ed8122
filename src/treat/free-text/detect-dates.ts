import type { Detector, Span } from './spans.ts';
import { areClose, type Cut, type Piece, textOf } from './words.ts';

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
/** No filler is longer. */
const LONGEST_FILLER = 3;
const GAP = " -./,'";
const GAP_LONGEST = 3;
const MOST_PIECES = 6;
const LONGEST = 12;
const YEAR_LENGTH = 4;

/** Sorts of piece in a date: a month's name; a number that can be a day; a day that can be a month; a year. */
type Sort = 'name' | 'day' | 'month' | 'year';

/** Day, month and year in any order, month names, dates without separators, and without a year where a month is named. */
export const detectDates: Detector = (cut, finds) => {
  if (cut.digits === 0) return;
  let numberAt = Number.POSITIVE_INFINITY;
  // From the end, so that it is known how far the next number is: no date is without one.
  for (let i = cut.pieces.length - 1; i >= 0; i--) {
    const piece = cut.pieces[i];
    if (piece === undefined) return;
    if (piece.digits) numberAt = i;
    if (isCompact(cut, piece)) finds.push({ kind: 'date', start: piece.start, end: piece.end });
    const found = numberAt - i < MOST_PIECES ? dateAt(cut, piece, i) : undefined;
    if (found !== undefined) finds.push(found);
  }
};

/** `19790314`, `14031979` */
function isCompact(cut: Cut, piece: Piece): boolean {
  if (!piece.digits || piece.end - piece.start !== 8) return false;
  const text = textOf(cut, piece, 8);
  const plausible = (year: string, one: string, other: string) =>
    isYear(year) && Number(one) >= 1 && Number(other) >= 1 && Math.max(Number(one), Number(other)) <= 31;
  const [front, back] = [text.slice(0, 4), text.slice(4)];
  return plausible(front, text.slice(4, 6), text.slice(6)) || plausible(back, text.slice(0, 2), text.slice(2, 4));
}

/** The longest date that begins with a piece. */
function dateAt(cut: Cut, head: Piece, from: number): Span | undefined {
  if (!canBegin(head, cut.pieces[from + 1])) return undefined;
  const sort = sortOf(cut, head);
  // Most pieces of a text are no part of any date.
  if (sort === undefined) return undefined;
  const sorts: Sort[] = [sort];
  const gaps: string[] = [];
  let previous = head;
  let end: number | undefined;
  for (let i = from + 1; i < from + MOST_PIECES && sorts.length < 3; i++) {
    const piece = cut.pieces[i];
    if (piece === undefined || !areClose(cut, previous, piece, GAP_LONGEST, GAP)) break;
    const gap = cut.folded.text.slice(previous.end, piece.start);
    previous = piece;
    if (FILLERS.has(textOf(cut, piece, LONGEST_FILLER))) continue;
    const next = sortOf(cut, piece);
    if (next === undefined) break;
    sorts.push(next);
    gaps.push(gap);
    if (isDate(sorts, gaps)) end = piece.end;
  }
  return end === undefined ? undefined : { kind: 'date', start: head.start, end };
}

/** Told by length alone: behind the name of a month stands a number or a filler, and no number in a date is longer than a year. */
function canBegin(head: Piece, next: Piece | undefined): boolean {
  if (next === undefined || next.start - head.end > GAP_LONGEST) return false;
  const length = head.end - head.start;
  if (head.digits) return length <= YEAR_LENGTH;
  return length <= LONGEST && next.end - next.start <= (next.digits ? YEAR_LENGTH : LONGEST_FILLER);
}

function sortOf(cut: Cut, piece: Piece): Sort | undefined {
  if (!piece.digits) return MONTHS.has(textOf(cut, piece, LONGEST)) ? 'name' : undefined;
  const text = textOf(cut, piece, YEAR_LENGTH);
  if (isYear(text)) return 'year';
  if (text.length === 0 || text.length > 2) return undefined;
  const value = Number(text);
  if (value >= 1 && value <= 12) return 'month';
  // 32 to 99 and 00: a year of two digits.
  return value >= 1 && value <= 31 ? 'day' : 'year';
}

function isYear(text: string): boolean {
  return text.length === YEAR_LENGTH && (text.startsWith('19') || text.startsWith('20'));
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
