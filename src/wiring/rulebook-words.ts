import { diffingVersions } from '../rulebook/diff.ts';
import { breatheBetweenEvents, inTurns } from '../rulebook/turns.ts';
import type { Version } from '../rulebook/version.ts';

/** Changes told of one comparison. */
const MOST = 500;

/**
 * What changed between two versions, as data and in words. A page may say anything: characters that could steer whatever
 * shows the sentences are written out, as in JSON.
 */
export async function differencesOf(before: Pick<Version, 'sources'>, after: Pick<Version, 'sources'>) {
  const found = await inTurns(diffingVersions(before.sources, after.sources), breatheBetweenEvents);
  const changes = found.slice(0, MOST).map(({ say: _, ...data }) => ({ ...data }));
  const sentences = found.slice(0, MOST).map(({ say }) => shown(say));
  return { changes, sentences: found.length > MOST ? [...sentences, `and ${found.length - MOST} more`] : sentences };
}

function shown(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
