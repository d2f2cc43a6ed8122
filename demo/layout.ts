import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY } from '../src/domain/time.ts';

/** The day for which the example was written. */
const WRITTEN_FOR = Date.parse('2026-11-22T00:00:00Z');

/**
 * Moves every date of a text by whole days, so that terms, trainings and expected decisions of the example hold today
 * as they did on the day it was written.
 */
export function movedDates(text: string, now: number): string {
  const days = Math.floor((now - WRITTEN_FOR) / DAY);
  return text.replace(/(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/g, (date) => {
    const at = Date.parse(`${date}T00:00:00Z`);
    return Number.isNaN(at) ? date : new Date(at + days * DAY).toISOString().slice(0, 10);
  });
}

/**
 * Copies a configuration or a rulebook, its dates moved to today.
 * @param replacements exact texts and what stands for them here, such as addresses with this run's ports.
 * @param only names of the files wanted.
 */
export function layOut(
  from: string,
  to: string,
  now: number,
  replacements: ReadonlyMap<string, string> = new Map(),
  only = /./,
): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((entry) => only.test(entry))) {
    const [source, target] = [join(from, name), join(to, name)];
    if (statSync(source).isDirectory()) {
      layOut(source, target, now, replacements);
      continue;
    }
    let text = movedDates(readFileSync(source, 'utf8'), now);
    for (const [old, fresh] of replacements) text = text.replaceAll(old, fresh);
    writeFileSync(target, text);
  }
}
