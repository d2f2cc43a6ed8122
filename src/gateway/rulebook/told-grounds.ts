import type { Desk } from './desk.ts';

/** The agreement that a ground is about: it begins with it, or ends with its page and rule (`wiring/rulebook-trial.ts`). */
const ABOUT = /^([a-z0-9-]+), |\(([a-z0-9-]+), [A-Z0-9-]+\)$/;

/**
 * Grounds as far as the desk sees the pages that they are about. A row that everybody may change, above all agreements or
 * in `roles.csv`, can widen what stands on pages of others: that it does is told, not what stands there.
 */
export function groundsFor({ sees }: Pick<Desk, 'sees'>, grounds: readonly string[]): readonly string[] {
  const told = grounds.filter((ground) => {
    const [, first, last] = ABOUT.exec(ground) ?? [];
    const agreement = first ?? last;
    return agreement !== undefined && sees(`${agreement}.csv`);
  });
  const withheld = grounds.length - told.length;
  return withheld === 0 ? told : [...told, `On pages to which your organisation is no party: ${withheld}.`];
}
