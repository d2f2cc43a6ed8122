import { SAFES } from '../../domain/safe.ts';
import type { OpenedExchange, OpenedLeg } from '../opened.ts';
import { type Exported, isErased } from './exported.ts';

type Cell = string | number | null;

export interface Column {
  readonly name: string;
  readonly means: string;
  readonly of: (exchange: Exported, opened: OpenedExchange | null, leg: OpenedLeg | null) => Cell;
}

/** What a spreadsheet takes for the start of a formula, also after characters that it skips (OWASP, CSV injection). */
const FORMULA = /^[\s\p{C}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^['\t\r\n]/u;

/** Columns in their order. A later version may add some at the end; none is renamed, moved or dropped. */
export const COLUMNS: readonly Column[] = [
  column('exchange', 'id of the exchange', (e) => e.exchange),
  column('asked_index', 'index of the intent in the log; empty where nobody was asked', (e) => e.asked?.index ?? null),
  column('asked_time', 'when the intent was recorded, UTC', (e) => e.asked?.time ?? null),
  column('outcome_index', 'index of the outcome; empty while the exchange is open', (e) => e.outcome?.index ?? null),
  column('outcome_time', 'when the outcome was recorded, UTC', (e) => e.outcome?.time ?? null),
  column('result', 'released, none, held, partial, refused, fault, interrupted, open or erased', (e) => e.result),
  column('person', 'id of the person in the registry', (_, o) => o?.who.person ?? null),
  column('partner', 'partner of the person', (_, o) => o?.who.partner ?? null),
  column('issuer', 'identity provider that vouched for the caller', (_, o) => o?.who.issuer ?? null),
  column('subject', 'name of the caller at that provider', (_, o) => o?.who.subject ?? null),
  column('address', 'network address that was asked from', (_, o) => o?.who.address ?? null),
  column('project', 'project under which was asked', (_, o) => o?.project ?? null),
  column('purpose', 'term of the Data Privacy Vocabulary', (_, o) => o?.purpose.term ?? null),
  column('case', 'case reference', (_, o) => o?.case ?? null),
  column('justification', "the asker's own words", (_, o) => o?.justification ?? null),
  column('output', 'output level asked for: hit or records', (_, o) => o?.output ?? null),
  column('scheme', 'kind of identifier searched by; empty where erased', (_, o) => o?.by?.scheme ?? null),
  column('identifier', 'the identifier searched by; empty where erased', (_, o) => o?.by?.value ?? null),
  column('dataset', 'dataset of this leg', (_, __, leg) => leg?.dataset ?? null),
  column('holder', 'partner that holds it', (_, __, leg) => leg?.holder ?? null),
  column('state', 'released, none, held, refused, fault or open', (_, __, leg) => leg?.state ?? null),
  column('code', 'reason of a refusal, or of a fault', (_, __, leg) => leg?.code ?? null),
  column('rows', 'records released', (_, __, leg) => leg?.rows ?? null),
  ...SAFES.flatMap((safe) => [
    column(`${safe}`, `verdict of the Safe ${safe}`, (_, __, leg) => leg?.findings[safe].verdict ?? null),
    column(`${safe}_rule`, 'rule that decided it', (_, __, leg) => leg?.findings[safe].rule ?? null),
    column(`${safe}_code`, 'reason of the verdict', (_, __, leg) => leg?.findings[safe].code ?? null),
  ]),
  column('fields', 'field=treatment@rule, joined by "; "; withheld where no rule names the field', (_, __, leg) =>
    leg?.permit == null
      ? null
      : leg.permit.plan
          .map(({ field, treatment, rule }) => `${field}=${treatment}${rule === null ? '' : `@${rule}`}`)
          .join('; '),
  ),
  column('terms', 'what the asker took on, joined by "; "', (_, __, leg) => leg?.permit?.terms.join('; ') ?? null),
  column('answer', 'digest of what was released', (_, o) => o?.answer ?? null),
  column('rulebook', 'version of the rulebook that decided', (_, o) => o?.versions.rulebook ?? null),
  column('registry', 'version of the registry', (_, o) => o?.versions.registry ?? null),
  column('configuration', 'version of the configuration', (_, o) => o?.versions.configuration ?? null),
  column('build', 'version of the program', (_, o) => o?.versions.build ?? null),
];

function column(name: string, means: string, of: Column['of']): Column {
  return { name, means, of };
}

/** The first line: names of the columns. RFC 4180: CRLF, here with every cell in quotes. */
export const CSV_HEADER = line(COLUMNS.map(({ name }) => name));

/** One line a leg, so that each can be filtered and counted by dataset; one line where the legs are erased. */
export function csvLines(exchange: Exported): string {
  const opened = isErased(exchange) ? null : exchange;
  const legs: readonly (OpenedLeg | null)[] = opened === null || opened.legs.length === 0 ? [null] : opened.legs;
  return legs.map((leg) => line(COLUMNS.map(({ of }) => of(exchange, opened, leg)))).join('');
}

/**
 * A cell that no spreadsheet computes: one that could begin a formula gets an apostrophe before it, and so does one that
 * begins with an apostrophe, so that whoever drops one leading apostrophe has the text as it was.
 */
export function safeCell(cell: Cell): string {
  if (cell === null) return '""';
  const text = typeof cell === 'number' ? String(cell) : FORMULA.test(cell) ? `'${cell}` : cell;
  return `"${text.replaceAll('"', '""')}"`;
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(safeCell).join(',')}\r\n`;
}
