import { type TableText, tableText } from './diff-table.ts';
import { COLUMNS } from './read-rule.ts';
import { EXPECTED_SUFFIX, type RulebookSources } from './sources.ts';
import { flatMapSteps, type Steps } from './turns.ts';

/** One difference between two versions, as data and as a sentence for those who answer for the rules. */
export type Change = ChangeData & { readonly say: string };

export type ChangeData =
  | { readonly kind: 'page-added' | 'page-removed' | 'text-changed'; readonly page: string }
  | {
      readonly kind: 'page-changed';
      readonly page: string;
      readonly setting: string;
      readonly from: string | null;
      readonly to: string | null;
    }
  | {
      readonly kind: 'rule-added' | 'rule-removed';
      readonly page: string;
      readonly safe: string;
      readonly rule: string;
      readonly cells: readonly string[];
    }
  | {
      readonly kind: 'rule-changed';
      readonly page: string;
      readonly safe: string;
      readonly rule: string;
      /** Heading of the column. */
      readonly column: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: 'rules-reordered'; readonly page: string }
  | {
      readonly kind: 'role-added' | 'role-removed' | 'role-changed';
      readonly role: string;
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly kind: 'expected-changed'; readonly page: string; readonly added: number; readonly removed: number };

/**
 * What `after` has that `before` has not, and the other way round: by page, in the order of names; within a page its
 * settings, then rules in the order of the page. Rules are matched by their ids. Files are read as tables and need not be
 * without mistakes. Linear in the size of the two, in steps.
 */
export function* diffingVersions(before: RulebookSources, after: RulebookSources): Steps<readonly Change[]> {
  const changes: Change[] = [];
  for (const file of [...new Set([...before.keys(), ...after.keys()])].toSorted()) {
    const found = yield* diffFile(file, before.get(file), after.get(file));
    for (const change of yield* flatMapSteps(found, (c) => [{ ...c, say: say(c) }])) changes.push(change);
  }
  return changes;
}

function* diffFile(file: string, was: string | undefined, is: string | undefined): Steps<readonly ChangeData[]> {
  if (was === is) return [];
  const page = file.replace(EXPECTED_SUFFIX, '').replace(/\.csv$/, '');
  if (!file.endsWith('.csv')) return [{ kind: 'text-changed', page: file }];
  const from = yield* tableText(was ?? '');
  const to = yield* tableText(is ?? '');
  const found = file.endsWith(EXPECTED_SUFFIX)
    ? yield* diffExpected(page, from, to)
    : file === 'roles.csv'
      ? diffRoles(from, to)
      : [...presence(page, was, is), ...diffSettings(page, from, to), ...(yield* diffRules(page, from, to))];
  return found.length > 0 ? found : [{ kind: 'text-changed', page: file }];
}

function presence(page: string, was: string | undefined, is: string | undefined): readonly ChangeData[] {
  if (was === undefined) return [{ kind: 'page-added', page }];
  return is === undefined ? [{ kind: 'page-removed', page }] : [];
}

function diffSettings(page: string, from: TableText, to: TableText): readonly ChangeData[] {
  const settings = [...new Set([...from.settings.keys(), ...to.settings.keys()])];
  return settings.flatMap((setting): readonly ChangeData[] => {
    const [was = null, is = null] = [from.settings.get(setting), to.settings.get(setting)];
    return was === is ? [] : [{ kind: 'page-changed', page, setting, from: was, to: is }];
  });
}

function* diffRules(page: string, from: TableText, to: TableText): Steps<readonly ChangeData[]> {
  const named = ([safe = '', rule = '']: readonly string[]) => ({ page, safe, rule });
  const changes = yield* flatMapSteps(to.byKey, ([id, cells]): readonly ChangeData[] => {
    const old = from.byKey.get(id);
    if (old === undefined) return [{ kind: 'rule-added', ...named(cells), cells }];
    return COLUMNS.flatMap((column, i): readonly ChangeData[] => {
      const [was = '', is = ''] = [old[i], cells[i]];
      return was === is ? [] : [{ kind: 'rule-changed', ...named(cells), column, from: was, to: is }];
    });
  });
  const removed = yield* flatMapSteps(from.byKey, ([id, cells]): readonly ChangeData[] =>
    to.byKey.has(id) ? [] : [{ kind: 'rule-removed', ...named(cells), cells }],
  );
  const kept = (table: TableText, other: TableText) => [...table.byKey.keys()].filter((id) => other.byKey.has(id));
  const order = kept(to, from);
  const moved = kept(from, to).some((id, i) => id !== order[i]);
  return [...changes, ...removed, ...(moved ? [{ kind: 'rules-reordered', page } as const] : [])];
}

function diffRoles(from: TableText, to: TableText): readonly ChangeData[] {
  const includes = (table: TableText) =>
    new Map(table.rows.slice(1).map(([role = '', included = '']) => [role, included]));
  const [old, fresh] = [includes(from), includes(to)];
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((role): readonly ChangeData[] => {
    const [was = null, is = null] = [old.get(role), fresh.get(role)];
    if (was === is) return [];
    const kind = was === null ? 'role-added' : is === null ? 'role-removed' : 'role-changed';
    return [{ kind, role, from: was, to: is }];
  });
}

function* diffExpected(page: string, from: TableText, to: TableText): Steps<readonly ChangeData[]> {
  const lines = ({ rows }: TableText) => flatMapSteps(rows, (cells) => [JSON.stringify(cells)]);
  const old = new Set(yield* lines(from));
  const fresh = new Set(yield* lines(to));
  const added = [...fresh].filter((line) => !old.has(line)).length;
  const removed = [...old].filter((line) => !fresh.has(line)).length;
  return added + removed === 0 ? [] : [{ kind: 'expected-changed', page, added, removed }];
}

function say(change: ChangeData): string {
  switch (change.kind) {
    case 'page-added':
      return `The page ${change.page} is new.`;
    case 'page-removed':
      return `The page ${change.page} is gone.`;
    case 'text-changed':
      return `In ${change.page} only comments, blanks or the order of rows differ, or it is no table.`;
    case 'page-changed': {
      const { page, setting, from, to } = change;
      return `${page}: ${setting} is ${to ?? 'not said any more'}${from === null ? '' : `, it was ${from}`}.`;
    }
    case 'rule-added':
      return `${change.page}: ${change.rule} is new in ${change.safe}: ${rowText(change.cells)}.`;
    case 'rule-removed':
      return `${change.page}: ${change.rule} is gone from ${change.safe}: ${rowText(change.cells)}.`;
    case 'rule-changed': {
      const { page, rule, safe, column, from, to } = change;
      return `${page}: ${rule} in ${safe} changes "${column}" from "${from}" to "${to}".`;
    }
    case 'rules-reordered':
      return `${change.page}: the rules stand in another order. The first that applies is the one that is named.`;
    case 'role-added':
      return `The role ${change.role} is new${includesText(change.to)}.`;
    case 'role-removed':
      return `The role ${change.role} is gone.`;
    case 'role-changed':
      return `The role ${change.role} now includes ${listText(change.to)}; it included ${listText(change.from)}.`;
    case 'expected-changed':
      return `${change.page}: ${change.added} expected decisions are new or changed, ${change.removed} are gone or were other.`;
  }
}

function rowText(cells: readonly string[]): string {
  return cells.slice(2).join(', ');
}

function listText(roles: string | null): string {
  return roles === null || roles === '-' ? 'no other' : roles;
}

function includesText(roles: string | null): string {
  return roles === null || roles === '-' ? '' : ` and includes ${roles}`;
}
