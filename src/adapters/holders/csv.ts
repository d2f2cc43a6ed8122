import { readFile } from 'node:fs/promises';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { ConfigurationError } from '../../domain/configuration-error.ts';
import type { CsvConnector, Dataset } from '../../domain/dataset.ts';
import type { Identifier, Scheme } from '../../domain/identifier.ts';
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

/** A holder's file, read once. The index is closed over and never changes: a new file needs a new start. */
export interface CsvHolder {
  readonly load: CsvLoad;
  /** Rows that carry the identifier; the values are as they stand in the file. */
  rows(by: Identifier): readonly JsonMap[];
}

type Cells = readonly string[];

/** Text of the file. UTF-8 or nothing: replacing what is not would change names unseen. */
async function textOf(file: string, fail: (problem: string) => ConfigurationError): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw fail(`cannot be read (${code})`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fail('is not UTF-8 text');
  }
}

/** The parser's own messages quote cells, so only its code and line go further. */
function cellsOf(text: string, delimiter: string, fail: (problem: string) => ConfigurationError): Cells[] {
  try {
    return parse(text, { bom: true, delimiter, record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw fail('cannot be parsed');
    const line = 'lines' in error ? ` near line ${String(error.lines)}` : '';
    throw fail(`is not well-formed CSV (${error.code}${line})`);
  }
}

function mappedColumns(dataset: Dataset): readonly string[] {
  const fields = Object.values(dataset.fields).map((spec) => spec.from);
  const identifiers = Object.values(dataset.identifiers);
  return [...new Set([...fields, ...identifiers, ...Object.keys(dataset.except)])];
}

function headerProblems(dataset: Dataset, header: Cells): string[] {
  return mappedColumns(dataset).flatMap((column) => {
    const found = header.filter((name) => name === column).length;
    if (found === 1) return [];
    return [found === 0 ? `has no column "${column}"` : `has the column "${column}" ${found} times`];
  });
}

function indexBy(scheme: Scheme, mapping: Mapping, rows: readonly JsonMap[]) {
  const index = new Map<string, JsonMap[]>();
  let indexed = 0;
  let malformedRows = 0;
  for (const row of rows) {
    const { values, malformed } = identifiersIn(mapping, scheme, row);
    if (values.length > 0) indexed += 1;
    else if (malformed > 0) malformedRows += 1;
    for (const value of values) {
      const same = index.get(value);
      if (same === undefined) index.set(value, [row]);
      else same.push(row);
    }
  }
  const blank = rows.length - indexed - malformedRows;
  return { index, load: { indexed, distinct: index.size, blank, malformed: malformedRows } };
}

/**
 * Reads and indexes a file. Rows without a usable identifier are counted, not fatal; a file that is not there, not
 * UTF-8, not well-formed CSV (RFC 4180, any of the three line ends) or lacks a mapped column is.
 * @throws ConfigurationError
 */
export async function loadCsv(dataset: Dataset, connector: CsvConnector, mapping: Mapping): Promise<CsvHolder> {
  const refuse = (problems: readonly string[]) =>
    new ConfigurationError(problems.map((p) => `dataset ${dataset.id}: the file ${connector.file} ${p}`));
  const fail = (problem: string) => refuse([problem]);
  const [first, ...body] = cellsOf(await textOf(connector.file, fail), connector.delimiter, fail);
  if (first === undefined) throw fail('is empty');
  const header = first.map((name) => name.trim());
  const problems = headerProblems(dataset, header);
  if (problems.length > 0) throw refuse(problems);

  const rows = body.map((cells): JsonMap => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])));
  const indexes = new Map<Scheme, ReadonlyMap<string, readonly JsonMap[]>>();
  const schemes: Partial<Record<Scheme, SchemeLoad>> = {};
  for (const scheme of mapping.identifiers.keys()) {
    const { index, load } = indexBy(scheme, mapping, rows);
    indexes.set(scheme, index);
    schemes[scheme] = load;
  }
  return {
    load: { rows: rows.length, schemes },
    rows: (by) => indexes.get(by.scheme)?.get(by.value) ?? [],
  };
}
