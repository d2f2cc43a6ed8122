import type { Place } from '../domain/rule.ts';

/** What can be wrong with a page. Closed: each appears in a test. */
export const FLAW_CODES = [
  'csv/quote',
  'csv/size',
  'csv/columns',
  'page/header',
  'page/first-row',
  'page/name',
  'page/owner',
  'page/review',
  'page/setting',
  'page/duplicate',
  'page/agreement',
  'page/deny-only',
  'safe/unknown',
  'id/shape',
  'id/duplicate',
  'who/unknown',
  'who/wildcard',
  'what/unknown',
  'what/field',
  'what/level',
  'condition/unknown',
  'condition/argument',
  'condition/bound',
  'condition/safe',
  'limit/missing',
  'limit/place',
  'verdict/unknown',
  'then/unknown',
  'then/empty',
  'then/treatment',
  'treatment/overlap',
  'roles/shape',
  'roles/cycle',
  'model/unknown',
  'expected/shape',
  'expected/decision',
  'expected/missing',
  'file/unreadable',
] as const;
export type FlawCode = (typeof FLAW_CODES)[number];

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
