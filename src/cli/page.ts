import { parseArgs } from 'node:util';
import { UsageError } from './world.ts';

/** An option, as `node:util` parses it and as the help tells it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly says: string;
}

/** All that the help says of a command, and what its command line may hold. */
export interface Page<Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  readonly synopsis: readonly string[];
  readonly says: readonly string[];
  readonly options: Options;
  /** Positional arguments, by the names they have in the synopsis. All are required. */
  readonly positionals: readonly string[];
  readonly environment: readonly (readonly [name: string, says: string])[];
  readonly examples: readonly string[];
  readonly exits: readonly (readonly [code: string, says: string])[];
}

/** Every command takes these. */
export const JSON_OPTION = { type: 'boolean', says: 'JSON on standard output, and nothing for people' } as const;
export const CONFIG_OPTION = {
  type: 'string',
  value: 'DIR',
  says: 'directory of the configuration (default: ./config)',
} as const;

/**
 * Parses the arguments of a command.
 * @throws UsageError for an option that the page does not have, one given twice, a missing value, or another number of
 * positional arguments.
 */
export function parseArguments<const Options extends Readonly<Record<string, Option>>>(
  page: Page<Options>,
  args: readonly string[],
) {
  const parsed = attempt(() =>
    parseArgs({ args: [...args], options: page.options, strict: true, allowPositionals: true, tokens: true }),
  );
  const seen = new Set<string>();
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    if (seen.has(token.name) && page.options[token.name]?.multiple !== true)
      throw new UsageError(`--${token.name} can be given only once`);
    seen.add(token.name);
  }
  const missing = page.positionals[parsed.positionals.length];
  if (missing !== undefined) throw new UsageError(`expected ${missing}`);
  const extra = parsed.positionals[page.positionals.length];
  if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}"`);
  return { values: parsed.values, positionals: parsed.positionals };
}

/** @throws UsageError naming the option, unless it has a value. */
export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`--${name} is required`);
  return value;
}

/** @param name of the option; null: of no option. @throws UsageError unless `text` is one of the closed list. */
export function oneOf(name: string | null, text: string, known: readonly string[]): string {
  if (known.includes(text)) return text;
  throw new UsageError(`${name === null ? '' : `--${name}: `}expected one of ${known.join(', ')}, not "${text}"`);
}

/** @throws UsageError unless `text` is a whole number within the bounds. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name}: expected a whole number from ${least} to ${most}`);
}

function attempt<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError) || !('code' in error)) throw error;
    // Only the first sentence: the others explain shell quoting.
    throw new UsageError(error.message.split('. ')[0] ?? error.message);
  }
}
