import type { Flaw } from './flaw.ts';
import { unreachableRows } from './lint-reach.ts';
import { idleRows } from './lint-rows.ts';
import { type LintWorld, reviewsDue, staleNames, wideRows, withheldFields } from './lint-world.ts';
import type { Rulebook } from './rulebook.ts';
import { type Breathe, breatheBetweenEvents, inTurns, type Steps } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What somebody should look at on pages that can be built. Expected decisions are tried elsewhere. */
export function lintRulebook(
  rulebook: Pick<Rulebook, 'pages' | 'roles'>,
  vocabulary: Vocabulary,
  world: LintWorld,
  breathe: Breathe = breatheBetweenEvents,
): Promise<readonly Flaw[]> {
  return inTurns(linting(rulebook, vocabulary, world), breathe);
}

function* linting(
  { pages, roles }: Pick<Rulebook, 'pages' | 'roles'>,
  vocabulary: Vocabulary,
  world: LintWorld,
): Steps<readonly Flaw[]> {
  const agreements = pages.filter((page) => page.kind === 'agreement');
  return [
    ...(yield* idleRows(pages, roles, vocabulary)),
    ...(yield* unreachableRows(agreements, vocabulary)),
    ...(yield* wideRows(agreements, vocabulary)),
    ...withheldFields(agreements, vocabulary),
    ...(yield* staleNames(pages, world)),
    ...reviewsDue(pages, world),
  ];
}
