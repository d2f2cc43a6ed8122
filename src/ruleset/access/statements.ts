import type { OutputLevel } from '../../domain/enquiry.ts';
import { SAFES, type Safe } from '../../domain/safe.ts';
import { flatMapSteps, type Steps } from '../../rulebook/turns.ts';
import { mapSafes } from '../../safes/decide.ts';
import { covers, type Duty, showsNoMore, showsValue } from './openness.ts';
import { SCHEME } from './parameters.ts';
import { binds, type Chosen, demandsNoMore, meets, ofSafe, type Row, type Side } from './rows.ts';
import { BeyondBound, type Bound, type Statement } from './search.ts';
import { all, each, not, some, type Truth } from './truth.ts';

/** Both versions on one question. */
export interface Pair {
  readonly before: Side;
  readonly after: Side;
  readonly output: OutputLevel;
  /** Schemes that the dataset can be searched by. */
  readonly searchable: readonly string[];
  readonly bound: Bound;
}

/** A way in which something could widen: true together means it does. One statement a Safe. */
export interface Way {
  readonly what: string;
  readonly statements: readonly Statement[];
}

/** What the judge of each Safe says. */
type Judges = Readonly<Record<Safe, Statement>>;

interface Asked extends Pair {
  readonly allowedBefore: Judges;
  readonly allowedAfter: Judges;
}

/** Pairs of rows, roughly, that are compared in one step. */
const PAIRS_A_STEP = 5_000;

/**
 * Every way in which the second version could give more than the first, in steps. Rows that stand in both are no way.
 * @throws BeyondBound where more rows are to be compared with each other than the bound lets be.
 */
export function* waysToWiden(pair: Pair): Steps<readonly Way[]> {
  if (sameRows(pair.before.rows, pair.after.rows)) return [];
  yield;
  const judges = (side: Side) => mapSafes((safe) => allows(pair, side, safe));
  const asked = { ...pair, allowedBefore: judges(pair.before), allowedAfter: judges(pair.after) };
  const ways: Way[] = [];
  for (const safe of SAFES) ways.push(...(yield* newlyAllowed(asked, safe)));
  if (pair.output === 'records') ways.push(...(yield* newlyShown(asked)));
  for (const way of yield* lighterDuties(asked)) ways.push(way);
  return ways;
}

/** The Safe allows after and not before, and no other refuses after. */
function* newlyAllowed(asked: Asked, safe: Safe): Steps<readonly Way[]> {
  const cause = yield* causeIn(asked, safe);
  if (cause === null) return [];
  const statement: Statement = (chosen) =>
    all([() => cause(chosen), () => asked.allowedAfter[safe](chosen), () => not(asked.allowedBefore[safe](chosen))]);
  return [{ what: `allowed by ${safe}`, statements: [statement, ...othersAllow(asked, safe)] }];
}

/**
 * Where a Safe allows after and not before, either a deny row fires that the second version lacks, or an allow row is met
 * that the first one lacks: a row that demands no more than another fires wherever the other does. Null: neither is there.
 */
function* causeIn({ before, after, output, bound }: Pair, safe: Safe): Steps<Statement | null> {
  if (safe === 'data' && output === 'records') {
    // Two rows for one field withhold it, so that fewer rows can allow more: no short way.
    const own = (side: Side) => [...ofSafe(side, safe, 'deny'), ...ofSafe(side, safe, 'allow')];
    return sameRows(own(before), own(after)) ? null : () => true;
  }
  const lost = yield* notWithin(ofSafe(before, safe, 'deny'), ofSafe(after, safe, 'deny'), bound);
  const gained = yield* notWithin(ofSafe(after, safe, 'allow'), ofSafe(before, safe, 'allow'), bound);
  if (lost.length + gained.length === 0) return null;
  return (chosen) =>
    some([() => some(each(lost, (row) => binds(row, chosen))), () => some(each(gained, (row) => meets(row, chosen)))]);
}

/**
 * Rows for which the other version has none that demands no more. Most have their like there, or one with another bound:
 * these are found without a search.
 */
function* notWithin(rows: readonly Row[], others: readonly Row[], bound: Bound): Steps<readonly Row[]> {
  const known = new Set(others.map(({ demands }) => demands));
  const alike = Map.groupBy(others, ({ shape }) => shape);
  const found: Row[] = [];
  for (const row of rows) {
    if (known.has(row.demands) || (yield* within(row, alike.get(row.shape) ?? [], bound))) continue;
    if (!(yield* within(row, others, bound))) found.push(row);
  }
  return found;
}

function* within(row: Row, others: readonly Row[], bound: Bound): Steps<boolean> {
  for (const other of others) {
    if (demandsNoMore(other, row)) return true;
    if (--bound.pairs < 0) throw new BeyondBound();
    if (bound.pairs % PAIRS_A_STEP === 0) yield;
  }
  return false;
}

