import { CONDITIONS, type Met } from '../../domain/catalogue.ts';
import { conditionWording, factsRead, type Reader } from '../../domain/condition-wording.ts';
import type { Facts } from '../../domain/facts.ts';
import type { JsonValue } from '../../domain/json.ts';
import { wording } from '../../domain/reasons.ts';
import type { Condition } from '../../domain/rule.ts';
import { isoTime } from '../../domain/time.ts';
import { wordsFor } from '../judgement.ts';
import type { HeardRow } from './explain.ts';

/** A condition of a row: how it fared, and for this caller what it takes. */
export type ToldCondition = {
  /** As it stands on the page. */
  readonly condition: string;
  readonly met: Met;
  /** In words for the one who reads. */
  readonly say: string;
  /** What the caller can do. */
  readonly remedy?: string;
  /** Not for callers: what the condition was judged by. Null: not known. */
  readonly facts?: Readonly<Record<string, JsonValue>>;
};

export type ToldRow = {
  readonly rule: string;
  /** The row as it stands on the page. */
  readonly text: string;
  readonly fires: boolean;
  readonly conditions: readonly ToldCondition[];
  /** The output level of which the row speaks, where it is not the one asked. */
  readonly level?: string;
  /** Not for callers: whether the row is for the caller, and where it stands. */
  readonly who?: Met;
  readonly place?: string;
};

/** A row in the caller's words: no facts, no places. */
export function rowForCaller({ row, level }: HeardRow, facts: Facts): ToldRow {
  return {
    ...rowText({ row, level }),
    conditions: row.conditions.map(({ condition, met }) => ({
      condition: condition.text,
      met,
      ...(fulfilled(row.rule.verdict, met)
        ? { say: meaning(condition, row.rule.verdict) }
        : obstacle(condition, row.rule.verdict, facts)),
    })),
  };
}

/** A row for those who answer for the rules or audit them: with the facts that each condition was judged by. */
export function rowForReader({ row, level }: HeardRow, facts: Facts, reader: Reader): ToldRow {
  const { file, line } = row.rule.place;
  return {
    ...rowText({ row, level }),
    who: row.who,
    place: `${file}:${line}`,
    conditions: row.conditions.map(({ condition, met }) => ({
      condition: condition.text,
      met,
      say: `${condition.negated ? 'The contrary of: ' : ''}${conditionWording(condition.name, reader, readersWords(condition, facts))}`,
      facts: Object.fromEntries(factsRead(condition).map((name) => [name, factFor(reader, name, facts)])),
    })),
  };
}

/** As for callers, but bounds say their unit: reasons have it in their text. */
function readersWords(condition: Condition, facts: Facts): Readonly<Record<string, string>> {
  const declared = CONDITIONS[condition.name];
  const unit = 'bound' in declared ? ` ${declared.bound}` : '';
  return { ...wordsFor(condition, facts), limit: `${condition.bound ?? ''}${unit}` };
}

function rowText({ row, level }: HeardRow): Pick<ToldRow, 'rule' | 'text' | 'fires' | 'level'> {
  const { id, cells } = row.rule;
  return { rule: id, text: cells.join(', '), fires: row.fires && level === null, ...(level === null ? {} : { level }) };
}

/** An allow row needs each condition met; in a deny row only one that is unmet is no obstacle. */
export function fulfilled(verdict: 'allow' | 'deny', met: Met): boolean {
  return verdict === 'allow' ? met === 'met' : met === 'unmet';
}

/** What a fulfilled condition says of the question. */
function meaning(condition: Condition, verdict: 'allow' | 'deny'): string {
  const holds = (verdict === 'allow') !== condition.negated;
  return capital(holds ? CONDITIONS[condition.name].means : `it is not so that ${CONDITIONS[condition.name].means}`);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The words of the condition's reason, where they say what stands in the way here; else what the condition means. */
function obstacle(
  condition: Condition,
  verdict: 'allow' | 'deny',
  facts: Facts,
): Pick<ToldCondition, 'say' | 'remedy'> {
  const { reason, blocksWhen } = CONDITIONS[condition.name];
  const [plain, contrary] = verdict === 'allow' ? (['unmet', 'met'] as const) : (['met', 'unmet'] as const);
  if (blocksWhen === (condition.negated ? contrary : plain)) return wording(reason, wordsFor(condition, facts));
  const holds = (verdict === 'allow') === condition.negated;
  return { say: `It stands in the way that ${holds ? '' : 'it is not so that '}${CONDITIONS[condition.name].means}.` };
}

const INSTANTS =
  /^(clock\.now|(agreement|project)\.(from|until)|token\.auth-time|(accreditation|training|undertaking)\..+)$/;

/** An auditor sees facts as they are recorded; a compliance officer sees times as times. Null: not known. */
function factFor(reader: Reader, name: string, facts: Facts): JsonValue {
  const value = facts[name] ?? null;
  return reader === 'compliance' && typeof value === 'number' && INSTANTS.test(name) ? isoTime(value) : value;
}
