import { readFileSync, statSync } from 'node:fs';
import { type BundleCode, type BundleVerification, verifyBundle } from '../ledger/bundle.ts';
import { parseWitnessKey, type WitnessPolicy } from '../ledger/cosignature.ts';
import type { NoteVerifier } from '../ledger/note.ts';
import { tell } from './output.ts';
import { wholeNumber } from './page.ts';
import { VERIFY_WORDS } from './verify-words.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** Far more than a bundle can need. */
const LARGEST = 16 * 1024 * 1024;

/** What each finding about a bundle means to a person. */
export const BUNDLE_WORDS: Readonly<Record<BundleCode, string>> = {
  ...VERIFY_WORDS,
  'bundle/malformed': 'the file has not the form of an evidence bundle',
  'bundle/keys': 'the changes of the key are altered, or do not speak of this key',
  'bundle/entry': 'the entry has not the form of an entry',
  'bundle/exchange': 'the entry is of another exchange',
  'bundle/order': 'the entry does not come after the one before it',
  'bundle/turn': 'the entry cannot follow: asked comes once, then one outcome',
  'bundle/checkpoint': 'the entry is proved under another checkpoint than the one before it',
  'bundle/unwitnessed': 'too few of the witnesses named signed the checkpoint',
  'bundle/answer': 'the outcome does not commit to this answer',
  'bundle/rulebook': 'the pages are not of the version of the rulebook that is named',
  'proof/malformed': 'the proof has not the form of a tlog-proof',
  'proof/checkpoint': 'the checkpoint is not signed by this key: it was altered, or the key is that of another log',
  'proof/inclusion': 'the proof does not lead from the entry to the checkpoint',
};

/** Parsed JSON of an evidence bundle, where `path` is a file that is called or begins as JSON; undefined for any other place. */
export function bundleIn(path: string): { readonly bundle: unknown } | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size > LARGEST) return undefined;
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.json') && !text.startsWith('{')) return undefined;
  try {
    return { bundle: JSON.parse(text) };
  } catch {
    // A damaged bundle is a finding, not a fault: whoever damages it must not escape it.
    return { bundle: null };
  }
}

/** Which witnesses must have signed. @throws UsageError for what is no key, or a quorum that cannot be met. */
export function witnessesOf(
  keys: readonly string[] | undefined,
  quorum: string | undefined,
): WitnessPolicy | undefined {
  if (keys === undefined) {
    if (quorum !== undefined) throw new UsageError('--quorum goes with --witness');
    return undefined;
  }
  const witnesses = keys.map((text) => {
    const key = parseWitnessKey(text);
    if (key === undefined)
      throw new UsageError('--witness: expected the verifier key of a witness (name+id+key), or a file that holds one');
    return key;
  });
  const raw = witnesses.map(({ publicKey }) => publicKey.export({ format: 'der', type: 'spki' }).toString('hex'));
  if (new Set(raw).size < raw.length) throw new UsageError('--witness: one key is given twice');
  const all = witnesses.length;
  return { witnesses, quorum: quorum === undefined ? all : wholeNumber('quorum', quorum, 1, all) };
}

/** Checks one evidence bundle and tells what was found. */
export function tellBundle(
  world: World,
  json: boolean | undefined,
  bundle: unknown,
  verifier: NoteVerifier,
  demands: { readonly receipt: unknown; readonly witnesses: WitnessPolicy | undefined },
): Exit {
  const { receipt, witnesses } = demands;
  const found = verifyBundle(bundle, verifier, {
    ...(receipt === undefined ? {} : { receipt }),
    ...(witnesses === undefined ? {} : { witnesses }),
  });
  const also = [
    ...(receipt === undefined ? [] : ['the receipt']),
    ...(witnesses === undefined ? [] : [`the word of ${witnesses.quorum} of ${witnesses.witnesses.length} witnesses`]),
  ];
  tell(world, json, { json: JSON.stringify(found), lines: told(found, verifier, also) });
  return found.verified ? EXIT.ok : EXIT.refused;
}

function told(found: BundleVerification, verifier: NoteVerifier, also: readonly string[]): readonly string[] {
  const { firstBad, entries, open, size, root } = found;
  const counts = [
    `Log:     ${verifier.name}`,
    `Entries: ${entries} of one exchange${open === 1 ? ', which is open' : ''}`,
    ...(size === 0 ? [] : [`Tree:    size ${size}, root ${root}`]),
  ];
  if (firstBad === null) return [`Verified${also.length === 0 ? '' : `, with ${also.join(' and ')}`}.`, ...counts];
  const { index, code } = firstBad;
  return [`NOT verified. Entry ${index}: ${BUNDLE_WORDS[code]} (${code}).`, ...counts];
}
