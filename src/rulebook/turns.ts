/**
 * Work that others wait behind is done in steps. Each `yield` is a place to stop at; steps are cut so that one takes a
 * few milliseconds at most, whatever the page.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Lets others work: resolves when it is our turn again. */
export type Breathe = () => Promise<void>;

/** What is waiting in the event loop goes first. */
export const breatheBetweenEvents: Breathe = () => new Promise((resolve) => setImmediate(resolve));

/** Rows, roughly, that are handled in one step. */
export const ROWS_A_STEP = 64;

/** All steps, with others' work between them. */
export async function inTurns<T>(steps: Steps<T>, breathe: Breathe): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await breathe();
  }
}

/** All steps at once, where nobody waits or the text is short. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** `flatMap` over many, in steps. */
export function* flatMapSteps<A, B>(items: Iterable<A>, of: (item: A) => readonly B[]): Steps<B[]> {
  const found: B[] = [];
  let done = 0;
  for (const item of items) {
    for (const one of of(item)) found.push(one);
    if (++done % ROWS_A_STEP === 0) yield;
  }
  return found;
}
