import type { Raw, Treated } from '../domain/answer.ts';
import type { CanonicalRecord, CanonicalValue } from '../domain/dataset.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Permit } from '../domain/permit.ts';
import { knownValues } from './free-text/known-values.ts';
import { type PlanNode, type PlanTree, planTree } from './plan-tree.ts';
import { PSEUDONYM_VERSION, type PseudonymKey } from './pseudonym.ts';
import type { Surroundings } from './treatments.ts';

/** Makes the one thing that may leave. See `createTreat`. */
export type Treat = (permit: Permit, raw: Raw) => Treated;

/** One record under treatment: where faults are told from, and what its treatments may look around for. */
interface Treating extends Surroundings {
  readonly dataset: string;
}

/**
 * @returns the function that builds what may leave: from nothing, adding what the Permit's plan keeps or treats,
 * so that a field nobody named never leaves. The shape follows the plan and not the record: a planned field is always
 * there, null where the record has no value; an array that the record does not have is empty. At output level `hit`
 * records are counted only, and so are more than the Permit's `maxRows`, of which none may leave. It throws Fault
 * `holder/shape` where a planned field is not of a type that its treatment knows; names the field, never the value.
 */
export function createTreat({ pseudonymKey }: { readonly pseudonymKey: PseudonymKey }): Treat {
  return (permit, raw) => {
    const { plan, dataset, project, maxRows } = permit;
    const rows = raw.records.length;
    if (permit.output === 'hit' || rows > maxRows) return treated(rows, []);
    const tree = planTree(plan);
    const key = once(() => pseudonymKey(project, PSEUDONYM_VERSION));
    const treatWhole = (record: CanonicalRecord) =>
      treatRecord(tree, record, { dataset, pseudonymKey: key, known: once(() => knownValues(record, plan)) });
    return treated(rows, raw.records.map(treatWhole));
  };
}

/** The only place where a Treated is made. */
function treated(rows: number, records: readonly JsonObject[]): Treated {
  return { rows, records } as Treated;
}

/** `hasOwn`, because every object has a `constructor`. Keys of a plan can be set: none of them is `__proto__`. */
function treatRecord(tree: PlanTree, record: CanonicalRecord | null, around: Treating): JsonObject {
  const shown: Record<string, JsonValue> = {};
  for (const node of tree) {
    const { key } = node;
    const value = record !== null && Object.hasOwn(record, key) ? (record[key] ?? null) : null;
    shown[key] = node.each ? treatEach(node, value, around) : treatValue(node, value, around);
  }
  return shown;
}

function treatEach(node: PlanNode, value: CanonicalValue, around: Treating): readonly JsonValue[] {
  if (value === null) return [];
  if (!isArray(value)) throw shapeFault(around, node, 'an array');
  return value.map((element) => treatValue(node, element, around));
}

function treatValue(node: PlanNode, value: CanonicalValue, around: Treating): JsonValue {
  if (node.treatment === null) {
    if (isArray(value) || (typeof value !== 'object' && value !== null)) throw shapeFault(around, node, 'an object');
    return treatRecord(node.below, value, around);
  }
  const shown = typeof value === 'object' && value !== null ? undefined : node.treatment.show(value, around);
  if (shown === undefined) throw shapeFault(around, node, `a value for the treatment ${node.treatment.name}`);
  return shown;
}

/** Works out a value when it is first asked for. */
function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}

function shapeFault({ dataset }: Treating, node: PlanNode, expected: string): Fault {
  return new Fault('holder/shape', `${dataset}: expected ${expected} at ${node.field}`);
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
