import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { JsonValue } from '../domain/json.ts';
import type { RulebookSources } from './sources.ts';
import type { Version } from './version.ts';

const lists = z.record(z.string(), z.record(z.string(), z.json()));
/** Stands on no page: it is what the row of every page says. */
const OF_EVERY_PAGE = 'page-lapsed';

/**
 * Files on which a word is declared otherwise than it was, or no longer, or newly: the text is the same, and means
 * something else. Words in remarks count as well, so it may be more files than need be.
 */
export function filesOfOtherMeaning(
  before: JsonValue,
  { catalogue, sources }: Pick<Version, 'catalogue' | 'sources'>,
): readonly string[] {
  const changed = changedWords(before, catalogue);
  if (changed.size === 0) return [];
  return [...sources.keys()].filter(
    (file) => changed.has(OF_EVERY_PAGE) || wordsOf(sources, file).some((word) => changed.has(word)),
  );
}

function changedWords(before: JsonValue, after: JsonValue): ReadonlySet<string> {
  const [was, is] = [declarations(before), declarations(after)];
  return new Set([...was.keys(), ...is.keys()].filter((name) => was.get(name) !== is.get(name)));
}

/** Conditions, limits, terms and treatments by name; two lists may use one name. */
function declarations(catalogue: JsonValue): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [list, declared] of Object.entries(lists.parse(catalogue)))
    for (const [name, declaration] of Object.entries(declared))
      texts.set(name, `${texts.get(name) ?? ''}${list} ${canonicalJson(declaration)}`);
  return texts;
}

function wordsOf(sources: RulebookSources, file: string): readonly string[] {
  return (sources.get(file) ?? '').split(/[^a-z0-9-]+/);
}
