import type { Dataset } from '../../domain/dataset.ts';

/** Columns that the mapping of a file's rows names, each once. */
export function mappedColumns(dataset: Dataset): readonly string[] {
  const fields = Object.values(dataset.fields).map((spec) => spec.from);
  const identifiers = Object.values(dataset.identifiers);
  return [...new Set([...fields, ...identifiers, ...Object.keys(dataset.except)])];
}

/** One sentence per mapped column that a row would not have, or have more than once. */
export function columnProblems(wanted: readonly string[], found: readonly string[]): string[] {
  return wanted.flatMap((column) => {
    const times = found.filter((name) => name === column).length;
    if (times === 1) return [];
    return [times === 0 ? `has no column "${column}"` : `has the column "${column}" ${times} times`];
  });
}
