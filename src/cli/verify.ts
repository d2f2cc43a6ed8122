import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WitnessPolicy } from '../ledger/cosignature.ts';
import type { NoteVerifier } from '../ledger/note.ts';
import { parseVerifierKey } from '../ledger/note.ts';
import type { Claimed } from '../ledger/outside-claim.ts';
import { type Verification, verifyLedger } from '../ledger/verify.ts';
import { tell } from './output.ts';
import { parseArguments, required } from './page.ts';
import { VERIFY } from './pages/verify.ts';
import { bundleIn, tellBundle, witnessesOf } from './verify-bundle.ts';
import { type LogPlace, openPlace } from './verify-place.ts';
import { withProgress } from './verify-progress.ts';
import { VERIFY_WORDS } from './verify-words.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** `five-safes verify`: needs the log in any of its forms and the verifier key, and no secret. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(VERIFY, args);
  const verifier = verifierOf(required('key', values.key), world);
  const receipt = receiptOf(world, values.receipt, values.body);
  const witnesses = witnessesOf(
    values.witness?.map((text) => keyIn(text, world)),
    values.quorum,
  );
  const one = bundleIn(resolve(world.directory, positionals[0] ?? ''));
  const kept = keptOf(world, values.checkpoint, witnesses);
  if (one !== undefined) {
    if (kept !== undefined) throw new UsageError('--checkpoint: a bundle has its own');
    return tellBundle(world, values.json, one.bundle, verifier, { receipt, witnesses });
  }
  if (receipt !== undefined && kept !== undefined) throw new UsageError('--receipt or --checkpoint, not both at once');
  if (witnesses !== undefined && kept === undefined)
    throw new UsageError('--witness: of a bundle, or of a --checkpoint');
  const place = await openPlace(positionals[0] ?? '', world.directory, verifier, values.details === true);
  try {
    const { source, elsewhere } = withProgress(place, world.progress);
    const verification = await verifyLedger(source, verifier, receipt === undefined ? kept : { receipt }, elsewhere);
    tell(world, values.json, {
      json: JSON.stringify(verification),
      lines: told(verification, verifier, place, also(receipt, kept)),
    });
    return verification.verified ? EXIT.ok : EXIT.refused;
  } finally {
    await place.close();
  }
}

function verifierOf(text: string, world: World): NoteVerifier {
  const verifier = parseVerifierKey(keyIn(text, world));
  if (verifier !== undefined) return verifier;
  throw new UsageError('--key: expected a verifier key (name+id+key), or a file that holds one');
}

/** A key as it was given, or as the file holds it that was named. */
function keyIn(text: string, world: World): string {
  const path = resolve(world.directory, text);
  const file = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return (file ? readFileSync(path, 'utf8') : text).trim();
}

/** What `checkReceipt` takes; undefined where none was given. */
function receiptOf(world: World, receipt: string | undefined, body: string | undefined): unknown {
  if (receipt === undefined && body !== undefined) throw new UsageError('--body goes with --receipt');
  if (receipt === undefined) return undefined;
  const found = receiptIn(resolve(world.directory, receipt));
  return body === undefined ? found : { receipt: found, body: readFileSync(resolve(world.directory, body)) };
}

/** JSON, or the value of a /proxy answer's `Five-Safes-Receipt` header. What is neither is no receipt: the verifier says so as a finding. */
function receiptIn(path: string): unknown {
  const text = readFileSync(path, 'utf8').trim();
  const header = /^[A-Za-z0-9_-]+$/.test(text);
  try {
    return JSON.parse(header ? Buffer.from(text, 'base64url').toString('utf8') : text);
  } catch {
    return null;
  }
}

/** What whoever kept a checkpoint knows of the log. */
function keptOf(world: World, path: string | undefined, witnesses: WitnessPolicy | undefined): Claimed | undefined {
  if (path === undefined) return undefined;
  return { kept: readFileSync(resolve(world.directory, path), 'utf8'), ...(witnesses && { witnesses }) };
}

function also(receipt: unknown, kept: object | undefined): string {
  if (receipt !== undefined) return ', and the receipt with it';
  return kept === undefined ? '' : ', and it is the log of this checkpoint';
}

function told(found: Verification, verifier: NoteVerifier, place: LogPlace, also: string): readonly string[] {
  const { firstBad, entries, open, erased, size, root } = found;
  const unkeyed = place.details
    ? 'details checked; which are erased is not known without keys.db'
    : 'details not there';
  const details = place.keys ? `details of ${erased} erased` : unkeyed;
  const counts = [
    `Log:     ${verifier.name}`,
    `Entries: ${entries} read; ${open} exchanges open, ${details}`,
    `Tree:    size ${size}, root ${root}`,
  ];
  if (firstBad === null) return [`Verified${also}.`, ...counts];
  const { index, code } = firstBad;
  return [`NOT verified. Entry ${index}: ${VERIFY_WORDS[code]} (${code}).`, ...counts];
}
