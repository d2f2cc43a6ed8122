import type { Facts } from '../domain/facts.ts';
import type { Rule, Who } from '../domain/rule.ts';
import { ROWS_A_STEP, type Steps } from './turns.ts';

/** Rows that can concern the dataset and may cover the caller, in their order. Others are left out without a look. */
export type FindRows = (dataset: string, facts: Facts) => readonly Rule[];

/** Of one dataset, or of any: where the rows stand that are listed under a name. */
type Listed = Map<string, number[]>;

/** Rows for nobody in particular. Roles and partners carry their kind, so neither can have this name. */
const ANYONE = 'anyone';

/**
 * Rows by dataset and by whom they are for. All parts of a `who` must cover the caller, so it is enough to list a row under
 * one: that which the fewest rows for the same dataset name. A row for `role:a & partner:b` then stands under its partner
 * where many rows name the role.
 * @returns for a dataset and a caller's facts every row that may speak of the one and cover the other. Where it is not
 * known which roles he has, or which partner, every row may that names none that is known to be another.
 */
export function* indexingRows(rules: readonly Rule[]): Steps<FindRows> {
  const named = new Map<string | null, Map<string, number>>();
  for (const [i, { what, who }] of rules.entries()) {
    const counts = within(named, what.dataset);
    for (const part of who) counts.set(nameOf(part), (counts.get(nameOf(part)) ?? 0) + 1);
    if (i % ROWS_A_STEP === 0) yield;
  }
  // Null: any dataset.
  const lists = new Map<string | null, Listed>();
  for (const [i, { what, who }] of rules.entries()) {
    const listed: Listed = within(lists, what.dataset);
    const name = rarest(who, within(named, what.dataset));
    const places = listed.get(name);
    if (places === undefined) listed.set(name, [i]);
    else places.push(i);
    if (i % ROWS_A_STEP === 0) yield;
  }
  return (dataset, facts) => {
    const found: number[] = [];
    for (const listed of [lists.get(null), lists.get(dataset)]) {
      if (listed === undefined) continue;
      for (const name of namesOf(facts, listed)) {
        for (const place of listed.get(name) ?? []) found.push(place);
      }
    }
    return found.sort((a, b) => a - b).flatMap((place) => rules[place] ?? []);
  };
}

function within<T>(all: Map<string | null, Map<string, T>>, dataset: string | null): Map<string, T> {
  let one = all.get(dataset);
  if (one === undefined) {
    one = new Map();
    all.set(dataset, one);
  }
  return one;
}

function rarest(who: readonly Who[], counts: ReadonlyMap<string, number>): string {
  let [name, fewest] = [ANYONE, Number.POSITIVE_INFINITY];
  for (const part of who) {
    const rows = counts.get(nameOf(part)) ?? 0;
    // `anyone` beside another part says nothing.
    if (part.kind !== 'anyone' && rows < fewest) [name, fewest] = [nameOf(part), rows];
  }
  return name;
}

/** Names under which rows for this caller can stand. */
function namesOf(facts: Facts, listed: Listed): Iterable<string> {
  const roles = facts['caller.roles'];
  const partner = facts['caller.partner'];
  if (roles === undefined || partner === undefined) {
    return [...listed.keys()].filter((name) => {
      if (name === ANYONE) return true;
      if (name.startsWith('role:')) return roles === undefined || roles.some((role) => name === `role:${role}`);
      return partner === undefined || name === `partner:${partner}`;
    });
  }
  return new Set([ANYONE, `partner:${partner}`, ...roles.map((role) => `role:${role}`)]);
}

function nameOf(part: Who): string {
  if (part.kind === 'anyone') return ANYONE;
  return part.kind === 'role' ? `role:${part.role}` : `partner:${part.partner}`;
}
