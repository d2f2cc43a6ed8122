import type { ConditionName } from '../domain/catalogue.ts';
import { PURPOSES, purposeWithin } from '../domain/purpose.ts';
import type { Rule } from '../domain/rule.ts';
import { type Flaw, flaw } from './flaw.ts';
import type { Page } from './page.ts';
import { flatMapSteps, type Steps } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Rows that no question can meet, since parts of them exclude each other or nothing could be asked that way. */
export function* unreachableRows(pages: readonly Page[], vocabulary: Vocabulary): Steps<readonly Flaw[]> {
  const found: (readonly Flaw[])[] = [];
  for (const page of pages) {
    const grants = yield* grantsOf(page);
    const datasets = vocabulary.agreements.get(page.name)?.datasets ?? [];
    const schemes = new Set(datasets.flatMap((id) => [...(vocabulary.datasets.get(id)?.schemes ?? [])]));
    found.push(
      yield* flatMapSteps(page.rules, (rule) => {
        const own = rule.what.dataset === null ? schemes : vocabulary.datasets.get(rule.what.dataset)?.schemes;
        const why =
          exclusiveWho(rule) ??
          (rule.verdict === 'allow'
            ? (exclusiveConditions(rule) ?? unknownScheme(rule, own) ?? nothing(rule, grants))
            : null);
        return why === null ? [] : [flaw(rule.place, 'row/unreachable', why)];
      }),
    );
  }
  return found.flat();
}

function exclusiveWho({ who }: Rule): string | null {
  const partners = new Set(who.flatMap((part) => (part.kind === 'partner' ? [part.partner] : [])));
  return partners.size > 1 ? 'one partner in "who": nobody belongs to two' : null;
}

function exclusiveConditions({ conditions }: Rule): string | null {
  const plain = conditions.filter((c) => !c.negated);
  const contrary = conditions.find((c) => c.negated && plain.some((p) => `not ${p.text}` === c.text));
  if (contrary !== undefined) return `"${contrary.text}" and its contrary not to stand in one row`;
  const of = (name: ConditionName) => [...new Set(plain.filter((c) => c.name === name).map((c) => c.argument ?? ''))];
  for (const name of ['legal-basis', 'by'] as const) {
    if (of(name).length > 1) return `one "${name}" in a row: a question has one`;
  }
  const purposes = of('purpose');
  if (purposes.length > 1 && !PURPOSES.some((asked) => purposes.every((p) => purposeWithin(asked, p)))) {
    return `purposes that one can be within, not ${purposes.join(' and ')}`;
  }
  const spans = of('hours').map((span) => span.split('-'));
  const latest = spans
    .map(([from = '']) => from)
    .toSorted()
    .at(-1);
  const earliest = spans.map(([, to = '']) => to).toSorted()[0];
  if (latest !== undefined && earliest !== undefined && latest >= earliest) return 'hours that have a minute in common';
  return null;
}

function unknownScheme({ conditions, what }: Rule, schemes: ReadonlySet<string> | undefined): string | null {
  const missing = conditions.find((c) => c.name === 'by' && !c.negated && !schemes?.has(c.argument ?? ''));
  if (missing === undefined) return null;
  return `an identifier by which ${what.dataset ?? 'a dataset of the agreement'} can be searched, not ${missing.argument}`;
}

/** Output levels at which anything of a dataset may leave: `sales hit`, `* hit`, and of any dataset at all: `records`. */
function* grantsOf(page: Page): Steps<ReadonlySet<string>> {
  const found = yield* flatMapSteps(page.rules, ({ safe, verdict, what }) => {
    if (safe !== 'data' || verdict !== 'allow') return [];
    const level = what.field === undefined ? 'hit' : 'records';
    return [`${what.dataset ?? '*'} ${level}`, level];
  });
  return new Set(found);
}

function nothing({ safe, what }: Rule, grants: ReadonlySet<string>): string | null {
  if (safe !== 'outputs' || what.level === undefined) return null;
  const { dataset, level } = what;
  const granted = dataset === null ? [level] : [`${dataset} ${level}`, `* ${level}`];
  if (granted.some((key) => grants.has(key))) return null;
  return `a row of data that lets something of ${dataset ?? 'a dataset'} leave at output level ${level}`;
}
