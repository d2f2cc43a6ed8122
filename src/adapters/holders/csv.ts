import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { CsvConnector, Dataset } from '../../domain/dataset.ts';
import type { Identifier, Scheme } from '../../domain/identifier.ts';
import { columnProblems, mappedColumns } from './columns.ts';
import { readCsv, UnreadableFile } from './csv-file.ts';
import { identifiersIn, type Mapping } from './mapping.ts';
import type { JsonMap } from './path.ts';

/** What became of a file's rows under one scheme. */
export interface SchemeLoad {
  /** Rows that can be found. */
  readonly indexed: number;
  /** Different identifiers among them. */
  readonly distinct: number;
  /** Rows without an identifier, and rows whose identifier has not the form of the scheme: they cannot be found. */
  readonly blank: number;
  readonly malformed: number;
}

export interface CsvLoad {
  readonly rows: number;
  readonly schemes: Readonly<Partial<Record<Scheme, SchemeLoad>>>;
}

/** A holder's file, read once. The index is closed over and never changes: a new file makes another one. */
export interface CsvRecords {
  readonly load: CsvLoad;
  /** Rows that carry the identifier; the values are as they stand in the file. */
  rows(by: Identifier): readonly JsonMap[];
}

/** Rows of one scheme by canonical identifier, and what became of the others. */
function schemeIndex(scheme: Scheme, mapping: Mapping) {
  const index = new Map<string, JsonMap[]>();
  const counted = { indexed: 0, blank: 0, malformed: 0 };
  const add = (row: JsonMap) => {
    const { values, malformed } = identifiersIn(mapping, scheme, row);
    if (values.length > 0) counted.indexed += 1;
    else if (malformed > 0) counted.malformed += 1;
    else counted.blank += 1;
    for (const value of values) {
      const same = index.get(value);
      if (same === undefined) index.set(value, [row]);
      else same.push(row);
    }
  };
  return { index, add, load: (): SchemeLoad => ({ ...counted, distinct: index.size }) };
}

/**
 * Reads and indexes a file. Rows without a usable identifier are counted, not fatal; a file that cannot be read, is not
 * UTF-8, not well-formed CSV or lacks a mapped column is.
 * @throws ConfigurationError
 */
export async function loadCsv(dataset: Dataset, connector: CsvConnector, mapping: Mapping): Promise<CsvRecords> {
  const refuse = (problems: readonly string[]) =>
    new ConfigurationError(problems.map((p) => `dataset ${dataset.id}: the file ${connector.file} ${p}`));
  const schemes = new Map([...mapping.identifiers.keys()].map((scheme) => [scheme, schemeIndex(scheme, mapping)]));
  const wanted = mappedColumns(dataset);
  let header: readonly string[] | undefined;
  let problems: readonly string[] = [];
  let rows = 0;
  const take = (cells: readonly string[]) => {
    if (header === undefined) {
      header = cells.map((name) => name.trim());
      problems = columnProblems(wanted, header);
      return;
    }
    if (problems.length > 0) return;
    rows += 1;
    const row: JsonMap = Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']));
    for (const { add } of schemes.values()) add(row);
  };
  try {
    await readCsv(connector.file, connector.delimiter, take);
  } catch (error) {
    throw error instanceof UnreadableFile ? refuse([error.message]) : error;
  }
  if (header === undefined) throw refuse(['is empty']);
  if (problems.length > 0) throw refuse(problems);
  return {
    load: { rows, schemes: Object.fromEntries([...schemes].map(([scheme, { load }]) => [scheme, load()])) },
    rows: (by) => schemes.get(by.scheme)?.index.get(by.value) ?? [],
  };
}
