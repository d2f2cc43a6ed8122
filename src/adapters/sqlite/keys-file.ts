import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fromBase64, toBase64 } from '../../ledger/base64.ts';
import { localKeyEncryption } from '../../ledger/key-page.ts';
import { parseVerifierKey, verifierKey } from '../../ledger/note.ts';
import { KEY_BYTES } from '../../ledger/sealing.ts';
import { wrappedByKek } from './rewrap.ts';

/** The gateway's own keys, as `openLedger` takes them. */
export interface LedgerKeys {
  readonly origin: string;
  readonly signingKey: KeyObject;
  readonly kek: Buffer;
  /** What names are derived from that must stay when the key-encryption key changes: askers, pseudonyms, nonces, cases. */
  readonly derivation: Buffer;
  /** For others: what they check the log with. */
  readonly verifierKey: string;
}

const SIGNING_KEY = 'signing-key.pem';
const KEK = 'key-encryption-key';
const NEXT_KEK = 'key-encryption-key.next';
/** Hold the key-encryption key, and during a change the next one, where it is not to lie on disk: base64. */
export const KEK_VARIABLE = 'FIVE_SAFES_KEK';
export const NEXT_KEK_VARIABLE = 'FIVE_SAFES_KEK_NEXT';
type KeyEnvironment = Readonly<Record<string, string | undefined>>;
const DERIVATION_KEY = 'derivation-key';
const VERIFIER_KEY = 'verifier-key';
/** Statement of a change of the signing key that is under way: see rotate-signing-key.ts. */
export const PENDING_CHANGE = 'log-key.pending';

/** Where the gateway keeps its keys. @param state state directory. */
export function keysIn(state: string): string {
  return join(state, 'keys');
}

/**
 * Makes the key that signs checkpoints (Ed25519, PKCS #8), the key that wraps data keys (32 bytes, base64), both for the
 * owner's eyes only, and the verifier key for everybody. A key-encryption key that the environment holds is not written.
 * @param directory made if missing. @param origin name of the log. @throws Error where one of the files exists: keys are never overwritten.
 */
export function createKeys(directory: string, origin: string, env: KeyEnvironment = {}): LedgerKeys {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of [SIGNING_KEY, KEK, DERIVATION_KEY, VERIFIER_KEY]) {
    if (existsSync(join(directory, name))) throw new Error(`${join(directory, name)} exists: keys are not overwritten`);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicText = verifierKey(origin, privateKey);
  writeNew(join(directory, SIGNING_KEY), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  if (!env[KEK_VARIABLE]) writeNew(join(directory, KEK), `${toBase64(randomBytes(KEY_BYTES))}\n`, 0o600);
  writeNew(join(directory, DERIVATION_KEY), `${toBase64(randomBytes(KEY_BYTES))}\n`, 0o600);
  writeNew(join(directory, VERIFIER_KEY), `${publicText}\n`, 0o644);
  return loadKeys(directory, env);
}

/** @throws Error that names the file: missing, readable by others, not a key, or keys that do not belong together. */
export function loadKeys(directory: string, env: KeyEnvironment = {}, settling = false): LedgerKeys {
  if (!settling && existsSync(join(directory, PENDING_CHANGE)))
    throw new Error(
      `${join(directory, PENDING_CHANGE)}: a change of the signing key was cut short; start the gateway to end it`,
    );
  const signingPath = join(directory, SIGNING_KEY);
  const signingKey = parsePrivateKey(signingPath, readSecret(signingPath));
  const kek = keyEncryptionKey(directory, env);
  const derivation = secretKey(join(directory, DERIVATION_KEY), readSecret(join(directory, DERIVATION_KEY)));
  const verifierPath = join(directory, VERIFIER_KEY);
  const text = read(verifierPath).trim();
  const verifier = parseVerifierKey(text);
  if (verifier === undefined) throw new Error(`${verifierPath}: expected a verifier key: name+id+key`);
  if (verifierKey(verifier.name, signingKey) !== text)
    throw new Error(`${verifierPath} does not belong to ${signingPath}`);
  return { origin: verifier.name, signingKey, kek, derivation, verifierKey: text };
}

/**
 * The key-encryption key: from the environment, where it is given there, else from its file. While it is being changed
 * there are two, and the one counts that wrapped keys.db, so that a crash during the change leaves a gateway that starts.
 */
function keyEncryptionKey(directory: string, env: KeyEnvironment): Buffer {
  const candidates = kekCandidates(directory, env);
  const [first] = candidates;
  if (first === undefined) throw new Error(`${join(directory, KEK)} cannot be read: make keys first`);
  if (candidates.length === 1) return first;
  const wrappedBy = wrappedByKek(join(dirname(directory), 'keys.db'));
  return candidates.find((kek) => localKeyEncryption(kek).id === wrappedBy) ?? first;
}

function kekCandidates(directory: string, env: KeyEnvironment): readonly Buffer[] {
  const given = [KEK_VARIABLE, NEXT_KEK_VARIABLE].flatMap((name) => {
    const text = env[name];
    return text === undefined || text === '' ? [] : [secretKey(name, text)];
  });
  if (given.length > 0) return given;
  return [join(directory, KEK), join(directory, NEXT_KEK)]
    .filter((path) => existsSync(path))
    .map((path) => secretKey(path, readSecret(path)));
}

/** @throws Error that names where it stands, not what it is. */
function secretKey(place: string, text: string): Buffer {
  const key = fromBase64(text.trim(), KEY_BYTES);
  if (key === undefined) throw new Error(`${place}: expected ${KEY_BYTES} bytes in base64`);
  return key;
}

/**
 * The key that is to take the place of the present one: made once, durable, and found again after a crash. Where the
 * environment holds the present one, the operator puts the next one beside it.
 */
export function nextKek(directory: string, env: KeyEnvironment): Buffer {
  if (env[KEK_VARIABLE] !== undefined) {
    const next = env[NEXT_KEK_VARIABLE];
    if (next === undefined)
      throw new Error(`${NEXT_KEK_VARIABLE} must hold the next key: ${KEY_BYTES} bytes in base64`);
    return secretKey(NEXT_KEK_VARIABLE, next);
  }
  const path = join(directory, NEXT_KEK);
  if (!existsSync(path)) {
    writeNew(path, `${toBase64(randomBytes(KEY_BYTES))}\n`, 0o600);
    syncDirectory(directory);
  }
  return secretKey(path, readSecret(path));
}

/** The next key is now the present one. Does nothing where the environment holds them, or it was done. */
export function takeNextKek(directory: string): void {
  if (!existsSync(join(directory, NEXT_KEK))) return;
  renameSync(join(directory, NEXT_KEK), join(directory, KEK));
  syncDirectory(directory);
}

export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
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
