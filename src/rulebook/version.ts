import { freeze } from '../domain/freeze.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Instant } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import { CATALOGUE, isSourceName, type RulebookSources, rulebookDigest } from './sources.ts';

/** Who wrote a version, from what, why and when. It says where a text comes from and is no part of its digest. */
export interface Authorship {
  /** The version that was changed; null: the first. */
  readonly parent: Digest | null;
  /** Person id, or the name of the place it was read from. */
  readonly author: string;
  readonly message: string;
  readonly time: Instant;
}

/**
 * A rulebook version: immutable, and named by its content. The same files under the same catalogue are the same version,
 * whoever wrote them.
 */
export interface Version extends Authorship {
  /** Over `sources` and `catalogue`; the digest by which decisions, receipts and approvals name it. */
  readonly digest: Digest;
  readonly sources: RulebookSources;
  /** What the words of the pages meant to the build that made it. */
  readonly catalogue: JsonValue;
}

/** A version as it is stored and sent: plain JSON. */
export interface StoredVersion extends Authorship {
  readonly digest: Digest;
  readonly files: Readonly<Record<string, string>>;
  readonly catalogue: JsonValue;
}

/** Why a text is no version. */
export interface NoVersion {
  readonly problem: string;
}

/** Makes a version of files. What they say is judged when it is built, not here. */
export function makeVersion(sources: RulebookSources, authorship: Authorship): Version | NoVersion {
  return assemble(sources, CATALOGUE, authorship);
}

/** @returns the version, or why what was stored is not the one it is said to be: files were changed, or the digest was. */
export function readVersion(stored: StoredVersion): Version | NoVersion {
  const { digest, files, catalogue, parent, author, message, time } = stored;
  const version = assemble(new Map(Object.entries(files)), catalogue, { parent, author, message, time });
  if ('problem' in version || version.digest === digest) return version;
  return { problem: `the files are those of ${version.digest}, not of ${digest}` };
}

export function storeVersion({ sources, ...rest }: Version): StoredVersion {
  return { ...rest, files: Object.fromEntries(sources) };
}

/**
 * Whether the words on the version's pages mean to this build what they meant to the one that made it. One that was made
 * before the catalogue changed has to be drafted and approved again: the same text would be another version.
 */
export function isCurrentCatalogue({ digest, sources }: Version): boolean {
  return rulebookDigest(sources) === digest;
}

function assemble(
  sources: RulebookSources,
  catalogue: JsonValue,
  { parent, author, message, time }: Authorship,
): Version | NoVersion {
  for (const [name, text] of sources) {
    if (!isSourceName(name)) return { problem: `expected model.conf and .csv files, found ${JSON.stringify(name)}` };
    // Half a character cannot be written as UTF-8: stored and read back, the text would be another.
    if (!text.isWellFormed()) return { problem: `expected ${name} to be Unicode text` };
  }
  // In the order of names, so that what is made of it does not depend on how it came.
  const files: RulebookSources = new Map([...sources].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const digest = rulebookDigest(files, catalogue);
  return Object.freeze({ digest, sources: files, catalogue: freeze(catalogue), parent, author, message, time });
}
