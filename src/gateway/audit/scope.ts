import type { Agreement, Project } from '../../domain/partnership.ts';
import type { FindQuery } from '../../ledger/audit/find-query.ts';
import { agreementOf, type Term } from '../../ledger/audit/terms.ts';
import type { OpenedExchange } from '../../ledger/opened.ts';
import type { HolderSees, Leave } from '../../registry/duties.ts';

type Scope = readonly Term[];

/**
 * The scopes within which somebody may search, each a conjunction; none where the query reaches beyond what the reader may
 * know. In a holder's scope only what a holder may know leads to a find: an agreement that keeps the case to the asker's
 * side keeps searches by case there too, an identifier finds a question only if it was put to the holder, and how the
 * legs of others ended finds nothing.
 * @param holderOf holder of a dataset.
 */
export function scopesOf(
  leave: Leave,
  query: FindQuery,
  agreements: readonly Agreement[],
  holderOf: (dataset: string) => string | undefined,
): readonly Scope[] {
  const scopes: Scope[] = leave.agreements.map((value) => [{ attribute: 'agreement', value }]);
  if (leave.asker !== null) scopes.push([{ attribute: 'partner', value: leave.asker }]);
  if (leave.self !== null) scopes.push([{ attribute: 'person', value: leave.self }]);
  const { holder } = leave;
  if (holder === null || !isOfHolder(query, holder, holderOf)) return scopes;
  const needed: readonly HolderSees[] = [
    ...(query.person === undefined ? [] : ['person' as const]),
    ...(query.case === undefined ? [] : ['case' as const]),
  ];
  for (const { id, holderSees } of agreements) {
    if (!needed.every((part) => holderSees.includes(part))) continue;
    scopes.push([
      { attribute: 'agreement', value: id },
      { attribute: 'put-to', value: holder },
    ]);
  }
  return scopes;
}

function isOfHolder(query: FindQuery, holder: string, holderOf: (dataset: string) => string | undefined): boolean {
  const { result, state, refusedBy, code, rule, dataset } = query;
  if ([result, state, refusedBy, code, rule].some((value) => value !== undefined)) return false;
  if (query.holder !== undefined && query.holder !== holder) return false;
  return dataset === undefined || holderOf(dataset) === holder;
}

/**
 * The agreement that says who may know of an exchange: the one it was recorded under; where none was, its project's. What
 * was told under one agreement opens to nobody because the project has moved to another.
 */
export function agreementUnder(
  { legs, project: id }: Pick<OpenedExchange, 'legs' | 'project'>,
  project: (id: string) => Project | undefined,
): string | undefined {
  return legs.flatMap((leg) => agreementOf(leg.facts) ?? [])[0] ?? project(id)?.agreement;
}

/** From which side a reader looks at an exchange. */
export type Side = 'whole' | 'holder';

/** The side from which the reader sees this exchange; null where it is not for the reader. */
export function sideOf(
  leave: Leave,
  opened: OpenedExchange,
  project: (id: string) => Project | undefined,
): Side | null {
  const { who, legs } = opened;
  const agreement = agreementUnder(opened, project);
  if (agreement !== undefined && leave.agreements.includes(agreement)) return 'whole';
  if (leave.asker !== null && who.partner === leave.asker) return 'whole';
  if (leave.self !== null && who.person === leave.self) return 'whole';
  const put = legs.some((leg) => leg.holder === leave.holder && leg.permit !== null);
  return leave.holder !== null && put ? 'holder' : null;
}
