import type { Met } from '../../domain/catalogue.ts';
import type { OutputLevel } from '../../domain/enquiry.ts';
import type { Condition, Rule, Who } from '../../domain/rule.ts';
import type { Safe } from '../../domain/safe.ts';
import type { Roles } from '../../rulebook/roles.ts';
import type { Rulebook } from '../../rulebook/rulebook.ts';
import { negate, whatConcerns } from '../../rulebook/scope.ts';
import { flatMapSteps, type Steps } from '../../rulebook/turns.ts';
import { evaluateCondition } from '../../safes/conditions/index.ts';
import { type Choice, conditionFacts, looksAt } from './parameters.ts';
import type { Open, Truth } from './truth.ts';

export const PARTNER = 'caller.partner';
export const ROLES = 'caller.roles';

/** The name of the parameter that says whether the registry gives the caller this role by itself. */
export function roleParameter(role: string): string {
  return `role/${role}`;
}

/** What was chosen so far; undefined: nothing yet. */
export interface Chosen {
  get(variable: string): Choice | undefined;
  open(variable: string): Open;
  /** Counts a literal that was looked at. @throws BeyondBound */
  spend(): void;
}

/** One part of a row's `who` or `only if`. Two literals with one key mean the same, in whichever version they stand. */
export interface Literal {
  readonly key: string;
  /** Null: a literal without a bound. `of` names the condition and what it is about, negated or not. */
  readonly bounded: { readonly of: string; readonly negated: boolean; readonly bound: number } | null;
  word(chosen: Chosen): Met | Open;
}

/** A row of one version, as far as it concerns the question. */
export interface Row {
  readonly rule: Rule;
  readonly literals: readonly Literal[];
  readonly keys: ReadonlySet<string>;
  /** The keys in one text: two rows with one text demand the same. */
  readonly demands: string;
  /** The same without bounds: of two rows with one text one may demand more than the other. */
  readonly shape: string;
  /** Two rows with one text are the same, however they are called. */
  readonly meaning: string;
}

/** The rows of one version that concern one dataset under one agreement at one output level. */
export interface Side {
  readonly roles: Roles;
  readonly rows: readonly Row[];
  /** By Safe and verdict. */
  readonly sorted: ReadonlyMap<string, readonly Row[]>;
}

/** As `buildRulebook` compiles it, in steps: deny rows from above, then the agreement's; none where it has no page. */
export function* sideOf(
  { pages, roles }: Pick<Rulebook, 'pages' | 'roles'>,
  agreement: string,
  dataset: { readonly id: string; readonly holder: string },
  output: OutputLevel,
): Steps<Side> {
  const concerned = pages.filter(
    ({ kind, name }) =>
      kind === 'everywhere' ||
      (kind === 'holder' && name === `holder-${dataset.holder}`) ||
      (kind === 'agreement' && name === agreement),
  );
  const asked = { dataset: dataset.id, output };
  const rows = yield* flatMapSteps(
    concerned.flatMap((page) => page.rules),
    (rule) => (whatConcerns(rule.what, asked) ? [rowOf(rule, roles)] : []),
  );
  return { roles, rows, sorted: Map.groupBy(rows, ({ rule }) => `${rule.safe} ${rule.verdict}`) };
}

function rowOf(rule: Rule, roles: Roles): Row {
  const literals = [
    ...rule.who.flatMap((part) => whoLiteral(part, roles) ?? []),
    ...rule.conditions.map((condition) => conditionLiteral(condition)),
  ];
  const keys = new Set(literals.map((literal) => literal.key));
  const demands = [...keys].sort().join('\n');
  const shape = literals
    .map(({ key, bounded }) => bounded?.of ?? key)
    .sort()
    .join('\n');
  const { safe, verdict, what, treatment = null, exists = false, limits, terms } = rule;
  const meaning = JSON.stringify([safe, verdict, what.field ?? null, demands, treatment, exists, limits, terms]);
  return { rule, literals, keys, demands, shape, meaning };
}

