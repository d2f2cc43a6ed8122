import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { digestOf } from '../../domain/digest.ts';
import { Fault } from '../../domain/faults.ts';
import { exchangeId } from '../../domain/ids.ts';
import { checkpointText, parseCheckpoint } from '../../ledger/checkpoint.ts';
import { localKeyEncryption } from '../../ledger/key-page.ts';
import { keyChangeText, publishedChange } from '../../ledger/log-keys.ts';
import { noteSigner, parseVerifierKey, signatureLine, splitNote, verifierKey } from '../../ledger/note.ts';
import { openSealed } from '../../ledger/sealing.ts';
import { ledgerPaths } from './files.ts';
import { readGrowth } from './growth.ts';
import { keyChangesPath, readKeyChanges } from './key-changes.ts';
import { keyReader } from './key-reader.ts';
import {
  keysIn,
  type LedgerKeys,
  PENDING_CHANGE,
  parsePrivateKey,
  readSecret,
  syncDirectory,
  writeNew,
} from './keys-file.ts';
import { messageOf } from './messages.ts';
import type { FromWriter } from './protocol.ts';
import { Writer } from './writer.ts';
import { holdWriterLock } from './writer-lock.ts';

const envelope = z.object({ answer: z.object({ salt: z.string() }) });
const SIGNING_KEY = 'signing-key.pem';
const VERIFIER_KEY = 'verifier-key';
const NEXT_KEY = 'signing-key.next.pem';
/** Salt and statement of a change under way. While it is there, the change is neither done nor given up. */
const PENDING = PENDING_CHANGE;

export interface Rotated {
  /** Of the `log-key` entry. */
  readonly index: number;
  readonly before: string;
  readonly after: string;
}

/** The key that comes next, made once and durable, so that partners' witnesses can know it before it signs. */
export function prepareNextKey(state: string, keys: LedgerKeys): string {
  return verifierKey(keys.origin, nextKey(state));
}

/**
 * Changes the key that signs checkpoints. What counts is one commit: the entry, under a checkpoint that both keys signed.
 * A crash before it leaves the old key, a crash after it is carried to the end by `settleRotation` at the next start.
 * @throws Fault('ledger/unavailable') while another process, such as the gateway, holds the ledger.
 */
export function rotateSigningKey(state: string, keys: LedgerKeys, now: () => number): Rotated {
  const next = nextKey(state);
  const [before, after] = [keys.verifierKey, verifierKey(keys.origin, next)];
  const old = noteSigner(keys.origin, keys.signingKey);
  const fresh = noteSigner(keys.origin, next);
  const paths = ledgerPaths(state);
  const part = { paths, kek: keys.kek, node: 'rotate-key', random: randomBytes };
  // Closes what an earlier process left open, with the old key alone: the change is then the next entry.
  withWriter(new Heard({ ...part, signer: old }, now), () => undefined);
  const both = new Heard({ ...part, signer: { ...old, also: fresh } }, now);
  return withWriter(both, () => {
    const index = readGrowth(paths.ledger, (growth) => growth.newest()?.size ?? 0);
    const text = keyChangeText(index, before, after);
    const lines = [old, fresh].map((by) => signatureLine(by, sign(null, Buffer.from(text), by.privateKey)));
    rmSync(join(keysIn(state), PENDING), { force: true });
    // A crash from here on is settled by what the ledger holds at `index`.
    writeNew(join(keysIn(state), PENDING), `${text}\n${lines.join('')}`, 0o600);
    syncDirectory(keysIn(state));
    const exchange = exchangeId(now(), randomBytes(10));
    const accountability = { before, after };
    const draft = { kind: 'log-key', exchange, accountability, subject: null, answer: digestOf(text) } as const;
    both.writer.append([messageOf(1, draft)]);
    const note = readGrowth(paths.ledger, (growth) => growth.noteAt(index + 1));
    if (note === null || !signedBy(note, after))
      throw new Error('the change could not be recorded; start the gateway again');
    finish(state, saltAt(state, keys.kek, index), after);
    return { index, before, after };
  });
}

/**
 * Ends a change that a crash cut short: forward where its entry is in the ledger, else back. Does nothing where there is none.
 * @param kek opens the salt of the entry's commitment; asked for only while the old keys are all there.
 * @throws Fault('ledger/unavailable') while another process holds the ledger; Error where it cannot be settled.
 */
