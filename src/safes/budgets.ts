import { canonicalJson } from '../domain/canonical-json.ts';
import type { LimitName } from '../domain/catalogue.ts';
import { digestOf } from '../domain/digest.ts';
import type { Facts } from '../domain/facts.ts';
import type { Matches } from '../domain/matching.ts';
import type { Budget } from '../domain/permit.ts';
import { DAY, type Instant, MINUTE } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';

/**
 * The counters that an answer draws on: the smallest `per-day` and `per-project` over every row that fires, or of which it
 * is not known whether it fires. Throws where a fact to count by is missing: what cannot be counted is not asked.
 */
export function budgetsOf(matches: Matches, facts: Facts): readonly Budget[] {
  const person = known(facts['caller.person']);
  const project = known(facts['project.id']);
  const dataset = known(facts['dataset.id']);
  const now = known(facts['clock.now']);
  const budgets: Budget[] = [];
  const { perDay, perProject } = boundsOf(matches);
  if (Number.isFinite(perDay)) {
    const day = dayIn(known(facts['agreement.time-zone']), now);
    // Two days on it is another day in every time zone.
    budgets.push({
      key: keyOf(['per-day', person, project, dataset, day]),
      limit: perDay,
      expires: now + 2 * DAY,
    });
  }
  if (Number.isFinite(perProject)) {
    budgets.push({ key: keyOf(['per-project', project, dataset]), limit: perProject, expires: null });
  }
  return budgets;
}

/** Keys by what they are of: the same persons ask under the same projects. Bounded, since days and persons go on. */
const keys = new Map<string, Digest>();
const MOST_KEYS = 10_000;

function keyOf(parts: readonly string[]): Digest {
  const text = canonicalJson(parts);
  const known = keys.get(text);
  if (known !== undefined) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const key = digestOf(text);
  keys.set(text, key);
  return key;
}

interface Bounds {
  /** Infinite where nothing bounds. */
  readonly perDay: number;
  readonly perProject: number;
}

/** What was heard does not change, and is heard of many questions. */
const remembered = new WeakMap<Matches, Bounds>();

function boundsOf(matches: Matches): Bounds {
  const known = remembered.get(matches);
  if (known !== undefined) return known;
  const limits = matches.evaluated
    .filter((e) => e.rule.verdict === 'allow' && e.met !== 'unmet')
    .flatMap((e) => e.rule.limits);
  const smallest = (name: LimitName) => Math.min(...limits.filter((l) => l.name === name).map((l) => l.bound));
  const bounds = { perDay: smallest('per-day'), perProject: smallest('per-project') };
  remembered.set(matches, bounds);
  return bounds;
}

function known<T>(fact: T | undefined): T {
  if (fact === undefined) throw new Error('a fact to count a budget by is missing');
  return fact;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, { readonly quarter: number; readonly day: string }>();

/** `2026-11-22`: the day at `at` where the agreement lives. */
function dayIn(timeZone: string, at: Instant): string {
  // Every zone is off by whole quarters of an hour, so a day begins with one.
  const quarter = Math.floor(at / (15 * MINUTE));
  const known = days.get(timeZone);
  if (known?.quarter === quarter) return known.day;
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  const day = format.format(at);
  days.set(timeZone, { quarter, day });
  return day;
}
