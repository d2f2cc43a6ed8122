import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { UsageError } from './world.ts';

export interface AnswerFile {
  /** Durable when this returns. */
  save(text: string): void;
  /** Leaves no empty file behind where nothing was saved. */
  close(): void;
}

/**
 * Opens a new file for an answer, before the question is put: an answer that came and cannot be kept would be lost.
 * For the owner's eyes only, since it may hold personal data. @throws UsageError where the file exists: receipts are evidence.
 */
export function newAnswerFile(path: string): AnswerFile {
  if (existsSync(path)) throw new UsageError(`--receipt: ${path} exists, and receipts are not overwritten`);
  const descriptor = openSync(path, 'wx', 0o600);
  let saved = false;
  return {
    save(text) {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
      saved = true;
    },
    close() {
      closeSync(descriptor);
      if (!saved) rmSync(path, { force: true });
    },
  };
}
