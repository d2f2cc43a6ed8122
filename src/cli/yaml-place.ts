import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** Where something stands in a text, both from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const START: TextPlace = { line: 1, column: 1 };

/**
 * Finds the place that a problem speaks of.
 * @param text a YAML document, be it a faulty one.
 * @param problem a sentence that begins with a key path: `people[2].roles[0].until: expected …`; or that names the place
 * itself: `… at line 3, column 5:`.
 * @returns where the key stands, or as much of its path as there is; the start of the text for the empty path.
 */
export function placeInYaml(text: string, problem: string): TextPlace {
  const said = / at line (\d+), column (\d+)/.exec(problem);
  if (said !== null) return { line: Number(said[1]), column: Number(said[2]) };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const offset = offsetOf(document.contents, problem);
  if (offset === undefined) return START;
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Keys may hold dots themselves, so the path is read against the keys that are there, the longest first. */
function offsetOf(node: unknown, path: string): number | undefined {
  if (isSeq<Node>(node)) {
    const [written, index] = /^\[(\d+)\]/.exec(path) ?? [];
    const item = written === undefined ? undefined : node.items[Number(index)];
    return item === undefined || written === undefined ? undefined : (below(item, path, written) ?? item.range?.[0]);
  }
  if (!isMap(node)) return undefined;
  const known = node.items.flatMap(({ key, value }) =>
    isScalar(key) ? [{ key, value, name: String(key.value) }] : [],
  );
  const [found] = known
    .filter(({ name }) => path.startsWith(name) && /^($|[.[:])/.test(path.slice(name.length)))
    .toSorted((a, b) => b.name.length - a.name.length);
  return found === undefined ? undefined : (below(found.value, path, found.name) ?? found.key.range?.[0]);
}

function below(node: unknown, path: string, written: string): number | undefined {
  return offsetOf(node, path.slice(written.length).replace(/^\./, ''));
}
