import { DAY } from '../../src/domain/time.ts';

/** The page that the story changes, and what is expected of it. */
export const PAGE = 'vehicle-tracing.csv';
const EXPECTED = 'vehicle-tracing.expected.csv';

type Files = Readonly<Record<string, string>>;

/** An investigator of Kestrel makes the promise that those of Harbour made when they joined. */
const PROMISE =
  'people,   P4,  role:investigator & partner:kestrel-police, dealer-sales (records), not undertaking:confidentiality<=365d, deny, -';

/**
 * What Kestrel and Northgate have agreed to change: names of buyers and owners only for senior investigators, the mileage as it is, and
 * an undertaking of Kestrel's investigators; with the expected decisions that go with it.
 * @param files of the version in force. @throws Error where they no longer say what is to be replaced.
 */
export function agreedChange(files: Files): Files {
  const page = replaced(textOf(files, PAGE), [
    [/^(data,\s+D7,\s+)role:investigator, {2}/m, '$1role:senior-investigator,'],
    [/^(data,\s+D14,\s+)role:investigator, {2}/m, '$1role:senior-investigator,'],
    [/(sale\.mileage,.*)band\(10000\)/, '$1keep'],
    [/^(people,\s+P2,.*)$/m, `$1\n${PROMISE}`],
  ]);
  const rows = textOf(files, EXPECTED).split('\n');
  return { [PAGE]: page, [EXPECTED]: [...rows.map(expectedNow), withoutPromise(rows), ''].join('\n') };
}

/** The same with a slip of the pen, and where it is, as line and column. */
export function mistakenChange(files: Files): { readonly files: Files; readonly place: string } {
  const change = agreedChange(files);
  const page = replaced(textOf(change, PAGE), [[/role:senior-investigator/, 'role:senior-investigater']]);
  const before = page.slice(0, page.indexOf('role:senior-investigater')).split('\n');
  const place = `${PAGE}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
  return { files: { ...change, [PAGE]: page }, place };
}

/** A row of the expected decisions, as it has to be after the change. */
function expectedNow(row: string): string {
  const promised = /kestrel-police, (senior-)?investigator,/.test(row)
    ? row.replace(/(training:data-protection@[\d-]+)/, `$1 undertaking:confidentiality@${monthBefore(row)}`)
    : row;
  const named = /, senior-investigator,/.test(row)
    ? promised
    : promised.replace(/ (buyer\.name=keep@D7|owners\[\]\.name=keep@D14)/g, '');
  return named.replace('sale.mileage=band(10000)@D16', 'sale.mileage=keep@D16');
}

/** The new rule refuses: whoever has not made the promise gets no records. */
function withoutPromise(rows: readonly string[]): string {
  const first = rows.find((row) => row.includes('kestrel-police, investigator,')) ?? '';
  return replaced(first, [
    [/^[^,]+/, 'at Northgate nobody of Kestrel without the undertaking'],
    [/allow P1/, 'refuse people/undertaking P4'],
    [/allow O1.*$/, 'allow O1, -'],
  ]);
}

function monthBefore(row: string): string {
  const at = /, (\d{4}-\d{2}-\d{2})T/.exec(row)?.[1] ?? '';
  return new Date(Date.parse(at) - 30 * DAY).toISOString().slice(0, 10);
}

function textOf(files: Files, name: string): string {
  const text = files[name];
  if (text === undefined) throw new Error(`the rulebook has no ${name}`);
  return text;
}

function replaced(text: string, edits: readonly (readonly [RegExp, string])[]): string {
  return edits.reduce((now, [was, is]) => {
    if (!was.test(now)) throw new Error(`expected ${was} in "${now.slice(0, 80)}…"`);
    return now.replace(was, is);
  }, text);
}
