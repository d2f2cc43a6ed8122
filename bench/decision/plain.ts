import { newEnforcer, newModelFromString } from 'casbin';
import { readCells } from '../../src/rulebook/cells.ts';
import { AGREEMENT, type LaidOut } from './layouts.ts';

const MODEL = `
[request_definition]
r = safe, who, what
[policy_definition]
p = safe, who, what, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.safe == p.safe && r.who == p.who && r.what == p.what
`;

/** What one call costs, in microseconds. */
export interface PlainCost {
  readonly enforce: number;
  readonly enforceSync: number;
}

/**
 * Casbin as anybody would use it: all rows in one enforcer, compared by equality, no conditions, no field plan. One call
 * answers for one Safe or one field, where a decision of ours answers for five Safes and twelve fields.
 */
export async function plainEnforcer({ sources }: LaidOut): Promise<() => Promise<PlainCost>> {
  const [, , ...rows] = readCells(AGREEMENT, sources.get(`${AGREEMENT}.csv`) ?? '').rows;
  const policies = rows.map((row) => [0, 2, 3, 5].map((column) => row[column]?.text ?? ''));
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  await enforcer.addPolicies(policies);
  const asked = Array.from({ length: 30 }, (_, i) => (policies[(i * 337) % policies.length] ?? []).slice(0, 3));
  const allowed = policies.filter(([, , , effect]) => effect === 'allow').length;
  if (allowed === 0) throw new Error('no row allows anything');
  return async () => {
    let begun = performance.now();
    for (const request of asked) await enforcer.enforce(...request);
    const enforce = ((performance.now() - begun) * 1_000) / asked.length;
    begun = performance.now();
    for (const request of asked) enforcer.enforceSync(...request);
    return { enforce, enforceSync: ((performance.now() - begun) * 1_000) / asked.length };
  };
}