function whoLiteral(part: Who, roles: Roles): Literal | null {
  if (part.kind === 'anyone') return null;
  if (part.kind === 'partner') {
    return {
      key: `partner:${part.partner}`,
      bounded: null,
      word: (chosen) => {
        chosen.spend();
        const partner = chosen.get(PARTNER);
        if (partner === undefined) return chosen.open(PARTNER);
        return partner === null ? 'unknown' : partner === part.partner ? 'met' : 'unmet';
      },
    };
  }
  // Another version may let another role include this one: what counts is from which roles it follows.
  const holders = [...roles].flatMap(([role, included]) => (included.includes(part.role) ? [role] : [])).sort();
  const variables = holders.map(roleParameter);
  return {
    key: `role:${holders.join('|')}`,
    bounded: null,
    word: (chosen) => {
      chosen.spend();
      const known = chosen.get(ROLES);
      if (known === undefined) return chosen.open(ROLES);
      if (known === null) return 'unknown';
      let open: string | undefined;
      for (const variable of variables) {
        const held = chosen.get(variable);
        if (held === true) return 'met';
        if (held === undefined) open ??= variable;
      }
      return open === undefined ? 'unmet' : chosen.open(open);
    },
  };
}

function conditionLiteral(condition: Condition): Literal {
  const { name, negated, argument = '', bound = '', full = false } = condition;
  const variables = looksAt(condition);
  const words = new Map<string, Met>();
  return {
    key: JSON.stringify([name, negated, argument, bound, full]),
    bounded: typeof bound === 'number' ? { of: JSON.stringify([name, negated, argument]), negated, bound } : null,
    word: (chosen) => {
      chosen.spend();
      let choices = '';
      for (const variable of variables) {
        const choice = chosen.get(variable);
        if (choice === undefined) return chosen.open(variable);
        choices += `${JSON.stringify(choice)} `;
      }
      const known = words.get(choices);
      if (known !== undefined) return known;
      // The condition itself says what it makes of the values: its meaning stands in one place.
      const met = evaluateCondition(
        condition,
        conditionFacts(condition, (variable) => chosen.get(variable) ?? null),
      );
      const word = negated ? negate(met) : met;
      words.set(choices, word);
      return word;
    },
  };
}

/** Whether every literal is met. */
export function meets({ literals }: Row, chosen: Chosen): Truth {
  return literalsAre(literals, chosen, (word) => word === 'met');
}

/** Whether no literal is unmet: a deny row then fires, and an allow row binds. */
export function binds({ literals }: Row, chosen: Chosen): Truth {
  return literalsAre(literals, chosen, (word) => word !== 'unmet');
}

function literalsAre(literals: readonly Literal[], chosen: Chosen, right: (word: Met) => boolean): Truth {
  let open: Open | null = null;
  for (const literal of literals) {
    const word = literal.word(chosen);
    if (typeof word === 'string') {
      if (!right(word)) return false;
    } else if (open === null || (word.shared && !open.shared)) open = word;
  }
  return open ?? true;
}

/** Whether `weaker` is met, or binds, wherever `stronger` is or does: it demands nothing that the other does not. */
export function demandsNoMore(weaker: Row, stronger: Row): boolean {
  return weaker.literals.every(
    (mild) => stronger.keys.has(mild.key) || stronger.literals.some((strict) => implies(strict, mild)),
  );
}

/** What is new enough for the smaller bound is so for the larger one; `not` turns that round. */
function implies({ bounded: strict }: Literal, { bounded: mild }: Literal): boolean {
  if (strict === null || mild === null || strict.of !== mild.of) return false;
  return strict.negated ? strict.bound >= mild.bound : strict.bound <= mild.bound;
}

export function ofSafe({ sorted }: Side, safe: Safe, verdict: 'allow' | 'deny'): readonly Row[] {
  return sorted.get(`${safe} ${verdict}`) ?? [];
}
