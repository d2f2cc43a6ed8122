import type { Rule, What, Who } from '../domain/rule.ts';
import type { Page } from './page.ts';
import type { Roles } from './roles.ts';
import { ROWS_A_STEP, type Steps } from './turns.ts';

/**
 * Finds for a row another one that applies whenever it does: for everybody it is for, on everything it speaks of, under
 * conditions that are among its own. Rows are looked up by what they say and not compared with each other, so a page of
 * many rows costs as many look-ups.
 */
export interface Covering {
  /** A row of the verdict that covers `rule`, says it more generally, and is another one. */
  wider(rule: Rule, verdict: Rule['verdict']): Rule | null;
  /** The first row that is for the same people, of the same things, under the same conditions. */
  same(rule: Rule): Rule | null;
}

/** Rows of one who, what and verdict, by their conditions. */
interface Group {
  readonly byConditions: Map<string, Rule>;
  readonly sets: { readonly rule: Rule; readonly conditions: ReadonlySet<string> }[];
}

function emptyGroup(): Group {
  return { byConditions: new Map(), sets: [] };
}

/** More ways to put a row more generally than this are not tried: it then stays unsaid that it is covered. */
const MOST_WAYS = 16;
/** Likewise of rows that a row is compared with at one place. */
const MOST_COMPARED = 64;

/** @param pages one agreement's page, and the pages above it that hold deny rows for it. */
export function* coveringOf(
  pages: readonly Page[],
  roles: Roles,
  holderOf: (dataset: string) => string | undefined,
): Steps<Covering> {
  const groups = new Map<string, Group>();
  /** Of rows of a holder's page: what "any dataset" is there. */
  const anyOf = new Map<Rule, string>();
  let done = 0;
  for (const page of pages) {
    for (const rule of page.rules) {
      if (page.kind === 'holder') anyOf.set(rule, page.name);
      const any = anyOf.get(rule) ?? '*';
      const key = keyOf(rule.safe, rule.verdict, whoText(rule.who), whatText(rule.what, rule.what.dataset ?? any));
      const group = groups.get(key) ?? emptyGroup();
      const conditions = new Set(rule.conditions.map(conditionText));
      const text = setText(conditions);
      if (!group.byConditions.has(text)) {
        group.byConditions.set(text, rule);
        group.sets.push({ rule, conditions });
      }
      groups.set(key, group);
      if (++done % ROWS_A_STEP === 0) yield;
    }
  }
  const wider = (rule: Rule, verdict: Rule['verdict']): Rule | null => {
    const conditions = new Set(rule.conditions.map(conditionText));
    for (const who of waysOfWho(rule.who, roles)) {
      for (const what of waysOfWhat(rule.what, anyOf.get(rule), holderOf)) {
        const group = groups.get(keyOf(rule.safe, verdict, who, what));
        const found = group && subsetIn(group, conditions, rule);
        if (found) return found;
      }
    }
    return null;
  };
  const same = (rule: Rule): Rule | null => {
    const what = whatText(rule.what, rule.what.dataset ?? anyOf.get(rule) ?? '*');
    const group = groups.get(keyOf(rule.safe, rule.verdict, whoText(rule.who), what));
    return group?.byConditions.get(setText(new Set(rule.conditions.map(conditionText)))) ?? null;
  };
  return { wider, same };
}

/** A row whose conditions are all among these: found among few rows by comparing, among many by trying each subset. */
function subsetIn({ byConditions, sets }: Group, conditions: ReadonlySet<string>, but: Rule): Rule | null {
  if (sets.length <= MOST_COMPARED) {
    const found = sets.find((s) => s.rule !== but && [...s.conditions].every((c) => conditions.has(c)));
    return found?.rule ?? null;
  }
  const all = [...conditions].toSorted();
  if (2 ** all.length > MOST_COMPARED) return null;
  for (let bits = 0; bits < 2 ** all.length; bits++) {
    const found = byConditions.get(setText(new Set(all.filter((_, i) => (bits >> i) & 1))));
    if (found !== undefined && found !== but) return found;
  }
  return null;
}

function keyOf(safe: string, verdict: string, who: string, what: string): string {
  return `${safe}|${verdict}|${who}|${what}`;
}

/** Each way in which the caller can be named by less: by a role that is included, by the partner alone, by nothing. */
function waysOfWho(who: readonly Who[], roles: Roles): readonly string[] {
  let ways: readonly (readonly string[])[] = [[]];
  for (const part of who) {
    if (part.kind === 'anyone') continue;
    const named = part.kind === 'role' ? (roles.get(part.role) ?? []).map((r) => `role:${r}`) : [partText(part)];
    ways = ways.flatMap((way) => [way, ...named.map((name) => [...way, name])]).slice(0, MOST_WAYS);
  }
  return ways.map((way) => [...new Set(way)].toSorted().join('&'));
}

function waysOfWhat(
  what: What,
  any: string | undefined,
  holderOf: (dataset: string) => string | undefined,
): readonly string[] {
  const named = what.dataset === null ? [any ?? '*'] : [what.dataset, `holder-${holderOf(what.dataset)}`];
  const datasets = [...new Set([...named, '*'])];
  const level = what.field === undefined ? what.level : 'records';
  const ways: What[] = [what, { dataset: null }, ...(level === undefined ? [] : [{ dataset: null, level }])];
  return datasets.flatMap((dataset) => ways.map((way) => whatText(way, dataset)));
}

function whoText(who: readonly Who[]): string {
  const named = who.filter((part) => part.kind !== 'anyone').map(partText);
  return [...new Set(named)].toSorted().join('&');
}

function partText(part: Who): string {
  if (part.kind === 'anyone') return '';
  return part.kind === 'role' ? `role:${part.role}` : `partner:${part.partner}`;
}

function whatText({ field, level }: What, dataset: string): string {
  return `${dataset}/${field ?? ''} ${level ?? ''}`;
}

function conditionText({ negated, text }: Rule['conditions'][number]): string {
  return negated && !text.startsWith('not ') ? `not ${text}` : text;
}

function setText(conditions: ReadonlySet<string>): string {
  return [...conditions].toSorted().join('&');
}
