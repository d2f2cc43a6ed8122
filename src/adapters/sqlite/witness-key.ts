import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cosigner, parseWitnessKey, witnessKey } from '../../ledger/cosignature.ts';
import type { NoteSigner } from '../../ledger/note.ts';
import { parsePrivateKey, readSecret, writeNew } from './keys-file.ts';
import { createWitnessStore } from './witness-store.ts';

/** The state directory of a witness: its key, the public half for others, and what it has cosigned. */
const KEY = 'witness-key.pem';
const PUBLIC_KEY = 'verifier-key';
const MEMORY = 'witness.db';

export function witnessMemory(state: string): string {
  return join(state, MEMORY);
}

/**
 * Makes a witness: Ed25519 key (PKCS #8, the owner's eyes only), verifier key, empty memory.
 * @param state made if missing. @param name as signatures carry it: no blanks, no plus sign.
 * @returns the verifier key. @throws Error where one of the files exists, TypeError on another name.
 */
export function createWitness(state: string, name: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = witnessKey(name, privateKey);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  // The memory comes first: a key without one would be a witness that has forgotten, and is refused.
  createWitnessStore(witnessMemory(state));
  writeNew(join(state, KEY), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  writeNew(join(state, PUBLIC_KEY), `${text}\n`, 0o644);
  return text;
}

/** @throws Error that names the file: missing, open to others, no key, or keys that do not belong together. */
export function loadWitness(state: string): { readonly signer: NoteSigner; readonly key: string } {
  const path = join(state, KEY);
  const privateKey = parsePrivateKey(path, readSecret(path));
  const key = readFileSync(join(state, PUBLIC_KEY), 'utf8').trim();
  const verifier = parseWitnessKey(key);
  if (verifier === undefined) throw new Error(`${join(state, PUBLIC_KEY)}: expected a verifier key of a witness`);
  if (witnessKey(verifier.name, privateKey) !== key)
    throw new Error(`${join(state, PUBLIC_KEY)} does not belong to ${path}`);
  return { signer: cosigner(verifier.name, privateKey), key };
}
