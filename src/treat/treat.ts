import type { Raw, Treated } from '../domain/answer.ts';
import type { CanonicalRecord, CanonicalValue } from '../domain/dataset.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Permit } from '../domain/permit.ts';
import { type PlanNode, type PlanTree, planTree } from './plan-tree.ts';
import { shownOf } from './treatments.ts';

/**
 * Builds what may leave: from nothing, adding what the Permit's plan keeps or treats (promise 3). The shape follows the
 * plan and not the record: a planned field is always there, null where the record has no value; an array that the record
 * does not have is empty. At output level `hit` records are counted only.
 *
 * @throws Fault `holder/shape` where a planned field is not of a type that its treatment knows; names the field, never
 * the value.
 */
export function treat(permit: Permit, raw: Raw): Treated {
  const tree = planTree(permit.plan);
  const records: readonly JsonObject[] =
    permit.output === 'hit' ? [] : raw.records.map((record) => treatRecord(tree, record, permit.dataset));
  return { rows: raw.records.length, records } as Treated;
}

/** `fromEntries` and `hasOwn`, because a holder may name its columns `__proto__` or `constructor`. */
function treatRecord(tree: PlanTree, record: CanonicalRecord | null, dataset: string): JsonObject {
  return Object.fromEntries(
    [...tree].map(([key, node]) => {
      const value = record !== null && Object.hasOwn(record, key) ? (record[key] ?? null) : null;
      return [key, node.each ? treatEach(node, value, dataset) : treatValue(node, value, dataset)];
    }),
  );
}

function treatEach(node: PlanNode, value: CanonicalValue, dataset: string): readonly JsonValue[] {
  if (value === null) return [];
  if (!isArray(value)) throw shapeFault(dataset, node, 'an array');
  return value.map((element) => treatValue(node, element, dataset));
}

function treatValue(node: PlanNode, value: CanonicalValue, dataset: string): JsonValue {
  if (node.treatment === null) {
    if (isArray(value) || (typeof value !== 'object' && value !== null)) throw shapeFault(dataset, node, 'an object');
    return treatRecord(node.below, value, dataset);
  }
  const shown = typeof value === 'object' && value !== null ? undefined : shownOf(node.treatment, value);
  if (shown === undefined) throw shapeFault(dataset, node, `a value for the treatment ${node.treatment.name}`);
  return shown;
}

function shapeFault(dataset: string, node: PlanNode, expected: string): Fault {
  return new Fault('holder/shape', `${dataset}: expected ${expected} at ${node.field}`);
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
