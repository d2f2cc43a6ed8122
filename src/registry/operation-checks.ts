import type { Dataset } from '../domain/dataset.ts';
import { parseSourcePath, pathsClash } from '../domain/field-path.ts';
import { type Operation, VALUE } from '../domain/operation.ts';

/** Reports a problem at a key path below the dataset. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** Whether some request could be either operation: then which one is meant would be a guess. */
export function operationsClash(a: Operation, b: Operation): boolean {
  const [x, y] = [a.path.split('/'), b.path.split('/')];
  const alike = (one: unknown, other: unknown) => one === other || one === VALUE || other === VALUE;
  return (
    a.method === b.method &&
    x.length === y.length &&
    x.every((segment, i) => alike(segment, y[i])) &&
    membersAlike(a.query, b.query, alike) &&
    membersAlike(a.body, b.body, alike)
  );
}

function membersAlike(
  a: Operation['body'],
  b: Operation['body'],
  alike: (one: unknown, other: unknown) => boolean,
): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && alike(a[name], b[name]));
}

/** What declared operations must be to their dataset and to each other. */
export function checkOperations(dataset: Dataset, report: Report): void {
  const { operations, connector } = dataset;
  if (operations === undefined) return;
  if (connector.kind !== 'http') {
    report(['operations'], 'expected only with a connector of kind http: answers keep the shape of the holder');
    return;
  }
  for (const [i, operation] of operations.entries()) {
    if (!Object.hasOwn(dataset.identifiers, operation.scheme)) {
      report(['operations', i, 'scheme'], 'expected a scheme that "identifiers" names too');
    }
    const other = operations.slice(0, i).findIndex((earlier) => operationsClash(earlier, operation));
    if (other >= 0) report(['operations', i], `expected requests that cannot also be those of operations[${other}]`);
  }
  checkWayBack(dataset, report);
}

/** Two fields that come from one place of the holder's record cannot both go back to it. */
function checkWayBack(dataset: Dataset, report: Report): void {
  const sources = Object.entries(dataset.fields).map(([field, { from }]) => ({ field, steps: parseSourcePath(from) }));
  for (const [i, { field, steps }] of sources.entries()) {
    for (const other of sources.slice(0, i)) {
      if (steps !== undefined && other.steps !== undefined && pathsClash(steps, other.steps)) {
        report(
          ['fields', field, 'from'],
          `expected a place that can stand in one record with that of "${other.field}", since operations are declared`,
        );
      }
    }
  }
}
