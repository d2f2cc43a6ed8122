import type { Facts } from '../domain/facts.ts';
import type { Rule, Who } from '../domain/rule.ts';

/**
 * Rows by whom they are for. A row for `role:a & partner:b` stands under its first part that names somebody.
 * @returns for a caller's facts every row that may cover him, in the order of the page. Where it is not known which
 * roles or which partner he has, every row may.
 */
export function indexByWho(rules: readonly Rule[]): (facts: Facts) => readonly Rule[] {
  const position = new Map(rules.map((rule, i) => [rule, i]));
  const under = new Map<string, Rule[]>();
  for (const rule of rules) {
    const name = nameOf(rule.who.find((part) => part.kind !== 'anyone'));
    const rows = under.get(name);
    if (rows === undefined) under.set(name, [rule]);
    else rows.push(rule);
  }
  return (facts) => {
    const roles = facts['caller.roles'];
    const partner = facts['caller.partner'];
    if (roles === undefined || partner === undefined) return rules;
    const parts: Who[] = [...new Set(roles)].map((role) => ({ kind: 'role', role }));
    const names = [undefined, { kind: 'partner', partner } as const, ...parts].map(nameOf);
    const found = names.flatMap((name) => under.get(name) ?? []);
    return found.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  };
}

/** Roles and partners share no name: each carries its kind. */
function nameOf(part: Who | undefined): string {
  if (part === undefined || part.kind === 'anyone') return 'anyone';
  return part.kind === 'role' ? `role:${part.role}` : `partner:${part.partner}`;
}
