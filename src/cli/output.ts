import type { JsonValue } from '../domain/json.ts';
import { printable, printableJson } from './printable.ts';
import type { World } from './world.ts';

/** What a command found, for programs and for people. */
export interface Result {
  /** Well-formed JSON, without a line end. */
  readonly json: string;
  /** Lines for people; made printable here. */
  readonly lines: readonly string[];
}

/**
 * Standard output carries JSON and nothing else unless a person reads it. On a terminal the lines are shown there; with
 * `--json` the JSON. Where a program reads standard output, it gets the JSON, and the lines go to standard error.
 */
export function tell(world: World, json: boolean | undefined, result: Result): void {
  if (json === true || !world.terminal) {
    world.out(`${world.terminal ? printableJson(result.json) : result.json}\n`);
  }
  if (json !== true) (world.terminal ? world.out : world.err)(block(result.lines));
}

/** A message for people beside the result: what went wrong, what comes next. */
export function say(world: World, ...lines: readonly string[]): void {
  world.err(block(lines));
}

/** Columns two blanks apart; the last one is not filled up. */
export function table(rows: readonly (readonly string[])[], indent = ''): readonly string[] {
  const shown = rows.map((row) => row.map(printable));
  const widths = shown.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, [...cell].length)),
    [],
  );
  return shown.map((row) => {
    const cells = row.map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - [...cell].length)));
    return (indent + cells.join('  ')).trimEnd();
  });
}

/** A value as an indented list: one line a scalar, `-` before each element of an array. */
export function outline(value: JsonValue, indent = ''): readonly string[] {
  if (isList(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = outline(item, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  if (typeof value !== 'object' || value === null) return [`${indent}${scalar(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => {
    const nested = typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0;
    if (nested) return [`${indent}${key}:`, ...outline(inner, `${indent}  `)];
    return [`${indent}${key}: ${scalar(inner)}`];
  });
}

function scalar(value: JsonValue): string {
  if (value === null) return '(no value)';
  return typeof value === 'object' ? '(none)' : String(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join('');
}
