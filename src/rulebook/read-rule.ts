import type { Condition, Limit, Rule, What } from '../domain/rule.ts';
import { SAFES, type Safe } from '../domain/safe.ts';
import type { Cell } from './cells.ts';
import { type FlawCode, flaw } from './flaw.ts';
import { readItem } from './read-condition.ts';
import { type Reading, readWhat, readWho, splitItems } from './read-scope.ts';
import { readExists, readRelease, readTreatment } from './read-then.ts';

/** The columns of a page, in their order. */
export const COLUMNS = ['safe', 'id', 'who', 'what', 'only if', 'verdict', 'then'] as const;

/** Of one row: an agreement that needs more says two things in one sentence. */
export const MAX_ITEMS = 12;

const ID = /^[A-Z][A-Z0-9-]{0,15}$/;

/** Reads one row; null, with flaws in `reading`, where any part of it is not understood. */
export function readRule(reading: Reading, row: readonly Cell[]): Rule | null {
  const { file, flaws, kind } = reading;
  const [safeCell, idCell, whoCell, whatCell, ifCell, verdictCell, thenCell] = row;
  const start = { file, line: safeCell?.line ?? 1, column: safeCell?.column ?? 1 };
  if (
    row.length !== COLUMNS.length ||
    !safeCell ||
    !idCell ||
    !whoCell ||
    !whatCell ||
    !ifCell ||
    !verdictCell ||
    !thenCell
  ) {
    flaws.push(
      flaw(start, 'csv/columns', `${COLUMNS.length} columns, found ${row.length}: quote a cell that holds a comma`),
    );
    return null;
  }
  const before = flaws.length;
  const say = (cell: Cell, code: FlawCode, expected: string) => flaws.push(flaw({ file, ...cell }, code, expected));

  const safe = (SAFES as readonly string[]).includes(safeCell.text) ? (safeCell.text as Safe) : null;
  if (safe === null) {
    say(safeCell, 'safe/unknown', `one of ${SAFES.join(', ')}`);
    return null;
  }
  if (!ID.test(idCell.text))
    say(idCell, 'id/shape', 'an id such as P1: a capital letter, then capitals, digits and hyphens, at most 16');
  const verdict = verdictCell.text;
  if (verdict !== 'allow' && verdict !== 'deny') say(verdictCell, 'verdict/unknown', 'allow or deny');
  if (kind !== 'agreement' && verdict !== 'deny')
    say(verdictCell, 'page/deny-only', `only deny rows on the page "${reading.name}"`);

  const who = readWho(reading, whoCell);
  if (verdict === 'allow' && (safe === 'people' || safe === 'projects') && who.some((w) => w.kind === 'anyone')) {
    say(whoCell, 'who/wildcard', `a role or partner: "anyone" cannot be allowed in ${safe}`);
  }
  const what = readWhat(reading, whatCell);
  const conditions: Condition[] = [];
  const limits: Limit[] = [];
  const items = splitItems(ifCell);
  if (items.length > MAX_ITEMS)
    say(ifCell, 'condition/too-many', `at most ${MAX_ITEMS} conditions and limits in a row`);
  for (const { text, column } of items.slice(0, MAX_ITEMS)) {
    const agreement = kind === 'agreement' ? reading.name : null;
    const item = readItem(text, { safe, vocabulary: reading.vocabulary, agreement });
    if ('misread' in item) say({ ...ifCell, column }, item.misread.code, item.misread.expected);
    else if ('limit' in item) limits.push(item.limit);
    else conditions.push(item.condition);
  }
  if (verdict === 'deny' && limits.length > 0) say(ifCell, 'limit/place', 'limits only in allow rows');

  const then =
    what === null
      ? null
      : readThenCell({ reading, safe, what, verdict, limits, cell: thenCell, whatCell, ifCell, say });
  if (flaws.length > before || what === null || then === null) return null;
  return {
    safe,
    id: idCell.text,
    who,
    what,
    conditions,
    limits,
    verdict: verdict as 'allow' | 'deny',
    ...then,
    place: start,
    cells: row.map((c) => c.text),
  };
}

interface ThenCell {
  readonly reading: Reading;
  readonly safe: Safe;
  readonly what: What;
  readonly verdict: string;
  readonly limits: readonly Limit[];
  readonly cell: Cell;
  readonly whatCell: Cell;
  readonly ifCell: Cell;
  readonly say: (cell: Cell, code: FlawCode, expected: string) => void;
}

/** Which `then` a row may have follows from its Safe and its `what`. */
function readThenCell({ reading, safe, what, verdict, limits, cell, whatCell, ifCell, say }: ThenCell) {
  if (safe !== 'data' && what.field !== undefined)
    say(whatCell, 'what/field', `a dataset: rows of ${safe} do not name fields`);
  if (verdict !== 'allow' || (safe !== 'data' && safe !== 'outputs')) {
    if (what.field !== undefined && safe === 'data')
      say(whatCell, 'what/field', 'a dataset: to withhold one field, leave its row out');
    if (cell.text !== '-') say(cell, 'then/empty', '"-"');
    return { terms: [] };
  }
  if (safe === 'outputs') {
    if (what.level === undefined) say(whatCell, 'what/level', 'an output level: (hit) or (records)');
    if (what.level === 'records' && !limits.some((l) => l.name === 'rows')) {
      say(ifCell, 'limit/missing', 'a limit rows<=number in "only if" of a row that releases records');
    }
    return unwrap(readRelease(cell.text), cell, say);
  }
  if (what.field === undefined) {
    if (what.level !== 'hit')
      say(whatCell, 'what/field', 'dataset/field, or dataset (hit): a row for records names one field');
    return unwrap(readExists(cell.text), cell, say);
  }
  if (what.level !== undefined) say(whatCell, 'what/level', 'no level behind a field');
  const type =
    what.dataset === null ? undefined : reading.vocabulary.datasets.get(what.dataset)?.fields.get(what.field);
  return type === undefined ? null : unwrap(readTreatment(cell.text, type), cell, say);
}

function unwrap(read: ReturnType<typeof readRelease>, cell: Cell, say: ThenCell['say']) {
  if ('adds' in read) return read.adds;
  say(cell, read.misread.code, read.misread.expected);
  return null;
}
