import type { Reader } from '../../domain/condition-wording.ts';
import type { Facts } from '../../domain/facts.ts';
import type { JsonValue } from '../../domain/json.ts';
import { wording } from '../../domain/reasons.ts';
import type { Safe } from '../../domain/safe.ts';
import { mapSafes } from '../decide.ts';
import { type HeardRow, type LegExplanation, openIn, type SafeExplanation, type ToldFinding } from './explain.ts';
import { fulfilled, rowForCaller, rowForReader, type ToldRow } from './told-rows.ts';

/** What one Safe said, told to one reader. */
export type ToldSafe = ToldFinding & {
  /** The row that decided, or that came nearest. */
  readonly decided: ToldRow | null;
  readonly denies: readonly ToldRow[];
  readonly nearest: readonly ToldRow[];
  /** What would have to be different; empty where nothing has to. */
  readonly change: readonly string[];
  /** Not for callers: roles for which the agreement has a row, where it has none for the caller. */
  readonly roles?: readonly string[];
};
export type ToldLeg = Readonly<Record<Safe, ToldSafe>>;
/** For an auditor: with all facts, as they are recorded. */
export type AuditedLeg = { readonly safes: ToldLeg; readonly facts: Readonly<Record<string, JsonValue>> };

/**
 * An explanation in the caller's words. Rows that are not certainly for the caller are left out: whom else an agreement
 * provides for, and on which conditions, is not the caller's to know. A finding that rests on such a row is told without
 * it: neither its id nor what it demands.
 */
export function tellCaller({ safes, facts }: LegExplanation): ToldLeg {
  return mapSafes((safe) => {
    const { finding: whole, ...rows } = safes[safe];
    const mine = restrict(rows);
    const foreign = rows.decider !== null && mine.decider === null;
    const finding = foreign ? withoutRule(safe, whole) : whole;
    return {
      ...finding,
      ...rowsTold(mine, (heard) => rowForCaller(heard, facts)),
      change: changes({ finding, ...mine }, (heard) => callerSteps(heard, facts), finding.remedy ?? finding.say),
    };
  });
}

/** In words for a compliance officer: rows with their places, facts by name and value. */
export function tellCompliance(leg: LegExplanation): ToldLeg {
  return tellReader(leg, 'compliance');
}

/** In words for an auditor: as for a compliance officer, with what is compared with what, and every fact. */
export function tellAuditor(leg: LegExplanation): AuditedLeg {
  const known = Object.entries(leg.facts).filter((e): e is [string, JsonValue] => e[1] !== undefined);
  return { safes: tellReader(leg, 'auditor'), facts: Object.fromEntries(known) };
}

function tellReader({ safes, facts }: LegExplanation, reader: Reader): ToldLeg {
  return mapSafes((safe) => {
    const { finding, roles } = safes[safe];
    const noRow = roles === null ? finding.say : `No allow row is for the caller. Roles provided for: ${list(roles)}.`;
    return {
      ...finding,
      ...rowsTold(safes[safe], (heard) => rowForReader(heard, facts, reader)),
      change: changes(safes[safe], (heard) => readerSteps(heard, facts, reader), noRow),
      ...(roles === null ? {} : { roles }),
    };
  });
}

function withoutRule(safe: Safe, { verdict }: ToldFinding): ToldFinding {
  const code = `${safe}/no-rule` as const;
  return { verdict, rule: null, code, ...wording(code) };
}

type Rows = Pick<SafeExplanation, 'decider' | 'denies' | 'nearest'>;

function restrict({ decider, denies, nearest }: Rows): Rows {
  const forCaller = ({ row }: HeardRow) => row.who === 'met';
  return {
    decider: decider !== null && forCaller(decider) ? decider : null,
    denies: denies.filter(forCaller),
    nearest: nearest.filter(forCaller),
  };
}

function rowsTold({ decider, denies, nearest }: Rows, told: (heard: HeardRow) => ToldRow) {
  return {
    decided: decider === null ? null : told(decider),
    denies: denies.map(told),
    nearest: nearest.map(told),
  };
}

/** Every deny row that fires must cease to, and one allow row must fire: the one that is nearest to it. */
function changes(
  { finding, decider, denies, nearest }: Rows & { readonly finding: ToldFinding },
  steps: (heard: HeardRow) => readonly string[],
  otherwise: string,
): readonly string[] {
  if (finding.verdict === 'allow') return [];
  const known = decider === null ? [] : [decider];
  const firing = [...known, ...denies].filter(({ row }) => row.rule.verdict === 'deny' && row.fires);
  const [closest] = [...known, ...nearest]
    .filter(({ row }) => row.rule.verdict === 'allow')
    .toSorted((a, b) => openIn(a) - openIn(b));
  const missing = closest === undefined ? [] : steps(closest);
  const found = [...new Set([...firing.flatMap(steps), ...missing])];
  return found.length > 0 ? found : [otherwise];
}

function callerSteps(heard: HeardRow, facts: Facts): readonly string[] {
  const { verdict } = heard.row.rule;
  const open = rowForCaller(heard, facts).conditions.filter((c) => !fulfilled(verdict, c.met));
  return [...open.map((c) => c.remedy ?? c.say), ...levelStep(heard)];
}

function readerSteps(heard: HeardRow, facts: Facts, reader: Reader): readonly string[] {
  const { verdict } = heard.row.rule;
  const { rule, place, conditions } = rowForReader(heard, facts, reader);
  const where = `${rule} (${place})`;
  const open = conditions.filter((c) => !fulfilled(verdict, c.met));
  const steps = open.map((c) => `${where}: ${c.condition} is ${c.met}, ${judgedBy(c.facts ?? {})}. ${c.say}`);
  if (verdict === 'deny' && steps.length === 0) steps.push(`${where}: refuses without a condition.`);
  return [...steps, ...levelStep(heard).map((step) => `${where}: ${step}`)];
}

function levelStep({ level }: HeardRow): readonly string[] {
  return level === null ? [] : [`Ask for output level ${level}.`];
}

function judgedBy(facts: Readonly<Record<string, JsonValue>>): string {
  return Object.entries(facts)
    .map(([name, value]) => (value === null ? `${name} is not known` : `${name} is ${JSON.stringify(value)}`))
    .join(', ');
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
