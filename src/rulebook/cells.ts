import { type Flaw, flaw } from './flaw.ts';
import { atOnce, type Steps } from './turns.ts';

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
/** Rules, that is; the header and the row of the page stand beside them. */
export const MAX_ROWS = 100_000;
const MAX_TABLE = MAX_ROWS + 2;
export const MAX_CELLS = 64;
const MAX_CELL_CHARACTERS = 4_000;
/** Of a row, over however many lines it goes. */
const MAX_ROW_CHARACTERS = 16_000;
/** More mistakes than anybody reads. */
const MAX_FLAWS = 1_000;
const STEP_CHARACTERS = 100_000;

/**
 * RFC 4180 with three freedoms for people who write by hand: cells are trimmed, blank lines and lines that begin with
 * `//` are comments, and CR, LF or CRLF end a line.
 * @returns rows of cells with their places; flaws for unbalanced quotes and outsized text. Never throws.
 */
export function readCells(file: string, source: string): Table {
  return atOnce(readingCells(file, source));
}

/** As `readCells`, in steps. */
export function* readingCells(file: string, source: string): Steps<Table> {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const top = { file, line: 1, column: 1 };
  if (text.length > MAX_PAGE_CHARACTERS) {
    return { rows: [], flaws: [flaw(top, 'csv/size', `at most ${MAX_PAGE_CHARACTERS} characters`)] };
  }
  const scan = scanner(file, text);
  const rows: (readonly Cell[])[] = [];
  let stop = STEP_CHARACTERS;
  while (!scan.atEnd()) {
    const row = scan.row();
    if (row !== null) rows.push(row);
    if (rows.length > MAX_TABLE) {
      const place = { file, line: row?.[0]?.line ?? 1, column: 1 };
      return { rows: [], flaws: [flaw(place, 'csv/size', `at most ${MAX_ROWS} rows`)] };
    }
    if (scan.flaws.length >= MAX_FLAWS) {
      scan.flaws.push(flaw(top, 'page/more-flaws', `no more than ${MAX_FLAWS} mistakes`));
      break;
    }
    if (scan.position() >= stop) {
      stop = scan.position() + STEP_CHARACTERS;
      yield;
    }
  }
  return { rows, flaws: scan.flaws };
}

interface Scanner {
  atEnd(): boolean;
  position(): number;
  /** The next row; null for a comment or a blank line. */
  row(): readonly Cell[] | null;
  readonly flaws: Flaw[];
}

function scanner(file: string, text: string): Scanner {
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
  const lineEnd = /[\r\n]|$/g;
  const skipLine = () => {
    lineEnd.lastIndex = at;
    at = lineEnd.exec(text)?.index ?? text.length;
  };
  let rowStart = 0;
  /** Whatever stands behind a row without end is not read: the page is refused as it is. */
  const outsized = () => {
    if (at - rowStart <= MAX_ROW_CHARACTERS) return false;
    flaws.push(flaw({ file, line, column: 1 }, 'csv/size', `at most ${MAX_ROW_CHARACTERS} characters in a row`));
    at = text.length;
    return true;
  };
  const blanks = /[ \t]*/y;
  const skipBlanks = () => {
    if (text[at] !== ' ' && text[at] !== '\t') return;
    blanks.lastIndex = at;
    blanks.exec(text);
    at = blanks.lastIndex;
  };
  const here = () => ({ file, line, column: at - lineStart + 1 });
  const atCellEnd = () => at >= text.length || text[at] === ',' || text[at] === '\n' || text[at] === '\r';

  const plainCell = (): Cell => {
    const { line: cellLine, column } = here();
    const start = at;
    while (!atCellEnd()) {
      if (outsized()) return { text: '', line: cellLine, column };
      if (text[at] === '"') {
        const expected = 'no quote inside an unquoted cell: quote the whole cell and double the inner quote';
        flaws.push(flaw(here(), 'csv/quote', expected));
        skipLine();
        break;
      }
      at++;
    }
    return { text: text.slice(start, at).trim(), line: cellLine, column };
  };

  const quotedCell = (): Cell => {
    const opened = here();
    let value = '';
    let start = ++at;
    for (;;) {
      if (outsized()) return { text: '', line: opened.line, column: opened.column };
      if (at >= text.length) {
        flaws.push(flaw(opened, 'csv/quote', 'a closing quote'));
        break;
      }
      if (text[at] === '"') {
        value += text.slice(start, at);
        if (text[at + 1] !== '"') break;
        value += '"';
        at += 2;
        start = at;
      } else if (text[at] === '\n' || text[at] === '\r') {
        value += `${text.slice(start, at)}\n`;
        newline();
        start = at;
      } else at++;
    }
    at++;
    skipBlanks();
    if (!atCellEnd()) {
      flaws.push(flaw(here(), 'csv/quote', 'a comma or the end of the line after the closing quote'));
      skipLine();
    }
    return { text: value.trim(), line: opened.line, column: opened.column };
  };

  const row = (): readonly Cell[] | null => {
    rowStart = at;
    skipBlanks();
    if (at >= text.length || text[at] === '\n' || text[at] === '\r' || text.startsWith('//', at)) {
      skipLine();
      if (at < text.length) newline();
      return null;
    }
    const cells: Cell[] = [];
    for (;;) {
      skipBlanks();
      const cell = text[at] === '"' ? quotedCell() : plainCell();
      if (cell.text.length > MAX_CELL_CHARACTERS) {
        flaws.push(flaw({ file, ...cell }, 'csv/size', `at most ${MAX_CELL_CHARACTERS} characters in a cell`));
      }
      if (cells.length < MAX_CELLS) cells.push(cell);
      if (text[at] !== ',') break;
      at++;
    }
    if (at < text.length) newline();
    return cells;
  };

  return { atEnd: () => at >= text.length, position: () => at, row, flaws };
}
