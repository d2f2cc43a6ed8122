import type { Dataset } from '../../domain/dataset.ts';
import type { Facts } from '../../domain/facts.ts';
import type { AskRules } from '../../domain/matching.ts';
import type { Digest } from '../../domain/versions.ts';
import type { OpenedExchange } from '../../ledger/opened.ts';
import type { Roles } from '../../rulebook/roles.ts';
import type { Rulebook } from '../../rulebook/rulebook.ts';

/** The version on trial, and what surrounds it now. */
export interface Draft {
  readonly rulebook: Rulebook;
  readonly registry: { readonly digest: Digest; dataset(id: string): Dataset | undefined };
  readonly configuration: Digest;
  readonly build: Digest;
  /** The roles file of a version that decided; null where the version is not at hand. */
  rolesOf(rulebook: string): Roles | null;
}

/** Why a leg cannot be decided again. Closed list. */
export const UNDETERMINED = {
  build: 'another build decided',
  registry: 'the question was turned away by another registry before any rule was asked',
  dataset: 'the dataset has other fields now, or is none of the agreement any more',
  form: 'the facts are not those that a decision has',
  facts: 'the draft asks for a fact that was not gathered then',
  roles: 'roles include others in the draft, and which of them the person was given is not recorded',
  rows: 'more records were found than was allowed then, and how many is not recorded',
  budget: 'a budget was spent then, and what the draft leaves of it is not known',
} as const;
export type Undetermined = keyof typeof UNDETERMINED;

type Versions = OpenedExchange['versions'];

/**
 * The roles a person has under the draft, of whom the flattened roles under another version are recorded. Which of them
 * the registry gave is not: at least those that no other one includes, at most all.
 * @returns the facts to judge by, or null where the draft has a row for a role that may or may not follow.
 */
export function rolesUnder(draft: Draft, facts: Facts, decidedBy: string, asked: ReadonlySet<string>): Facts | null {
  if (decidedBy === draft.rulebook.digest) return facts;
  const held = facts['caller.roles'] ?? [];
  const now = draft.rulebook.roles;
  const then = draft.rolesOf(decidedBy);
  if (then !== null && sameRoles(then, now)) return facts;
  const given = then === null ? [] : held.filter((r) => !held.some((o) => o !== r && then.get(o)?.includes(r)));
  const least = closed(now, given);
  const fresh = [...now.keys()].filter((role) => then?.has(role) !== true);
  const most = closed(now, [...held, ...fresh]);
  if ([...most].some((role) => !least.has(role) && asked.has(role))) return null;
  return { ...facts, 'caller.roles': [...least] };
}

function closed(roles: Roles, given: readonly string[]): ReadonlySet<string> {
  return new Set(given.flatMap((role) => roles.get(role) ?? []));
}

const compared = new WeakMap<Roles, WeakMap<Roles, boolean>>();

function sameRoles(one: Roles, other: Roles): boolean {
  if (one === other) return true;
  const known = compared.get(one)?.get(other);
  if (known !== undefined) return known;
  const text = (roles: Roles) => JSON.stringify([...roles].map(([r, i]) => [r, [...i].sort()]).sort());
  const same = text(one) === text(other);
  compared.set(one, (compared.get(one) ?? new WeakMap<Roles, boolean>()).set(other, same));
  return same;
}

/**
 * Whether one of the draft's rows for this caller looks at something that another registry or configuration had no name
 * for, so that its absence says nothing: an undertaking that the agreement did not have, a network that was not drawn.
 */
export function asksForUngathered(
  draft: Draft,
  versions: Versions,
  ask: AskRules,
  facts: Facts,
  dataset: string,
): boolean {
  const sameRegistry = versions.registry === draft.registry.digest;
  const sameConfiguration = versions.configuration === draft.configuration;
  if (sameRegistry && sameConfiguration) return false;
  const output = facts['enquiry.output'] === 'hit' ? 'hit' : 'records';
  const networks = facts['channel.networks'] ?? [];
  return Object.values(ask({ dataset, output, facts })).some(({ evaluated }) =>
    evaluated.some((row) =>
      row.conditions.some(({ condition: { name, argument = '' } }) => {
        if (name === 'undertaking') return !sameRegistry && facts[`undertaking.${argument}`] === undefined;
        return name === 'network' && !sameConfiguration && !networks.includes(argument);
      }),
    ),
  );
}
