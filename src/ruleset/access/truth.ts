/** A parameter of a question whose value was not chosen yet, and on which something depends. */
export interface Open {
  readonly variable: string;
  /** Rows of more than one Safe look at it. */
  readonly shared: boolean;
}

/** True or false whatever the open parameters will be, or open. */
export type Truth = boolean | Open;

export function isOpen(truth: Truth): truth is Open {
  return typeof truth !== 'boolean';
}

/** Conjunction; works out no more than it needs to. Of what is open, it names what several Safes look at first. */
export function all(parts: Iterable<() => Truth>): Truth {
  return joined(parts, false);
}

/** Disjunction, as `all`. */
export function some(parts: Iterable<() => Truth>): Truth {
  return joined(parts, true);
}

export function not(truth: Truth): Truth {
  return isOpen(truth) ? truth : !truth;
}

function joined(parts: Iterable<() => Truth>, decides: boolean): Truth {
  let open: Open | null = null;
  for (const part of parts) {
    const truth = part();
    if (truth === decides) return decides;
    if (isOpen(truth) && (open === null || (truth.shared && !open.shared))) open = truth;
  }
  return open ?? !decides;
}

/** One part for each, made when it is asked for: of many rows the first often settle it. */
export function* each<T>(items: Iterable<T>, part: (item: T) => Truth): Generator<() => Truth, void, undefined> {
  for (const item of items) yield () => part(item);
}
