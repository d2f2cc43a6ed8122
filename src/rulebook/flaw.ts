import type { Place } from '../domain/rule.ts';
import { type FlawCode, LINT_CODES, type Severity } from './lint-codes.ts';

export { FLAW_CODES, type FlawCode, type Severity } from './lint-codes.ts';

/** One mistake on a page, where it stands, and what was expected there. */
export interface Flaw extends Place {
  readonly code: FlawCode;
  readonly expected: string;
}

export function flaw(place: Place, code: FlawCode, expected: string): Flaw {
  return { file: place.file, line: place.line, column: place.column, code, expected };
}

/** `policies/vehicle-tracing.csv:7:12 condition/unknown: expected …` */
export function flawText(f: Flaw): string {
  return `${f.file}:${f.line}:${f.column} ${f.code}: expected ${f.expected}`;
}

/** A flaw with what it counts for and what helps. */
export interface Remark extends Flaw {
  readonly severity: Severity;
  readonly remedy: string;
}

export function remark(found: Flaw): Remark {
  const { severity, remedy } = LINT_CODES[found.code];
  return { ...found, severity, remedy };
}

/** Whether a version with these may be submitted. */
export function hasErrors(flaws: readonly Flaw[]): boolean {
  return flaws.some(({ code }) => LINT_CODES[code].severity === 'error');
}
