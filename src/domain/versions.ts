/** `sha256:` and 64 hex digits. */
export type Digest = `sha256:${string}`;

/** What decided: one immutable version of each, named in every record. */
export type Versions = {
  readonly rulebook: Digest;
  readonly registry: Digest;
  readonly configuration: Digest;
  readonly build: Digest;
};
