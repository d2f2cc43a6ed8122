import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';

/** Why a file was not read, for operators; it quotes no cell. */
export class UnreadableFile extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'UnreadableFile';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Device, inode, size and time of last change: another content has another one, unless somebody sets the time back. */
function markOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(':');
}

/** @returns undefined where there is no file that can be looked at. */
export async function fileMark(file: string): Promise<string | undefined> {
  return stat(file).then(markOf, () => undefined);
}

/** The parser's own messages quote cells, so only its code and line go further. */
function problemOf(error: unknown): UnreadableFile {
  if (error instanceof UnreadableFile) return error;
  if (error instanceof CsvError) {
    const line = 'lines' in error ? ` near line ${String(error.lines)}` : '';
    return new UnreadableFile(`is not well-formed CSV (${error.code}${line})`);
  }
  return new UnreadableFile(`cannot be read (${codeOf(error)})`);
}

/** UTF-8 or nothing: replacing what is not would change names unseen. */
async function* utf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new UnreadableFile('is not UTF-8 text');
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

/**
 * Reads a CSV file (RFC 4180, any of the three line ends) piece by piece, so that whatever else this process does goes
 * on meanwhile.
 * @param take is given each row's cells in turn, the header first.
 * @throws UnreadableFile where it cannot be read, is not UTF-8 or is not well-formed; what `take` throws is passed on.
 */
export async function readCsv(
  file: string,
  delimiter: string,
  take: (cells: readonly string[]) => void,
): Promise<void> {
  const parser = parse({ bom: true, delimiter, record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: true });
  try {
    await pipeline(createReadStream(file), utf8, parser, async (rows: AsyncIterable<readonly string[]>) => {
      for await (const cells of rows) take(cells);
    });
  } catch (error) {
    throw problemOf(error);
  }
}
