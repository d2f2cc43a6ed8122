import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../domain/rule.ts';
import type { Severity } from '../rulebook/flaw.ts';
import { placeInYaml } from './yaml-place.ts';

/** A mistake as `five-safes check --json` tells it. `file` is a path. */
export interface CheckFlaw extends Place {
  readonly code: string;
  readonly expected: string;
  /** Mistakes of the configuration are errors. */
  readonly severity: Severity;
  /** What helps; of the rulebook's files. */
  readonly remedy?: string;
}

/** Every problem of the configuration has this one code; what it is says `expected`. */
export const CONFIGURATION = 'configuration';

/** `partners.yaml: people[2].roles[0].until: expected …` */
const IN_FILE = /^((?:gateway|partners|agreements|datasets)\.yaml): (.*)$/s;
/** `dataset tidewater-sales: the file … has no column "VIN"` */
const OF_DATASET = /^dataset ([a-z0-9-]+): (.*)$/s;

/**
 * @param problem a sentence of a `ConfigurationError`. @param directory of the configuration.
 * @returns the problem with the place it speaks of, as closely as can be told.
 */
export function configurationFlaw(problem: string, directory: string): CheckFlaw {
  const [, file, sentence = ''] = IN_FILE.exec(problem) ?? [];
  if (file !== undefined) return flawIn(join(directory, file), sentence, sentence);
  const [, dataset] = OF_DATASET.exec(problem) ?? [];
  if (dataset !== undefined) {
    const datasets = join(directory, 'datasets.yaml');
    const line = lineOf(readText(datasets), new RegExp(`^\\s*-?\\s*id:\\s*['"]?${dataset}['"]?\\s*(#.*)?$`));
    return { file: datasets, line, column: 1, code: CONFIGURATION, expected: problem, severity: 'error' };
  }
  return {
    file: join(directory, 'gateway.yaml'),
    line: 1,
    column: 1,
    code: CONFIGURATION,
    expected: problem,
    severity: 'error',
  };
}

function flawIn(path: string, sentence: string, expected: string): CheckFlaw {
  return { file: path, ...placeInYaml(readText(path), sentence), code: CONFIGURATION, expected, severity: 'error' };
}

function lineOf(text: string, wanted: RegExp): number {
  return (
    Math.max(
      0,
      text.split(/\r?\n/).findIndex((line) => wanted.test(line)),
    ) + 1
  );
}

/** Empty where the file cannot be read: that is then the problem itself. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
