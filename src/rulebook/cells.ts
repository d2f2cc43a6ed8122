import { type Flaw, flaw } from './flaw.ts';

/** A trimmed cell and where its text begins. */
export interface Cell {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface Table {
  readonly rows: readonly (readonly Cell[])[];
  readonly flaws: readonly Flaw[];
}

/** A page is read by people; what is larger than this is no page. */
export const MAX_PAGE_CHARACTERS = 10_000_000;
const MAX_CELL_CHARACTERS = 4_000;

/**
 * RFC 4180 with three freedoms for people who write by hand: cells are trimmed, blank lines and lines that begin with
 * `//` are comments, and CR, LF or CRLF end a line.
 * @returns rows of cells with their places; flaws for unbalanced quotes and outsized text. Never throws.
 */
export function readCells(file: string, source: string): Table {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  if (text.length > MAX_PAGE_CHARACTERS) {
    const expected = `at most ${MAX_PAGE_CHARACTERS} characters`;
    return { rows: [], flaws: [flaw({ file, line: 1, column: 1 }, 'csv/size', expected)] };
  }
  const rows: Cell[][] = [];
  const flaws: Flaw[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;

  const newline = () => {
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    line++;
    lineStart = at;
  };
  const skipLine = () => {
    while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  };
  const here = () => ({ file, line, column: at - lineStart + 1 });

  const readCell = (): Cell => {
    while (text[at] === ' ' || text[at] === '\t') at++;
    const { line: cellLine, column } = here();
    if (text[at] !== '"') {
      const start = at;
      while (at < text.length && !',\n\r'.includes(text.charAt(at))) {
        if (text[at] === '"') {
          flaws.push(
            flaw(
              here(),
              'csv/quote',
              'no quote inside an unquoted cell: quote the whole cell and double the inner quote',
            ),
          );
          skipLine();
          break;
        }
        at++;
      }
      return { text: text.slice(start, at).trim(), line: cellLine, column };
    }
    const opened = here();
    at++;
    let value = '';
    for (;;) {
      if (at >= text.length) {
        flaws.push(flaw(opened, 'csv/quote', 'a closing quote'));
        break;
      }
      if (text[at] === '"' && text[at + 1] === '"') {
        value += '"';
        at += 2;
      } else if (text[at] === '"') {
        at++;
        break;
      } else if (text[at] === '\n' || text[at] === '\r') {
        value += '\n';
        newline();
      } else value += text[at++];
    }
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (at < text.length && !',\n\r'.includes(text.charAt(at))) {
      flaws.push(flaw(here(), 'csv/quote', 'a comma or the end of the line after the closing quote'));
      skipLine();
    }
    return { text: value.trim(), line: cellLine, column };
  };

  while (at < text.length) {
    let first = at;
    while (text[first] === ' ' || text[first] === '\t') first++;
    if (first >= text.length || text[first] === '\n' || text[first] === '\r' || text.startsWith('//', first)) {
      skipLine();
      if (at < text.length) newline();
      continue;
    }
    const row: Cell[] = [];
    for (;;) {
      const cell = readCell();
      if (cell.text.length > MAX_CELL_CHARACTERS) {
        flaws.push(flaw({ file, ...cell }, 'csv/size', `at most ${MAX_CELL_CHARACTERS} characters in a cell`));
      }
      row.push(cell);
      if (text[at] !== ',') break;
      at++;
    }
    rows.push(row);
    if (at < text.length) newline();
  }
  return { rows, flaws };
}
