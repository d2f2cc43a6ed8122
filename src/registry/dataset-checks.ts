import type { Dataset } from '../domain/dataset.ts';
import { parseFieldPath, pathsClash } from '../domain/field-path.ts';
import { checkOperations } from './operation-checks.ts';

/** Reports a problem at a key path below the dataset. */
type Report = (path: readonly PropertyKey[], message: string) => void;

const NOTATION = 'expected keys joined by ".", "[]" after a key that holds an array, such as owners[].name';

function arraysIn(path: string): number {
  return path.split('[]').length - 1;
}

/** A source path of a holder that answers in JSON. Keys are the holder's, so nearly anything goes. */
function isSourcePath(path: string): boolean {
  return path.split('.').every((part) => /^[^[\]]+(\[\])?$/.test(part));
}

function checkFields(dataset: Dataset, report: Report): void {
  const parsed = Object.entries(dataset.fields).map(([field, spec]) => ({ field, spec, steps: parseFieldPath(field) }));
  for (const [i, { field, spec, steps }] of parsed.entries()) {
    if (steps === undefined) report(['fields', field], NOTATION);
    if (dataset.connector.kind !== 'http') {
      if (arraysIn(field) > 0)
        report(
          ['fields', field],
          `expected no [] in a field of a ${dataset.connector.kind} file, whose rows hold none`,
        );
    } else if (arraysIn(field) !== arraysIn(spec.from)) {
      report(['fields', field, 'from'], 'expected as many [] as in the field, so that elements stay apart');
    }
    for (const other of parsed.slice(0, i)) {
      if (steps !== undefined && other.steps !== undefined && pathsClash(steps, other.steps)) {
        report(['fields', field], `expected a field that can stand in one record with "${other.field}"`);
      }
    }
  }
}

function checkSources(dataset: Dataset, report: Report): void {
  if (dataset.connector.kind !== 'http') return;
  const check = (path: readonly PropertyKey[], source: string | undefined) => {
    if (source !== undefined && !isSourcePath(source)) report(path, NOTATION);
  };
  for (const [field, { from }] of Object.entries(dataset.fields)) check(['fields', field, 'from'], from);
  for (const [scheme, source] of Object.entries(dataset.identifiers)) check(['identifiers', scheme], source);
  for (const source of Object.keys(dataset.except)) check(['except', source], source);
  const { records } = dataset.connector;
  if (records !== '' && (!isSourcePath(records) || arraysIn(records) > 0)) {
    report(['connector', 'records'], 'expected keys joined by ".", or nothing where the answer itself is the list');
  }
}

function checkLookups(dataset: Dataset, report: Report): void {
  if (dataset.connector.kind === 'csv') return;
  const { kind, lookups } = dataset.connector;
  for (const scheme of Object.keys(dataset.identifiers)) {
    if (!Object.hasOwn(lookups, scheme))
      report(
        ['connector', 'lookups'],
        `expected a ${kind === 'http' ? 'path' : 'statement'} for the identifier ${scheme}`,
      );
  }
  for (const scheme of Object.keys(lookups)) {
    if (!Object.hasOwn(dataset.identifiers, scheme)) {
      report(['connector', 'lookups', scheme], 'expected only schemes that "identifiers" names too');
    }
  }
}

function checkTimeouts(dataset: Dataset, report: Report): void {
  if (dataset.connector.kind !== 'http') return;
  for (const [key, limit] of Object.entries(dataset.connector.timeouts ?? {})) {
    if (limit !== undefined && limit > dataset.timeoutMs) {
      report(['connector', 'timeouts', key], `expected at most timeoutMs (${dataset.timeoutMs})`);
    }
  }
}

/** What one dataset's parts must be to each other. */
export function checkDataset(dataset: Dataset, report: Report): void {
  checkFields(dataset, report);
  checkSources(dataset, report);
  checkLookups(dataset, report);
  checkTimeouts(dataset, report);
  checkOperations(dataset, report);
}
