import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { Sink } from './sink.ts';

const NEWLINE = 0x0a;

/**
 * Appends to a file, durably, and makes it where it is missing. Whoever rotates it moves it away: the next lines go to a
 * new file of the old name, without a signal and without a line lost.
 */
export function fileSink(path: string): Sink {
  let file: number | null = null;
  let upToNow: number | null = null;

  const close = () => {
    if (file !== null) closeSync(file);
    file = null;
  };
  return {
    async send(lines, upTo) {
      if (file !== null && !isStill(file, path)) close();
      file ??= openForAppend(path);
      try {
        for (let rest = Buffer.from(lines); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest));
        fdatasyncSync(file);
      } catch (thrown) {
        // Part of a line may stand there: the next opening ends it.
        close();
        throw thrown;
      }
      upToNow = upTo;
    },
    settled: () => upToNow,
    reopen: close,
    close,
  };
}

function isStill(file: number, path: string): boolean {
  const [open, there] = [fstatSync(file), statSync(path, { throwIfNoEntry: false })];
  return there !== undefined && there.ino === open.ino && there.dev === open.dev;
}

/** For the owner's eyes only. A line that a crash cut off is ended, so that what follows is a line of its own. */
function openForAppend(path: string): number {
  const file = openSync(path, 'a+', 0o600);
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE) writeSync(file, '\n');
  return file;
}
