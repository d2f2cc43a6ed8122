import type { JsonObject } from '../domain/json.ts';
import { readCells } from '../rulebook/cells.ts';
import type { Version } from '../rulebook/version.ts';

type Row = readonly string[];

/** Rows told of one comparison. */
const MOST = 500;

/**
 * What changed between two versions, row by row, also where one of them has mistakes. Texts of pages are quoted as JSON:
 * a page may say anything, and what it says must not read as if the gateway said it.
 */
export function differencesOf(before: Pick<Version, 'sources'>, after: Pick<Version, 'sources'>) {
  const names = [...new Set([...before.sources.keys(), ...after.sources.keys()])].toSorted();
  const changes = names.flatMap((file) => fileChanges(file, before.sources.get(file), after.sources.get(file)));
  const sentences = changes.slice(0, MOST).map(({ says }) => String(says));
  const rest = changes.length - sentences.length;
  return { changes: changes.slice(0, MOST), sentences: rest > 0 ? [...sentences, `and ${rest} more`] : sentences };
}

function fileChanges(file: string, was: string | undefined, is: string | undefined): readonly JsonObject[] {
  if (was === is) return [];
  if (was === undefined) return [{ file, kind: 'file-added', says: `${file} is added` }];
  if (is === undefined) return [{ file, kind: 'file-removed', says: `${file} is removed` }];
  const [old, fresh] = [rowsOf(file, was), rowsOf(file, is)];
  const changes: JsonObject[] = [];
  for (const [name, row] of fresh) {
    const earlier = old.get(name);
    if (earlier === undefined)
      changes.push({ file, kind: 'added', row: name, is: row, says: `${file}: ${name} is added: ${told(row)}` });
    else if (told(earlier) !== told(row))
      changes.push({
        file,
        kind: 'changed',
        row: name,
        was: earlier,
        is: row,
        says: `${file}: ${name} is changed from ${told(earlier)} to ${told(row)}`,
      });
  }
  for (const [name, row] of old) {
    if (!fresh.has(name))
      changes.push({ file, kind: 'removed', row: name, was: row, says: `${file}: ${name} is removed: ${told(row)}` });
  }
  return changes.length > 0 ? changes : [{ file, kind: 'text', says: `${file}: comments or spacing are changed` }];
}

/** By what a person would call the row: Safe and id on a page, else its first cell. */
function rowsOf(file: string, text: string): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const cells of readCells(file, text).rows.slice(1)) {
    const row = cells.map((cell) => cell.text);
    const [first = '', id = ''] = row;
    const name = row.length === 7 && id !== '-' ? `${first} ${id}` : first;
    // What is not the name of a row is quoted as what is in it.
    let unique = /^[\w-]{1,60}( [\w-]{1,20})?$/.test(name) ? name : JSON.stringify(name);
    const plain = unique;
    for (let again = 2; rows.has(unique); again++) unique = `${plain} (${again})`;
    rows.set(unique, row);
  }
  return rows;
}

function told(row: Row): string {
  return JSON.stringify(row.join(', '));
}
