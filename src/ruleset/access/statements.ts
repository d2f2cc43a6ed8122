import type { OutputLevel } from '../../domain/enquiry.ts';
import { SAFES, type Safe } from '../../domain/safe.ts';
import { covers, type Duty, showsNoMore, showsValue } from './openness.ts';
import { SCHEME } from './parameters.ts';
import { binds, type Chosen, demandsNoMore, meets, ofSafe, type Row, type Side } from './rows.ts';
import type { Statement } from './search.ts';
import { all, not, some, type Truth } from './truth.ts';

/** Both versions on one question. */
export interface Pair {
  readonly before: Side;
  readonly after: Side;
  readonly output: OutputLevel;
  /** Schemes that the dataset can be searched by. */
  readonly searchable: readonly string[];
}

/** A way in which something could widen: true together means it does. One statement a Safe. */
export interface Way {
  readonly what: string;
  readonly statements: readonly Statement[];
}

/** Every way in which the second version could give more than the first. Rows that stand in both are no way. */
export function waysToWiden(pair: Pair): readonly Way[] {
  if (sameRows(pair.before.rows, pair.after.rows)) return [];
  return [
    ...SAFES.flatMap((safe) => newlyAllowed(pair, safe)),
    ...(pair.output === 'records' ? newlyShown(pair) : []),
    ...lighterDuties(pair),
  ];
}

/** The Safe allows after and not before, and no other refuses after. */
function newlyAllowed(pair: Pair, safe: Safe): readonly Way[] {
  const cause = causeIn(pair, safe);
  if (cause === null) return [];
  const statement: Statement = (chosen) =>
    all([
      () => cause(chosen),
      () => allows(pair, pair.after, safe)(chosen),
      () => not(allows(pair, pair.before, safe)(chosen)),
    ]);
  return [{ what: `allowed by ${safe}`, statements: [statement, ...othersAllow(pair, safe)] }];
}

/**
 * Where a Safe allows after and not before, either a deny row fires that the second version lacks, or an allow row is met
 * that the first one lacks: a row that demands no more than another fires wherever the other does. Null: neither is there.
 */
function causeIn({ before, after, output }: Pair, safe: Safe): Statement | null {
  if (safe === 'data' && output === 'records') {
    // Two rows for one field withhold it, so that fewer rows can allow more: no short way.
    const own = (side: Side) => side.rows.filter(({ rule }) => rule.safe === 'data');
    return sameRows(own(before), own(after)) ? null : () => true;
  }
  const lost = notWithin(ofSafe(before, safe, 'deny'), ofSafe(after, safe, 'deny'));
  const gained = notWithin(ofSafe(after, safe, 'allow'), ofSafe(before, safe, 'allow'));
  if (lost.length + gained.length === 0) return null;
  return (chosen) =>
    some([...lost.map((row) => () => binds(row, chosen)), ...gained.map((row) => () => meets(row, chosen))]);
}

/** Rows for which the other version has none that demands no more. Most have their like there, found without a search. */
function notWithin(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const known = new Set(others.map(demandsOf));
  return rows.filter((row) => !known.has(demandsOf(row)) && !within(row, others));
}

function demandsOf({ keys }: Row): string {
  return [...keys].sort().join('\n');
}

function within(row: Row, others: readonly Row[]): boolean {
  return others.some((other) => demandsNoMore(other, row));
}

/** A field of which more is shown after than before, where everything is allowed after. */
function newlyShown(pair: Pair): readonly Way[] {
  const fieldsOf = (side: Side) => Map.groupBy(fieldRows(side), ({ rule }) => rule.what.field ?? '');
  const [before, after] = [fieldsOf(pair.before), fieldsOf(pair.after)];
  return [...after].flatMap(([field, rows]) => {
    const known = before.get(field) ?? [];
    if (sameRows(known, rows)) return [];
    const scrubs = fieldRows(pair.after).some((r) => r.rule.what.field !== field && r.rule.treatment?.name === 'scrub');
    const shown = rows.filter(({ rule }) => rule.treatment !== undefined && showsValue(rule.treatment));
    const statement: Statement = (chosen) =>
      all([
        () =>
          some(
            shown.map((row) => () => {
              const { treatment } = row.rule;
              if (treatment === undefined) return false;
              const enough = known.filter((k) => showsNoMore(treatment, k.rule.treatment ?? null, scrubs));
              return all([
                () => alone(row, rows, chosen),
                () => not(some(enough.map((k) => () => alone(k, known, chosen)))),
              ]);
            }),
          ),
        () => allows(pair, pair.after, 'data')(chosen),
      ]);
    return [{ what: `more of ${field}`, statements: [statement, ...othersAllow(pair, 'data')] }];
  });
}

/** A duty of the first version that the second does not lay on somebody whom it allows. */
function lighterDuties(pair: Pair): readonly Way[] {
  const [before, after] = [pair.before, pair.after].map((side) => ofSafe(side, 'outputs', 'allow'));
  const kept = new Set((after ?? []).map(meaningOf));
  const changed = (before ?? []).filter((row) => !kept.has(meaningOf(row)));
  return changed.flatMap((row) =>
    dutiesOf(row).flatMap((duty) => {
      const covering = (after ?? []).filter((other) => dutiesOf(other).some((d) => covers(d, duty)));
      if (within(row, covering)) return [];
      const statement: Statement = (chosen) =>
        all([
          () => binds(row, chosen),
          () => not(some(covering.map((other) => () => binds(other, chosen)))),
          () => allows(pair, pair.after, 'outputs')(chosen),
        ]);
      return [{ what: `less of ${duty.name}`, statements: [statement, ...othersAllow(pair, 'outputs')] }];
    }),
  );
}

function othersAllow(pair: Pair, but: Safe): readonly Statement[] {
  return SAFES.filter((safe) => safe !== but).map((safe) => allows(pair, pair.after, safe));
}

/** What the judge of the Safe says, told from the rows. */
function allows({ output, searchable }: Pair, side: Side, safe: Safe): Statement {
  const [allow, deny] = [ofSafe(side, safe, 'allow'), ofSafe(side, safe, 'deny')];
  const fields = safe === 'data' && output === 'records' ? fieldRows(side) : null;
  const byField = fields && Map.groupBy(fields, ({ rule }) => rule.what.field ?? '');
  return (chosen) =>
    all([
      () => safe !== 'data' || isSearchable(searchable, chosen),
      () => not(some(deny.map((row) => () => binds(row, chosen)))),
      () =>
        byField === null
          ? some(allow.map((row) => () => meets(row, chosen)))
          : some([...byField.values()].flatMap((rows) => rows.map((row) => () => alone(row, rows, chosen)))),
    ]);
}

function isSearchable(searchable: readonly string[], chosen: Chosen): Truth {
  const scheme = chosen.get(SCHEME);
  return scheme === undefined ? chosen.open(SCHEME) : typeof scheme === 'string' && searchable.includes(scheme);
}

/** The row is met and no other for the field could apply. */
function alone(row: Row, rows: readonly Row[], chosen: Chosen): Truth {
  return all([
    () => meets(row, chosen),
    () => not(some(rows.filter((other) => other !== row).map((other) => () => binds(other, chosen)))),
  ]);
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
  const [one, other] = [before, after].map((rows) => rows.map(meaningOf).sort().join('\n'));
  return one === other;
}

function meaningOf({ rule, keys }: Row): string {
  const { safe, verdict, what, treatment = null, exists = false, limits, terms } = rule;
  return JSON.stringify([safe, verdict, what.field ?? null, [...keys].sort(), treatment, exists, limits, terms]);
}