/** A field of which more is shown after than before, where everything is allowed after. */
function* newlyShown(asked: Asked): Steps<readonly Way[]> {
  const fieldsOf = (side: Side) => Map.groupBy(fieldRows(side), ({ rule }) => rule.what.field ?? '');
  const [before, after] = [fieldsOf(asked.before), fieldsOf(asked.after)];
  const scrubbed = new Set(
    fieldRows(asked.after).flatMap(({ rule }) => (rule.treatment?.name === 'scrub' ? (rule.what.field ?? '') : [])),
  );
  return yield* flatMapSteps(after, ([field, rows]): readonly Way[] => {
    const known = before.get(field) ?? [];
    if (sameRows(known, rows)) return [];
    const scrubs = [...scrubbed].some((one) => one !== field);
    const shown = rows.filter(({ rule }) => rule.treatment !== undefined && showsValue(rule.treatment));
    const statement: Statement = (chosen) =>
      all([
        () =>
          some(
            each(shown, (row) => {
              const { treatment } = row.rule;
              if (treatment === undefined) return false;
              const enough = known.filter((k) => showsNoMore(treatment, k.rule.treatment ?? null, scrubs));
              return all([
                () => alone(row, rows, chosen),
                () => not(some(each(enough, (k) => alone(k, known, chosen)))),
              ]);
            }),
          ),
        () => asked.allowedAfter.data(chosen),
      ]);
    return [{ what: `more of ${field}`, statements: [statement, ...othersAllow(asked, 'data')] }];
  });
}

/** A duty of the first version that the second does not lay on somebody whom it allows. */
function* lighterDuties(asked: Asked): Steps<readonly Way[]> {
  const [before, after] = [ofSafe(asked.before, 'outputs', 'allow'), ofSafe(asked.after, 'outputs', 'allow')];
  const kept = new Set(after.map(({ meaning }) => meaning));
  const ways: Way[] = [];
  for (const row of before) {
    if (kept.has(row.meaning)) continue;
    for (const duty of dutiesOf(row)) {
      asked.bound.pairs -= after.length;
      if (asked.bound.pairs < 0) throw new BeyondBound();
      const covering = after.filter((other) => dutiesOf(other).some((d) => covers(d, duty)));
      yield;
      if (yield* within(row, covering, asked.bound)) continue;
      const statement: Statement = (chosen) =>
        all([
          () => binds(row, chosen),
          () => not(some(each(covering, (other) => binds(other, chosen)))),
          () => asked.allowedAfter.outputs(chosen),
        ]);
      ways.push({ what: `less of ${duty.name}`, statements: [statement, ...othersAllow(asked, 'outputs')] });
    }
  }
  return ways;
}

function othersAllow({ allowedAfter }: Asked, but: Safe): readonly Statement[] {
  return SAFES.filter((safe) => safe !== but).map((safe) => allowedAfter[safe]);
}

/** What the judge of the Safe says, told from the rows. */
function allows({ output, searchable }: Pair, side: Side, safe: Safe): Statement {
  const [allow, deny] = [ofSafe(side, safe, 'allow'), ofSafe(side, safe, 'deny')];
  const byField =
    safe === 'data' && output === 'records' ? Map.groupBy(fieldRows(side), ({ rule }) => rule.what.field ?? '') : null;
  return (chosen) =>
    all([
      () => safe !== 'data' || isSearchable(searchable, chosen),
      () => not(some(each(deny, (row) => binds(row, chosen)))),
      () =>
        byField === null
          ? some(each(allow, (row) => meets(row, chosen)))
          : some(each(byField.values(), (rows) => some(each(rows, (row) => alone(row, rows, chosen))))),
    ]);
}

function isSearchable(searchable: readonly string[], chosen: Chosen): Truth {
  const scheme = chosen.get(SCHEME);
  return scheme === undefined ? chosen.open(SCHEME) : typeof scheme === 'string' && searchable.includes(scheme);
}

/** The row is met and no other for the field could apply. */
function alone(row: Row, rows: readonly Row[], chosen: Chosen): Truth {
  return all([() => meets(row, chosen), () => not(some(each(rows, (other) => other !== row && binds(other, chosen))))]);
}

function fieldRows(side: Side): readonly Row[] {
  return ofSafe(side, 'data', 'allow').filter(({ rule }) => rule.what.field !== undefined);
}

function dutiesOf({ rule }: Row): readonly Duty[] {
  return [...rule.limits, ...rule.terms];
}

/** Whether the same rows stand in both, however they are called and whatever their order. */
function sameRows(before: readonly Row[], after: readonly Row[]): boolean {
  if (before.length !== after.length) return false;
  const counts = new Map<string, number>();
  for (const { meaning } of before) counts.set(meaning, (counts.get(meaning) ?? 0) + 1);
  return after.every(({ meaning }) => {
    const left = (counts.get(meaning) ?? 0) - 1;
    counts.set(meaning, left);
    return left >= 0;
  });
}
