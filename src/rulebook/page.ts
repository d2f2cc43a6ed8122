import { isDay } from '../domain/local-time.ts';
import type { Place, Rule } from '../domain/rule.ts';
import { type Cell, readingCells } from './cells.ts';
import { type Flaw, flaw } from './flaw.ts';
import { COLUMNS, readRule } from './read-rule.ts';
import { offered, type Reading } from './read-scope.ts';
import { REVIEW, reviewRule } from './review-rule.ts';
import type { Roles } from './roles.ts';
import { atOnce, ROWS_A_STEP, type Steps } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One agreement's rules, or deny rows that stand above agreements. */
export interface Page {
  readonly file: string;
  /** Agreement id, `everywhere`, or `holder-<partner>`. */
  readonly name: string;
  readonly kind: Reading['kind'];
  readonly owner: string;
  /** `YYYY-MM-DD`: the day by which the partners look at the page again. */
  readonly review: string;
  /** Of the row that says so. */
  readonly place: Place;
  /** In the order of the page; on an agreement's page the first is the one that lets it lapse. */
  readonly rules: readonly Rule[];
}

const SETTING = /^(owner|review)=(\S+)$/;
/** As many mistakes of one page are told. */
const MAX_FLAWS = 1_000;

/**
 * Reads one page strictly: what is not understood whole is a flaw, and a page with a flaw yields no page.
 * @param file name as it shall appear in flaws; its base name is the page's name.
 * @returns the page or null, and every flaw found. Never throws, whatever the text.
 */
export function readPage(file: string, source: string, roles: Roles, vocabulary: Vocabulary): ReadPage {
  return atOnce(readingPage(file, source, roles, vocabulary));
}

export interface ReadPage {
  readonly page: Page | null;
  readonly flaws: readonly Flaw[];
}

/** As `readPage`, in steps. */
export function* readingPage(file: string, source: string, roles: Roles, vocabulary: Vocabulary): Steps<ReadPage> {
  const table = yield* readingCells(file, source);
  const flaws: Flaw[] = [...table.flaws];
  const name = (file.split('/').at(-1) ?? file).replace(/\.csv$/, '');
  const kind = name === 'everywhere' ? 'everywhere' : name.startsWith('holder-') ? 'holder' : 'agreement';
  const reading: Reading = { file, kind, name, roles, vocabulary, flaws, ...offered(kind, name, vocabulary) };
  const [header, first, ...rest] = table.rows;
  if (header?.map((c) => c.text.toLowerCase()).join(',') !== COLUMNS.join(',')) {
    flaws.push(
      flaw({ file, line: header?.[0]?.line ?? 1, column: 1 }, 'page/header', `the header "${COLUMNS.join(', ')}"`),
    );
    return { page: null, flaws };
  }
  if (kind === 'agreement' && !vocabulary.agreements.has(name)) {
    flaws.push(
      flaw({ file, line: 1, column: 1 }, 'page/agreement', 'a file named after an agreement of agreements.yaml'),
    );
  }
  if (kind === 'holder' && !vocabulary.partners.has(name.slice('holder-'.length))) {
    flaws.push(
      flaw(
        { file, line: 1, column: 1 },
        'page/agreement',
        'a file named holder-<partner> after a partner of partners.yaml',
      ),
    );
  }
  const settings = readPageRow(reading, first);
  const rules: Rule[] = [];
  if (kind === 'agreement' && settings !== null) rules.push(reviewRule(settings));
  for (const [i, row] of rest.entries()) {
    const rule = readRule(reading, row);
    if (rule !== null) rules.push(rule);
    if (rule?.id === REVIEW) flaws.push(flaw(rule.place, 'id/duplicate', `an id other than ${REVIEW}, the page row's`));
    if (flaws.length >= MAX_FLAWS) {
      flaws.push(flaw({ file, line: 1, column: 1 }, 'page/more-flaws', `no more than ${MAX_FLAWS} mistakes`));
      break;
    }
    if (i % ROWS_A_STEP === 0) yield;
  }
  if (flaws.length > 0 || settings === null) return { page: null, flaws };
  return { page: { file, name, kind, ...settings, rules }, flaws };
}

function readPageRow(
  { file, name, flaws }: Reading,
  row: readonly Cell[] | undefined,
): Pick<Page, 'owner' | 'review' | 'place'> | null {
  const texts = row?.map((c) => c.text) ?? [];
  const place = { file, line: row?.[0]?.line ?? 2, column: row?.[0]?.column ?? 1 };
  if (row === undefined || texts.length !== COLUMNS.length || texts[0] !== 'page') {
    flaws.push(
      flaw(place, 'page/first-row', `"page, -, ${name}, -, -, -, owner=… review=YYYY-MM-DD" as the first row`),
    );
    return null;
  }
  if (texts[2] !== name)
    flaws.push(flaw({ file, ...(row[2] ?? place) }, 'page/name', `"${name}", as the file is called`));
  if ([1, 3, 4, 5].some((i) => texts[i] !== '-'))
    flaws.push(flaw(place, 'page/first-row', '"-" in the columns id, what, only if, verdict'));
  const found = new Map<string, string>();
  for (const word of (texts[6] ?? '').split(/\s+/)) {
    const [matched, key = '', value = ''] = SETTING.exec(word) ?? [];
    const cell = { file, ...(row[6] ?? place) };
    if (matched === undefined) flaws.push(flaw(cell, 'page/setting', 'owner=… and review=YYYY-MM-DD'));
    else if (found.has(key)) flaws.push(flaw(cell, 'page/duplicate', `"${key}" once`));
    found.set(key, value);
  }
  const owner = found.get('owner') ?? '';
  const review = found.get('review') ?? '';
  if (owner === '')
    flaws.push(flaw({ file, ...(row[6] ?? place) }, 'page/owner', 'owner=… : who answers for this page'));
  if (!isDay(review))
    flaws.push(
      flaw({ file, ...(row[6] ?? place) }, 'page/review', 'review=YYYY-MM-DD: when the page is looked at again'),
    );
  return { owner, review, place };
}
