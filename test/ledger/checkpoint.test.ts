import { generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../src/ledger/base64.ts';
import { checkpointText, openCheckpoint, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { noteSigner, openNote, parseVerifierKey, signNote, verifierKey } from '../../src/ledger/note.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const NAME = 'gateway.example/log';
const signer = noteSigner(NAME, privateKey);

function verifierOf(text: string) {
  const verifier = parseVerifierKey(text);
  if (verifier === undefined) throw new Error(`no verifier key: ${text}`);
  return verifier;
}
const verifier = verifierOf(verifierKey(NAME, publicKey));
const root = Buffer.alloc(32, 7);

describe('signed notes', () => {
  // Key and note are the published example of the format, made by other software.
  const key = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  test('a note that other software signed opens', () => {
    expect(openNote(note, verifierOf(key))).toBe(text);
    expect(openNote(note.replace('problem is', 'trouble is'), verifierOf(key))).toBeUndefined();
  });

  test('ours can be checked with nothing but node:crypto', () => {
    const line = signNote('one\ntwo\n', signer).split('\n\n')[1] ?? '';
    const bytes = Buffer.from(line.trim().split(' ')[2] ?? '', 'base64');
    expect(line.startsWith(`— ${NAME} `)).toBe(true);
    expect(verify(null, Buffer.from('one\ntwo\n'), publicKey, bytes.subarray(4))).toBe(true);
  });

  test('a key and its id belong together', () => {
    const ours = verifierKey(NAME, privateKey);
    expect(verifierKey(NAME, publicKey)).toBe(ours);
    expect(parseVerifierKey(ours.replace(NAME, 'other.example/log'))).toBeUndefined();
    expect(parseVerifierKey(ours.slice(0, -4))).toBeUndefined();
    expect(parseVerifierKey('')).toBeUndefined();
    expect(() => verifierKey('a name', publicKey)).toThrow(TypeError);
    expect(() => noteSigner('a+b', privateKey)).toThrow(TypeError);
    expect(() => noteSigner(NAME, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)).toThrow(TypeError);
  });

  test('witnesses may sign beside us, not instead of us', () => {
    const witness = noteSigner('witness.example', generateKeyPairSync('ed25519').privateKey);
    const ours = signNote('text\n', signer);
    const theirs = signNote('text\n', witness);
    const line = theirs.split('\n\n')[1] ?? '';
    expect(openNote(ours + line, verifier)).toBe('text\n');
    expect(openNote(theirs, verifier)).toBeUndefined();
    expect(openNote(`${ours}not a signature\n`, verifier)).toBeUndefined();
  });
});

describe('checkpoints', () => {
  test('say origin, size and root', () => {
    expect(checkpointText({ origin: NAME, size: 412, root })).toBe(`${NAME}\n412\n${root.toString('base64')}\n`);
    expect(openCheckpoint(signCheckpoint(412, root, signer), verifier)).toEqual({ origin: NAME, size: 412, root });
  });

  test('do not survive a change of any byte', () => {
    const note = Buffer.from(signCheckpoint(412, root, signer));
    for (let i = 0; i < note.length; i++) {
      for (const mask of [0x01, 0x20, 0x80]) {
        const altered = Buffer.from(note);
        altered[i] = (altered[i] ?? 0) ^ mask;
        expect(openCheckpoint(altered.toString(), verifier), `byte ${i} ^ ${mask}`).toBeUndefined();
      }
    }
  });

  test('are refused in any other spelling, though well signed', () => {
    const b64 = toBase64(root);
    for (const text of [
      `${NAME}\n0412\n${b64}\n`,
      `${NAME}\n+412\n${b64}\n`,
      `${NAME}\n4e2\n${b64}\n`,
      `${NAME}\n-1\n${b64}\n`,
      `${NAME}\n9999999999999999\n${b64}\n`,
      `${NAME}\n412\n${b64}\nextension\n`,
      `${NAME}\n412\n${b64.replace(/=$/, '')}\n`,
      `${NAME}\n412\n${toBase64(root.subarray(1))}\n`,
      `${NAME}\n412\n`,
      `other.example/log\n412\n${b64}\n`,
    ]) {
      expect(openCheckpoint(signNote(text, signer), verifier), text).toBeUndefined();
    }
  });
});

test('base64 has one spelling for each value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
  for (const text of ['AA', 'AA=', 'AB==', 'AA==\n', ' AA==', 'A-==', 'AA=A'])
    expect(fromBase64(text), text).toBeUndefined();
  expect(fromBase64('AA==', 2)).toBeUndefined();
});
