import type { JsonValue } from '../domain/json.ts';
import type { Proposal } from '../domain/rulebook-life.ts';
import type { Instant } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';

/** A version as plain JSON; its digest is over `files` and `catalogue`. */
export interface KeptVersion {
  readonly digest: Digest;
  readonly files: Readonly<Record<string, string>>;
  readonly catalogue: JsonValue;
  readonly parent: Digest | null;
  readonly author: string;
  readonly message: string;
  readonly time: Instant;
}

/** What the store changes in the transaction of a `rulebook` entry. */
export interface RulebookChange {
  readonly kind: 'rulebook';
  /** To be kept, unless it is there already: the same digest is the same text. */
  readonly version: KeptVersion | null;
  /** As it stands from now on. Its revision says what it stood at before: one less; 1: it is new. */
  readonly proposal: Proposal;
  /** For one that becomes active: the version that must be active now; null: none, or whichever it is. */
  readonly replaces: Digest | null;
}
