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

/** How many literals may still be looked at. */
export interface Bound {
  left: number;
}

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
export function search(space: Space, statements: readonly Statement[]): ReadonlyMap<string, Choice> | null {
  const values = new Map<string, Choice>();
  return settle(space, choosing(space, values), values, statements) ? values : null;
}

function settle(
  space: Space,
  chosen: Chosen,
  values: Map<string, Choice>,
  statements: readonly Statement[],
  apart = false,
): boolean {
  const unsettled: { readonly statement: Statement; readonly open: Open }[] = [];
  for (const statement of statements) {
    const truth = statement(chosen);
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
    for (const value of space.classes.get(next.variable) ?? []) {
      const before = new Set(values.keys());
      values.set(next.variable, value);
      if (settle(space, chosen, values, open, apart)) return true;
      for (const variable of values.keys()) if (!before.has(variable)) values.delete(variable);
    }
    return false;
  }
  // Apart from here on. What one statement chose is none of the others' business.
  return unsettled.every(({ statement }) => settle(space, chosen, values, [statement], true));
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