export function settleRotation(state: string, kek: () => Buffer): 'none' | 'forward' | 'back' {
  const pending = join(keysIn(state), PENDING);
  if (!existsSync(pending)) return 'none';
  const lock = holdWriterLock(ledgerPaths(state).lock);
  try {
    const text = splitNote(readFileSync(pending, 'utf8'))?.text;
    const [, index = '', after = ''] = /\nentry (\d+)\nold \S+\nnew (\S+)\n$/u.exec(text ?? '') ?? [];
    const note = text === undefined ? null : readGrowth(ledgerPaths(state).ledger, (g) => g.noteAt(Number(index) + 1));
    if (note === null || !signedBy(note, after)) {
      rmSync(pending);
      syncDirectory(keysIn(state));
      return 'back';
    }
    const published = readKeyChanges(state).endsWith(`${readFileSync(pending, 'utf8')}\n`);
    finish(state, published ? null : saltAt(state, kek(), Number(index)), after);
    return 'forward';
  } finally {
    lock.release();
  }
}

/** Each step may be done again, and each leaves the pending file until all are done. */
function finish(state: string, salt: string | null, after: string): void {
  const keys = keysIn(state);
  if (salt !== null) {
    const change = publishedChange(salt, readFileSync(join(keys, PENDING), 'utf8'));
    replace(keyChangesPath(state), readKeyChanges(state) + change, 0o644);
  }
  syncDirectory(state);
  replace(join(keys, VERIFIER_KEY), `${after}\n`, 0o644);
  // The old private key goes with this: nothing needs it any more, and what does not exist cannot be stolen.
  if (existsSync(join(keys, NEXT_KEY))) renameSync(join(keys, NEXT_KEY), join(keys, SIGNING_KEY));
  syncDirectory(keys);
  rmSync(join(keys, PENDING));
  syncDirectory(keys);
}

function nextKey(state: string): KeyObject {
  const path = join(keysIn(state), NEXT_KEY);
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeNew(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
    syncDirectory(keysIn(state));
  }
  return parsePrivateKey(path, readSecret(path));
}

/** The salt of the commitment in a `log-key` entry, sealed with its details. */
function saltAt(state: string, kek: Buffer, index: number): string {
  const paths = ledgerPaths(state);
  const [ledger, keys] = [paths.ledger, paths.keys].map((file) => new Database(file, { readonly: true }));
  try {
    const row = ledger
      ?.prepare<[number], { exchange: string; slot: number; sealed: Buffer }>(
        'SELECT exchange, accountability_slot AS slot, accountability AS sealed FROM entries WHERE idx = ?',
      )
      .get(index);
    const key =
      row === undefined || keys === undefined ? undefined : keyReader(keys, localKeyEncryption(kek)).find(row.slot);
    const binding = { kind: 'log-key', exchange: row?.exchange ?? '', part: 'accountability' } as const;
    const text = row === undefined || key === undefined ? undefined : openSealed(key, binding, row.sealed);
    if (text === undefined) throw new Error(`the change of the signing key at entry ${index} cannot be opened`);
    return envelope.parse(JSON.parse(text)).answer.salt;
  } finally {
    ledger?.close();
    keys?.close();
  }
}

/** A checkpoint that this key's line stands under: the writer signs what it commits and nothing else. */
function signedBy(note: string, key: string): boolean {
  const verifier = parseVerifierKey(key);
  const parts = splitNote(note);
  const checkpoint = parts === undefined ? undefined : parseCheckpoint(parts.text);
  if (verifier === undefined || parts === undefined || checkpoint === undefined) return false;
  return (
    parts.text === checkpointText(checkpoint) &&
    parts.signatures.some(({ name, keyId }) => name === verifier.name && keyId.equals(verifier.keyId))
  );
}

/** The writer in this thread: it answers before its methods return. */
class Heard {
  readonly heard: FromWriter[] = [];
  readonly writer: Writer;
  constructor(options: ConstructorParameters<typeof Writer>[0], now: () => number) {
    this.writer = new Writer(options, now, (message) => this.heard.push(message));
  }
}

function withWriter<T>({ writer, heard }: Heard, work: () => T): T {
  writer.start(null);
  const failed = heard.find((message) => message.type === 'failed');
  if (failed !== undefined) throw new Fault(failed.code, failed.reason);
  try {
    return work();
  } finally {
    writer.close();
  }
}

function replace(path: string, text: string, mode: number): void {
  rmSync(`${path}.new`, { force: true });
  const descriptor = openSync(`${path}.new`, 'wx', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.new`, path);
}
