import type { Rule } from '../domain/rule.ts';
import { type Flaw, flaw } from './flaw.ts';
import { type Covering, coveringOf } from './lint-covered.ts';
import type { Page } from './page.ts';
import { REVIEW } from './review-rule.ts';
import type { Roles } from './roles.ts';
import { flatMapSteps, type Steps } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Rows that other rows make idle: duplicates, shadowed rows, allow rows that a deny row always refuses. */
export function* idleRows(pages: readonly Page[], roles: Roles, vocabulary: Vocabulary): Steps<readonly Flaw[]> {
  const above = pages.filter((page) => page.kind !== 'agreement');
  const holderOf = (dataset: string) => vocabulary.datasets.get(dataset)?.holder;
  const found: (readonly Flaw[])[] = [];
  const amongThemselves = yield* coveringOf(above, roles, holderOf);
  for (const page of above) found.push(yield* flatMapSteps(page.rules, (rule) => denyRow(rule, amongThemselves)));
  for (const page of pages.filter((p) => p.kind === 'agreement')) {
    const covering = yield* coveringOf([page, ...above], roles, holderOf);
    found.push(
      yield* flatMapSteps(page.rules, (rule) =>
        rule.verdict === 'deny' ? denyRow(rule, covering) : allowRow(rule, covering),
      ),
    );
  }
  return found.flat();
}

function denyRow(rule: Rule, covering: Covering): readonly Flaw[] {
  if (rule.id === REVIEW) return [];
  return duplicate(rule, covering) ?? shadowed(rule, covering) ?? [];
}

function allowRow(rule: Rule, covering: Covering): readonly Flaw[] {
  const refusing = covering.wider(rule, 'deny');
  if (refusing !== null) {
    return [
      flaw(rule.place, 'row/contradicted', `${rule.id} to allow something: ${where(refusing)} always refuses it`),
    ];
  }
  // Of outputs rows each adds its limits and terms, and of data rows for a field each its treatment: none is idle.
  const idle = rule.safe === 'outputs' || rule.treatment !== undefined ? null : shadowed(rule, covering);
  return duplicate(rule, covering) ?? idle ?? [];
}

function duplicate(rule: Rule, covering: Covering): readonly Flaw[] | null {
  const first = covering.same(rule);
  if (first === null || first === rule || first.cells[6] !== rule.cells[6] || limits(first) !== limits(rule))
    return null;
  return [flaw(rule.place, 'row/duplicate', `${rule.id} to say something else than ${where(first)}`)];
}

function shadowed(rule: Rule, covering: Covering): readonly Flaw[] | null {
  const wider = covering.wider(rule, rule.verdict);
  if (wider === null || covering.same(rule) === wider) return null;
  return [flaw(rule.place, 'row/shadowed', `${rule.id} to do something: ${where(wider)} does all of it`)];
}

function where({ id, place }: Rule): string {
  return `${id} (${place.file}:${place.line})`;
}

function limits(rule: Rule): string {
  return rule.limits
    .map((l) => `${l.name}<=${l.bound}`)
    .toSorted()
    .join('&');
}
