import type { Met } from '../../src/domain/catalogue.ts';
import type { OutputLevel } from '../../src/domain/enquiry.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { Safe } from '../../src/domain/safe.ts';
import { conditionHolds } from './conditions.ts';
import type { Fault } from './faults.ts';

/**
 * A second evaluator of rulebook pages, written from their description and not from the product: it shares no code with it,
 * no parser, no engine and no meaning of a condition. It is slow and small.
 */

/** A row as it stands on a page: safe, id, who, what, only if, verdict, then. */
export type Cells = readonly [Safe, string, string, string, string, 'allow' | 'deny', string];

export interface Asked {
  readonly dataset: string;
  readonly output: OutputLevel;
  /** Of the dataset. */
  readonly fields: readonly string[];
  readonly schemes: readonly string[];
  readonly facts: Facts;
}

export interface Judged {
  readonly verdicts: Readonly<Record<Safe, 'allow' | 'refuse'>>;
  /** What kind of row decided each Safe. */
  readonly deciding: Readonly<Record<Safe, 'allow' | 'deny' | 'none'>>;
  /** Of a question that no Safe refuses; else null. `uncounted`: a budget cannot be counted, so nothing may be asked. */
  readonly granted:
    | {
        readonly plan: readonly (readonly [field: string, treatment: string])[];
        readonly maxRows: number;
        readonly perDay: number | null;
        readonly perProject: number | null;
        readonly terms: readonly string[];
      }
    | 'uncounted'
    | null;
}

/** @param rows in the order of the page, deny rows from above first. @param fault to be committed on purpose. */
export function judge(rows: readonly Cells[], asked: Asked, fault: Fault | null = null): Judged {
  const { facts } = asked;
  const heard = rows
    .filter((row) => concerns(row, asked, fault))
    .map((row) => ({ row, met: metBy(row, facts, fault) }))
    .map(({ row, met }) => ({ row, met, fires: fires(row, met, fault) }));
  const of = (safe: Safe) => heard.filter((h) => h.row[0] === safe);
  const plan = asked.fields.map((field) => [field, treatmentOf(field, asked.dataset, of('data'), fault)] as const);

  const decide = (safe: Safe): 'allow' | 'deny' | 'none' => {
    if (safe === 'data' && !asked.schemes.includes(facts['enquiry.scheme'] ?? '')) return 'none';
    const firing = of(safe).filter((h) => h.fires);
    if (firing.some((h) => h.row[5] === 'deny')) return fault === 'deny-ignored' ? 'allow' : 'deny';
    if (!firing.some((h) => h.row[5] === 'allow')) return 'none';
    const withheld = asked.output === 'records' && plan.every(([, treatment]) => treatment === 'withheld');
    return safe === 'data' && withheld ? 'none' : 'allow';
  };
  const deciding = eachSafe(decide);
  const verdicts = eachSafe((safe) => (deciding[safe] === 'allow' ? 'allow' : 'refuse'));
  if (Object.values(verdicts).includes('refuse')) return { verdicts, deciding, granted: null };

  // What is not known to apply still binds: were it otherwise, a missing fact would widen the answer.
  const binding = of('outputs').filter(
    (h) => h.row[5] === 'allow' && (h.fires || (h.met === 'unknown' && fault !== 'unknown-binds-not')),
  );
  const limit = (name: string) => {
    const found = binding.flatMap((h) => items(h.row[4])).flatMap((item) => boundIn(item, name));
    return found.length === 0 ? null : fault === 'largest-limit' ? Math.max(...found) : Math.min(...found);
  };
  const days = limit('per-day') === null || facts['agreement.time-zone'] !== undefined;
  if (facts['clock.now'] === undefined || !days) return { verdicts, deciding, granted: 'uncounted' };
  const duties = binding.map((h) => h.row[6].split(' ').slice(1));
  return {
    verdicts,
    deciding,
    granted: {
      plan,
      maxRows: limit('rows') ?? (asked.output === 'hit' ? Number.MAX_SAFE_INTEGER : 0),
      perDay: limit('per-day'),
      perProject: limit('per-project'),
      terms: [...new Set(fault === 'terms-of-one-row' ? duties[0] : duties.flat())].toSorted(),
    },
  };
}

function eachSafe<T>(of: (safe: Safe) => T): Record<Safe, T> {
  return {
    people: of('people'),
    projects: of('projects'),
    settings: of('settings'),
    data: of('data'),
    outputs: of('outputs'),
  };
}

function items(onlyIf: string): readonly string[] {
  return onlyIf === '-' ? [] : onlyIf.split('&').map((item) => item.trim());
}

function boundIn(item: string, name: string): readonly number[] {
  return item.startsWith(`${name}<=`) ? [Number(item.slice(name.length + 2))] : [];
}

function concerns([, , , what]: Cells, { dataset, output }: Asked, fault: Fault | null): boolean {
  const [scope = '', level] = what.split(' (');
  const [named, field] = scope.split('/');
  if (named !== 'any dataset' && named !== dataset) return false;
  if (fault === 'level-ignored') return true;
  if (field !== undefined) return output === 'records';
  return level === undefined || level === `${output})`;
}

/** The weakest of `who` and all conditions. */
function metBy([, , who, , onlyIf]: Cells, facts: Facts, fault: Fault | null): Met {
  const parts = items(who).map((part) => meant(part, facts));
  const covered = fault === 'who-or' && parts.includes('met') ? ['met' as const] : parts;
  const conditions = items(onlyIf)
    .filter((item) => !/^(rows|per-day|per-project)<=/.test(item))
    .map((item) => {
      if (!item.startsWith('not ')) return conditionHolds(item, facts, fault);
      const holds = conditionHolds(item.slice(4), facts, fault);
      if (fault === 'negation-dropped' || holds === 'unknown') return holds;
      return holds === 'met' ? 'unmet' : 'met';
    });
  const all = [...covered, ...conditions];
  return all.includes('unmet') ? 'unmet' : all.includes('unknown') ? 'unknown' : 'met';
}

function meant(who: string, facts: Facts): Met {
  const [kind, name = ''] = who.split(':');
  if (kind === 'anyone') return 'met';
  if (kind === 'partner') {
    const partner = facts['caller.partner'];
    return partner === undefined ? 'unknown' : partner === name ? 'met' : 'unmet';
  }
  const roles = facts['caller.roles'];
  return roles === undefined ? 'unknown' : roles.includes(name) ? 'met' : 'unmet';
}

function fires([, , , , , verdict]: Cells, met: Met, fault: Fault | null): boolean {
  if (met !== 'unknown') return met === 'met';
  return verdict === 'deny' ? fault !== 'unknown-denies-not' : fault === 'unknown-allows';
}

type Heard = { readonly row: Cells; readonly met: Met; readonly fires: boolean };

/** The treatment of the one row that applies to the field; `withheld` where there is none, or perhaps another. */
function treatmentOf(field: string, dataset: string, rows: readonly Heard[], fault: Fault | null): string {
  const named = rows.filter(({ row }) => row[5] === 'allow' && row[3] === `${dataset}/${field}`);
  if (fault === 'fields-merged') return named.some((h) => h.fires) ? (named[0]?.row[6] ?? 'withheld') : 'withheld';
  const possible = named.filter((h) => h.met !== 'unmet');
  const [only] = possible;
  return possible.length === 1 && only?.fires === true ? only.row[6] : 'withheld';
}
