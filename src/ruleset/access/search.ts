import type { Steps } from '../../rulebook/turns.ts';
import type { Choice } from './parameters.ts';
import type { Chosen } from './rows.ts';
import { isOpen, type Open, type Truth } from './truth.ts';

/** One statement about a question. Statements share no parameter but those that are marked as shared. */
export type Statement = (chosen: Chosen) => Truth;

/** The search took more steps than it was given: nothing is known. */
export class BeyondBound extends Error {
  constructor() {
    super('more combinations than the check may try');
    this.name = 'BeyondBound';
  }
}

/** What may still be done; whoever does some of it takes it off. */
export interface Bound {
  /** Literals that may be looked at. */
  left: number;
  /** Pairs of rows that may be compared. */
  pairs: number;
}

/** Literals, roughly, that are looked at in one step. One look at one statement is never cut. */
const LITERALS_A_STEP = 2_000;

export interface Space {
  readonly classes: ReadonlyMap<string, readonly Choice[]>;
  readonly shared: ReadonlySet<string>;
  readonly bound: Bound;
}

/**
 * Looks for values with which all statements are true, by choosing one parameter after the other and giving up as soon as
 * one statement is false whatever the rest will be. Where every shared parameter that still matters is chosen, no
 * statement depends on what another looks at, so that each is settled by itself: the work adds up and does not multiply.
 * @returns the values chosen, or null: there are none, which is a proof. @throws BeyondBound
 */
export function* searching(space: Space, statements: readonly Statement[]): Steps<ReadonlyMap<string, Choice> | null> {
  const values = new Map<string, Choice>();
  const way = { ...space, values, chosen: choosing(space, values), rest: { at: space.bound.left - LITERALS_A_STEP } };
  return (yield* settling(way, statements)) ? values : null;
}

/** One search under way. */
interface Searched extends Space {
  readonly values: Map<string, Choice>;
  readonly chosen: Chosen;
  /** Where the next step ends, by what is left of the bound. */
  readonly rest: { at: number };
}

function* settling(way: Searched, statements: readonly Statement[], apart = false): Steps<boolean> {
  const { classes, bound, values, chosen, rest } = way;
  const unsettled: { readonly statement: Statement; readonly open: Open }[] = [];
  for (const statement of statements) {
    const truth = statement(chosen);
    if (bound.left <= rest.at) {
      rest.at = bound.left - LITERALS_A_STEP;
      yield;
    }
    if (truth === false) return false;
    if (isOpen(truth)) unsettled.push({ statement, open: truth });
  }
  const [first] = unsettled;
  if (first === undefined) return true;
  const next = unsettled.find(({ open }) => open.shared)?.open ?? (unsettled.length === 1 ? first.open : null);
  if (next !== null) {
    // What others look at as well was to be chosen before: else what they say of it would not be heard.
    if (apart && next.shared) throw new BeyondBound();
    const open = unsettled.map(({ statement }) => statement);
    for (const value of classes.get(next.variable) ?? []) {
      const before = new Set(values.keys());
      values.set(next.variable, value);
      if (yield* settling(way, open, apart)) return true;
      for (const variable of values.keys()) if (!before.has(variable)) values.delete(variable);
    }
    return false;
  }
  // Apart from here on. What one statement chose is none of the others' business.
  for (const { statement } of unsettled) if (!(yield* settling(way, [statement], true))) return false;
  return true;
}

function choosing({ shared, bound }: Space, values: ReadonlyMap<string, Choice>): Chosen {
  return {
    get: (variable) => values.get(variable),
    open: (variable) => ({ variable, shared: shared.has(variable) }),
    spend: () => {
      bound.left -= 1;
      if (bound.left < 0) throw new BeyondBound();
    },
  };
}
