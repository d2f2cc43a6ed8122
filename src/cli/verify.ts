import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openReader } from '../adapters/sqlite/reader.ts';
import type { NoteVerifier } from '../ledger/note.ts';
import { parseVerifierKey } from '../ledger/note.ts';
import { type Verification, verifyLedger } from '../ledger/verify.ts';
import { tell } from './output.ts';
import { parseArguments, required } from './page.ts';
import { VERIFY } from './pages/verify.ts';
import { VERIFY_WORDS } from './verify-words.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** `five-safes verify`: needs the ledger's file and the verifier key, and no secret. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(VERIFY, args);
  const verifier = verifierOf(required('key', values.key), world);
  const receipt = values.receipt === undefined ? undefined : receiptIn(resolve(world.directory, values.receipt));
  const reader = openReader(resolve(world.directory, positionals[0] ?? ''));
  try {
    const verification = await verifyLedger(reader.source(), verifier, receipt);
    tell(world, values.json, {
      json: JSON.stringify(verification),
      lines: told(verification, verifier, receipt !== undefined),
    });
    return verification.verified ? EXIT.ok : EXIT.refused;
  } finally {
    reader.close();
  }
}

function verifierOf(text: string, world: World): NoteVerifier {
  const path = resolve(world.directory, text);
  const file = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const verifier = parseVerifierKey((file ? readFileSync(path, 'utf8') : text).trim());
  if (verifier !== undefined) return verifier;
  throw new UsageError('--key: expected a verifier key (name+id+key), or a file that holds one');
}

/** What is not JSON is no receipt either: the verifier says so as a finding. */
function receiptIn(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function told(found: Verification, verifier: NoteVerifier, withReceipt: boolean): readonly string[] {
  const { firstBad, entries, open, erased, size, root } = found;
  const counts = [
    `Log:     ${verifier.name}`,
    `Entries: ${entries} read; ${open} exchanges open, details of ${erased} erased`,
    `Tree:    size ${size}, root ${root}`,
  ];
  if (firstBad === null) return [`Verified${withReceipt ? ', and the receipt with it' : ''}.`, ...counts];
  const { index, code } = firstBad;
  return [`NOT verified. Entry ${index}: ${VERIFY_WORDS[code]} (${code}).`, ...counts];
}
