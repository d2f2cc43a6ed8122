/**
 * `npm run docs`: writes docs/catalogue.md, docs/lint.md and docs/reasons.md from the declarations in the sources. `npm run check`
 * compares them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Bound,
  CONDITIONS,
  type ConditionDeclaration,
  LIMITS,
  TERMS,
  TREATMENTS,
} from '../src/domain/catalogue.ts';
import { FAULTS } from '../src/domain/faults.ts';
import { REASONS } from '../src/domain/reasons.ts';
import { SAFES } from '../src/domain/safe.ts';
import { TREATMENT_ARGUMENTS } from '../src/domain/treatment-argument.ts';
import type { TreatmentDeclaration } from '../src/domain/treatments.ts';
import { UNKNOWN_CALLER_REASONS } from '../src/domain/unknown-caller.ts';
import { PROBLEMS } from '../src/gateway/problem.ts';
import { LINT_CODES } from '../src/rulebook/lint-codes.ts';

/** For each kind of argument what it must be, and one that the example partnership could write. */
const ARGUMENTS: Readonly<Record<ConditionDeclaration['argument'], readonly [string, string]>> = {
  none: ['-', ''],
  word: ['a name: lower-case letters, digits, hyphens', 'vehicle-crime'],
  purpose: ['a purpose of the W3C Data Privacy Vocabulary, sector law', 'SuspectedCrimeInvestigation'],
  'legal-basis': ['a legal basis of the agreement', 'led-8'],
  network: ['a network of gateway.yaml', 'police-lan'],
  hours: ['hours of one day', '07:00-19:00'],
  scheme: ['an identifier scheme, with (full) for complete ones only', 'vin(full)'],
  undertaking: ['an undertaking of the agreement', 'confidentiality'],
  day: ['a day', '2027-03-01'],
};
const BOUNDS: Readonly<Record<Bound, readonly [string, string]>> = {
  days: ['days', '<=365d'],
  hours: ['hours', '<=8h'],
  count: ['a number', '<=20'],
};
const GENERATED = 'Generated from the sources by `npm run docs`; do not edit.';

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');
}

/** What may be written for a condition: `training:data-protection<=365d`. */
export function conditionExample(name: string, { argument, bound }: ConditionDeclaration): string {
  const [, value] = ARGUMENTS[argument];
  return `${name}${value === '' ? '' : `:${value}`}${bound === undefined ? '' : BOUNDS[bound][1]}`;
}

/** Every name that a page may use, what must stand with it, where, and what it means. */
export function catalogueText(): string {
  const conditions: readonly (readonly [string, ConditionDeclaration])[] = Object.entries(CONDITIONS);
  const treatments: readonly (readonly [string, TreatmentDeclaration])[] = Object.entries(TREATMENTS);
  return `# Catalogue

${GENERATED}

What the columns "only if" and "then" of a rulebook page may say. Nothing else can be written there.

## Conditions
In "only if" of rows of the Safes named, joined by \`&\`. \`not\` before a condition turns it round. A condition whose facts are
missing is neither met nor unmet: it allows nothing and refuses what a deny row refuses.

${table(
  ['name', 'argument after ":"', 'bound', 'rows of', 'met when', 'told as', 'example'],
  conditions.map(([name, declared]) => [
    `\`${name}\``,
    ARGUMENTS[declared.argument][0],
    declared.bound === undefined ? '-' : BOUNDS[declared.bound][0],
    declared.safes.join(', '),
    declared.means,
    `\`${declared.reason}\``,
    `\`${conditionExample(name, declared)}\``,
  ]),
)}

## Limits
In "only if" of allow rows of outputs. Of several limits the smallest applies.

${table(
  ['name', 'means', 'told as', 'example'],
  Object.entries(LIMITS).map(([name, { bound, means, reason }]) => [
    `\`${name}\``,
    means,
    `\`${reason}\``,
    `\`${name}${BOUNDS[bound][1]}\``,
  ]),
)}

