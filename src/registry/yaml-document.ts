import { parseDocument } from 'yaml';
import { ConfigurationError } from '../domain/configuration-error.ts';
import type { JsonValue } from '../domain/json.ts';
import { problemAt } from './problems.ts';

/**
 * Reads one YAML 1.2 document that says what JSON can say: no duplicate keys, tags, anchors or second document. What a
 * reader sees on the page is what counts.
 * @param file name for messages.
 * @throws ConfigurationError naming line and column, or the key path.
 */
export function parseYaml(file: string, text: string): JsonValue {
  const document = parseDocument(text, { version: '1.2', strict: true, uniqueKeys: true });
  const found = [...document.errors, ...document.warnings];
  if (found.length > 0) throw new ConfigurationError(found.map(({ message }) => `${file}: ${message.split('\n')[0]}`));
  const problems: string[] = [];
  const json = toJson(contentOf(document, file), [], (path, message) => problems.push(problemAt(file, path, message)));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return json;
}

function contentOf(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    // Ten lines of nested aliases can unfold into gigabytes, so there are none.
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ConfigurationError([`${file}: expected no aliases (*name); write the value out`]);
  }
}

type Report = (path: readonly PropertyKey[], message: string) => void;

function toJson(value: unknown, path: readonly PropertyKey[], report: Report): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown, i) => toJson(item, [...path, i], report));
  if (typeof value !== 'object') {
    report(path, 'expected text, a number, true, false, null, a list or a mapping');
    return null;
  }
  const entries = Object.entries(value).map(([key, inner]): [string, JsonValue] => {
    // Schemas step over this key without a word, and objects take it for something else.
    if (key === '__proto__') report([...path, key], 'expected another key');
    return [key, toJson(inner, [...path, key], report)];
  });
  return Object.fromEntries(entries);
}
