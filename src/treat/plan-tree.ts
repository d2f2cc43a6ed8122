import { parseFieldPath } from '../domain/field-path.ts';
import type { FieldPlan } from '../domain/plan.ts';
import type { TreatmentName } from '../domain/treatments.ts';
import { type Show, showBy } from './treatments.ts';

/** A field plan in the shape of the answer: only what is kept or treated, nested as the paths say. */
export type PlanTree = readonly PlanNode[];

export interface PlanNode {
  /** Begins with a small letter, so that no object has it by itself but for a handful such as `constructor`. */
  readonly key: string;
  /** The key holds an array; what follows applies to each element. */
  readonly each: boolean;
  /** A whole field path, for faults. */
  readonly field: string;
  /** Exactly one of the two: a value, or keys further down. */
  readonly treatment: Ready | null;
  readonly below: PlanTree;
}

/** A treatment with what it does. */
interface Ready {
  readonly name: TreatmentName;
  readonly show: Show;
}

interface Growing {
  readonly each: boolean;
  readonly field: string;
  readonly treatment: Ready | null;
  readonly below: Map<string, Growing>;
}

/**
 * Withheld and dropped fields leave no trace in the tree, so that an object or array appears in an answer only if
 * something below it does.
 * @throws TypeError where two lines of the plan cannot stand in one record; the registry refuses such datasets,
 * and where a treatment was given what it cannot take; the page's lint refuses that.
 */
export function planTree(plan: FieldPlan): PlanTree {
  let tree = trees.get(plan);
  if (tree === undefined) {
    tree = treeOf(growTree(plan));
    trees.set(plan, tree);
  }
  return tree;
}

/** Many exchanges share one plan. */
const trees = new WeakMap<FieldPlan, PlanTree>();

function growTree(plan: FieldPlan): ReadonlyMap<string, Growing> {
  const root = new Map<string, Growing>();
  for (const { field, treatment } of plan) {
    if (treatment === null || treatment.name === 'drop') continue;
    const ready = { name: treatment.name, show: showBy(treatment) };
    const steps = parseFieldPath(field);
    if (steps === undefined) throw new TypeError(`"${field}" is not a field path`);
    let level = root;
    for (const [i, { key, each }] of steps.entries()) {
      const last = i === steps.length - 1;
      const known = level.get(key);
      if (known !== undefined && (last || known.treatment !== null || known.each !== each)) {
        throw new TypeError(`"${field}" and "${known.field}" cannot stand in one record`);
      }
      const node = known ?? { each, field, treatment: last ? ready : null, below: new Map<string, Growing>() };
      level.set(key, node);
      level = node.below;
    }
  }
  return root;
}

function treeOf(level: ReadonlyMap<string, Growing>): PlanTree {
  return [...level].map(([key, node]) => ({ ...node, key, below: treeOf(node.below) }));
}
