import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, toBase64 } from '../../ledger/base64.ts';
import { parseVerifierKey, verifierKey } from '../../ledger/note.ts';
import { KEY_BYTES } from '../../ledger/sealing.ts';

/** The gateway's own keys, as `openLedger` takes them. */
export interface LedgerKeys {
  readonly origin: string;
  readonly signingKey: KeyObject;
  readonly kek: Buffer;
  /** For others: what they check the log with. */
  readonly verifierKey: string;
}

const SIGNING_KEY = 'signing-key.pem';
const KEK = 'key-encryption-key';
const VERIFIER_KEY = 'verifier-key';

/** Where the gateway keeps its keys. @param state state directory. */
export function keysIn(state: string): string {
  return join(state, 'keys');
}

/**
 * Makes the key that signs checkpoints (Ed25519, PKCS #8), the key that wraps data keys (32 bytes, base64), both for the
 * owner's eyes only, and the verifier key for everybody.
 * @param directory made if missing. @param origin name of the log. @throws Error where one of the files exists: keys are never overwritten.
 */
export function createKeys(directory: string, origin: string): LedgerKeys {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of [SIGNING_KEY, KEK, VERIFIER_KEY]) {
    if (existsSync(join(directory, name))) throw new Error(`${join(directory, name)} exists: keys are not overwritten`);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicText = verifierKey(origin, privateKey);
  writeNew(join(directory, SIGNING_KEY), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  writeNew(join(directory, KEK), `${toBase64(randomBytes(KEY_BYTES))}\n`, 0o600);
  writeNew(join(directory, VERIFIER_KEY), `${publicText}\n`, 0o644);
  return loadKeys(directory);
}

/** @throws Error that names the file: missing, readable by others, not a key, or keys that do not belong together. */
export function loadKeys(directory: string): LedgerKeys {
  const signingPath = join(directory, SIGNING_KEY);
  const signingKey = parsePrivateKey(signingPath, readSecret(signingPath));
  const kek = fromBase64(readSecret(join(directory, KEK)).trim(), KEY_BYTES);
  if (kek === undefined) throw new Error(`${join(directory, KEK)}: expected ${KEY_BYTES} bytes in base64`);
  const verifierPath = join(directory, VERIFIER_KEY);
  const text = read(verifierPath).trim();
  const verifier = parseVerifierKey(text);
  if (verifier === undefined) throw new Error(`${verifierPath}: expected a verifier key: name+id+key`);
  if (verifierKey(verifier.name, signingKey) !== text)
    throw new Error(`${verifierPath} does not belong to ${signingPath}`);
  return { origin: verifier.name, signingKey, kek, verifierKey: text };
}

/** An Ed25519 key in PEM. @throws Error that names the file. */
export function parsePrivateKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (thrown) {
    throw new Error(`${path}: expected an Ed25519 private key in PEM`, { cause: thrown });
  }
  throw new Error(`${path}: expected an Ed25519 private key, found another kind`);
}

/** @throws Error that names the file: missing, or readable by others than its owner. */
export function readSecret(path: string): string {
  const text = read(path);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) throw new Error(`${path} is open to others (mode ${mode.toString(8)}): expected 600`);
  return text;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new Error(`${path} cannot be read: make keys first`, { cause: thrown });
  }
}

/** Durable before anything is sealed or signed with it. @throws Error where the file exists. */
export function writeNew(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, 'wx', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
