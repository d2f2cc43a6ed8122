import { CONDITIONS, LIMITS, TERMS, TREATMENTS } from '../domain/catalogue.ts';
import { digestOfJson } from '../domain/digest.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Digest } from '../domain/versions.ts';

/** The files of one version, as text, under their base names. */
export type RulebookSources = ReadonlyMap<string, string>;

export const EXPECTED_SUFFIX = '.expected.csv';

/** What the words of a page mean to this build. A version is what it is under one catalogue. */
export const CATALOGUE: JsonValue = { conditions: CONDITIONS, limits: LIMITS, terms: TERMS, treatments: TREATMENTS };

const NAME = /^(model\.conf|[a-z][a-z0-9-]{0,79}(\.expected)?\.csv)$/;

/** Whether a version may hold a file of this name; no name leads out of a directory. */
export function isSourceName(name: string): boolean {
  return NAME.test(name);
}

/** Over pages, roles, model, expected decisions and catalogue: the digest that decisions and records name. */
export function rulebookDigest(sources: RulebookSources, catalogue: JsonValue = CATALOGUE): Digest {
  return digestOfJson({ files: Object.fromEntries(sources), catalogue });
}
