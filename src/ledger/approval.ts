import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Digest } from '../domain/versions.ts';
import { isDigest } from './compose.ts';
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './note.ts';

/**
 * A person's approval of a rulebook version, as a note that the gateway signs with the key of the log (C2SP signed-note;
 * Ed25519, RFC 8032). Its first line is none that a checkpoint can have, so that neither stands for the other. It names
 * the token by which the person was known at that moment, and everything that was approved: another text, another set of
 * tests or another report is not what this note is about.
 */
const HEADER = 'five-safes rulebook approval v1';

const digest = z.string().refine((text): text is Digest => isDigest(text));
const statement = z.strictObject({
  proposal: z.string(),
  round: z.int().min(1),
  version: digest,
  base: digest,
  tests: digest,
  replay: digest,
  person: z.string(),
  partner: z.string(),
  /** RFC 9068: `iss` and `sub`, and SHA-256 of `jti`, as every record of this log has it. */
  token: z.strictObject({ iss: z.string(), sub: z.string(), jti: z.string() }),
  time: z.string(),
});

export type ApprovalStatement = z.output<typeof statement>;

/** The note: header, canonical JSON (RFC 8785), signature line. */
export function signApproval(about: ApprovalStatement, signer: NoteSigner): string {
  return signNote(`${HEADER}\n${canonicalJson(about)}\n`, signer);
}

/**
 * What a note says, where one of these keys of the log signed it.
 * @returns undefined where it is another text, was altered, or nobody of them signed it.
 */
export function openApproval(note: string, keys: readonly NoteVerifier[]): ApprovalStatement | undefined {
  const text = keys.map((key) => openNote(note, key)).find((opened) => opened !== undefined);
  const [header, json = '', end, ...more] = text?.split('\n') ?? [];
  if (header !== HEADER || end !== '' || more.length > 0) return undefined;
  const parsed = statement.safeParse(parse(json));
  // Signed twice in two spellings, one approval could be shown as two.
  return parsed.success && canonicalJson(parsed.data) === json ? parsed.data : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