## Terms
In "then" of allow rows of outputs, behind \`release\`. Terms add up.

${table(
  ['name', 'means', 'example'],
  Object.entries(TERMS).map(([name, declared]) => [
    `\`${name}\``,
    declared.means,
    `\`${name}${'bound' in declared ? BOUNDS[declared.bound][1].replace('365', '30') : ''}\``,
  ]),
)}

## Treatments
In "then" of data rows that name a field. A field that no row names is withheld.

${table(
  ['name', 'in parentheses', 'for fields of type', 'shows', 'example'],
  treatments.map(([name, { argument, types, means, example }]) => [
    `\`${name}\``,
    TREATMENT_ARGUMENTS[argument].expected,
    types.join(', '),
    means,
    example === null
      ? '-'
      : `\`${example.written}\` of \`${example.of}\` shows ${example.shows === null ? 'nothing' : `\`${example.shows}\``}`,
  ]),
)}
`;
}

/** Every code that `five-safes check` and a submission can meet. */
export function lintText(): string {
  const codes = Object.entries(LINT_CODES);
  const told = (['error', 'warning', 'note'] as const).map((severity) => {
    const rows = codes.filter(([, code]) => code.severity === severity);
    return `## ${severity}\n\n${table(
      ['code', 'means', 'what helps'],
      rows.map(([code, { means, remedy }]) => [`\`${code}\``, means, remedy]),
    )}`;
  });
  return `# Lint

${GENERATED}

What can be said of the files of a rulebook, each with file, line and column. A version with an error cannot be submitted, and but for
\`expected/uncovered\` the gateway does not use it. A warning is for somebody to look at. A note is worth knowing.

${told.join('\n\n')}
`;
}

/** Every code that a caller can meet, with its words. */
export function reasonsText(): string {
  const reasons: readonly (readonly [string, { readonly say: string; readonly remedy?: string }])[] =
    Object.entries(REASONS);
  const bySafe = SAFES.map((safe) => {
    const rows = reasons.filter(([code]) => code.startsWith(`${safe}/`));
    return `### ${safe}\n\n${table(
      ['code', 'says', 'what helps'],
      rows.map(([code, { say, remedy }]) => [`\`${code}\``, say, remedy ?? '-']),
    )}`;
  });
  const coded = (codes: Readonly<Record<string, string>>) =>
    Object.entries(codes).map(([code, says]) => [`\`${code}\``, says]);
  return `# Reasons, faults and problems

${GENERATED}

Every code that the gateway answers with. The lists are closed; words in braces are filled in.

## Reasons
\`code\` of a finding: why a Safe allows, refuses or could not be judged.

${bySafe.join('\n\n')}

## Faults
\`code\` of a leg in state \`fault\`: something that should have worked did not. Nothing of that leg was released.

${table(['code', 'says'], coded(FAULTS))}

## Problems
\`code\` of a problem document (RFC 9457), with its HTTP status.

${table(
  ['status', 'code', 'says'],
  Object.entries(PROBLEMS).map(([code, { status, title }]) => [String(status), `\`${code}\``, title]),
)}

## Unknown callers
\`reason\` of the problem \`people/unknown\`.

${table(['reason', 'says'], coded(UNKNOWN_CALLER_REASONS))}
`;
}

/** The documents made here: path from the root, and what must stand there. */
export function generatedDocuments(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/catalogue.md', catalogueText()],
    ['docs/lint.md', lintText()],
    ['docs/reasons.md', reasonsText()],
  ]);
}

/** What `npm run check` finds wrong: each document that is missing or no longer says what the sources say. */
export function documentProblems(root: string): string[] {
  return [...generatedDocuments()].flatMap(([path, text]) => {
    const found = readIfThere(join(root, path));
    return found === text ? [] : [`${path} is not what the sources say: npm run docs`];
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..');
  for (const [path, text] of generatedDocuments()) writeFileSync(join(root, path), text);
}
