import { readCells } from './cells.ts';
import { type Flaw, flaw } from './flaw.ts';

/** Each role with every role it includes, itself first. */
export type Roles = ReadonlyMap<string, readonly string[]>;

/** A partnership has tens of roles, and a hierarchy of a few steps. */
export const MAX_ROLES = 300;
export const MAX_DEPTH = 32;
const MAX_INCLUDED = 50;

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Reads `roles.csv`: `role, includes` with roles separated by blanks, `-` for none. The hierarchy is flattened here, so
 * no decision depends on how deep it is (Casbin's own role manager stops at ten levels without a word).
 * @returns the roles, and flaws for unknown names and cycles; roles with a flaw are left out.
 */
export function readRoles(file: string, source: string): { readonly roles: Roles; readonly flaws: readonly Flaw[] } {
  const table = readCells(file, source);
  const flaws: Flaw[] = [...table.flaws];
  const direct = new Map<string, readonly string[]>();
  const places = new Map<string, { line: number; column: number }>();
  const [header, ...rows] = table.rows;
  if (header?.map((c) => c.text).join(',') !== 'role,includes') {
    flaws.push(flaw({ file, line: 1, column: 1 }, 'roles/shape', 'the header "role, includes"'));
  }
  for (const row of rows) {
    const [role, includes] = row;
    if (!role || !includes || row.length !== 2 || !NAME.test(role.text) || direct.has(role.text)) {
      const place = { file, line: role?.line ?? 1, column: role?.column ?? 1 };
      flaws.push(flaw(place, 'roles/shape', 'two columns: a role not named before, and the roles it includes or -'));
      continue;
    }
    const included = includes.text === '-' ? [] : includes.text.split(/\s+/);
    if (included.length > MAX_INCLUDED) {
      flaws.push(flaw({ file, ...includes }, 'roles/depth', `at most ${MAX_INCLUDED} roles included directly`));
    }
    direct.set(role.text, included.slice(0, MAX_INCLUDED));
    places.set(role.text, includes);
  }
  if (direct.size > MAX_ROLES) {
    flaws.push(flaw({ file, line: 1, column: 1 }, 'roles/depth', `at most ${MAX_ROLES} roles`));
    return { roles: new Map(), flaws };
  }
  const roles = new Map<string, readonly string[]>();
  for (const [role, includes] of direct) {
    const place = { file, line: 1, column: 1, ...places.get(role) };
    const unknown = includes.find((name) => !direct.has(name));
    if (unknown !== undefined) {
      flaws.push(flaw(place, 'roles/shape', `a role of this file, not "${unknown}"`));
      continue;
    }
    const { reached, cycle, tooDeep } = reach(role, direct);
    if (cycle) flaws.push(flaw(place, 'roles/cycle', `that "${role}" does not include itself`));
    else if (tooDeep)
      flaws.push(flaw(place, 'roles/depth', `at most ${MAX_DEPTH} steps from "${role}" to what it includes`));
    else roles.set(role, reached);
  }
  return { roles, flaws };
}

/** Everything that a role includes, itself first, found step by step. */
function reach(role: string, direct: ReadonlyMap<string, readonly string[]>) {
  const reached = new Set<string>([role]);
  let step: readonly string[] = [role];
  for (let depth = 0; step.length > 0; depth++) {
    if (depth > MAX_DEPTH) return { reached: [], cycle: false, tooDeep: true };
    const next = step.flatMap((name) => direct.get(name) ?? []);
    if (next.includes(role)) return { reached: [], cycle: true, tooDeep: false };
    step = [...new Set(next)].filter((name) => !reached.has(name));
    for (const name of step) reached.add(name);
  }
  return { reached: [...reached], cycle: false, tooDeep: false };
}
