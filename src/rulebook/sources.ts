import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import { CONDITIONS, LIMITS, TERMS, TREATMENTS } from '../domain/catalogue.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Digest } from '../domain/versions.ts';
import { atOnce, type Steps } from './turns.ts';

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
  return atOnce(digesting(sources, catalogue));
}

const PIECE = 500_000;

/**
 * SHA-256 of the canonical JSON (RFC 8785) of `{catalogue, files}`, in steps: that text can have tens of megabytes, so it
 * is hashed piece by piece and never put together.
 */
export function* digesting(sources: RulebookSources, catalogue: JsonValue = CATALOGUE): Steps<Digest> {
  const hash = createHash('sha256').update(`{"catalogue":${canonicalJson(catalogue)},"files":{`);
  // RFC 8785 sorts names by UTF-16 units, as `<` does.
  const names = [...sources.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  for (const [i, name] of names.entries()) {
    hash.update(`${i === 0 ? '' : ','}${JSON.stringify(name)}:"`);
    const text = sources.get(name) ?? '';
    for (let at = 0; at < text.length; ) {
      // Characters of two units stay whole.
      const end = at + PIECE - (isHighSurrogate(text.charCodeAt(at + PIECE - 1)) ? 1 : 0);
      hash.update(JSON.stringify(text.slice(at, end)).slice(1, -1));
      at = end;
      yield;
    }
    hash.update('"');
  }
  return `sha256:${hash.update('}}').digest('hex')}`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
