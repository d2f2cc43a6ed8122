import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { type FindQuery, findQuery } from './find-query.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LONGEST = 8_192;

/** Where a search goes on: what was asked by whom, in which tree, and how far it has come. */
export interface Cursor {
  /** Index of the entry that records the reading. */
  readonly reading: number;
  /** Person who reads; the cursor is of no use to anybody else. */
  readonly reader: string;
  readonly size: number;
  readonly before: number;
  readonly limit: number;
  readonly query: FindQuery;
  /** Epoch ms. */
  readonly expires: number;
}

const cursorShape = z.strictObject({
  reading: z.int().min(0),
  reader: z.string(),
  size: z.int().min(0),
  before: z.int().min(0),
  limit: z.int().min(1),
  query: findQuery,
  expires: z.int(),
});

export interface Cursors {
  seal(cursor: Cursor): string;
  /** Undefined where this gateway did not make it, or made it for another person. */
  open(text: string, reader: string): Cursor | undefined;
}

/**
 * Cursors are sealed (AES-256-GCM, NIST SP 800-38D), not merely signed: they hold what was searched for, and travel through
 * clients and their logs. The reader's name is bound in, so that nobody goes on with another's reading.
 * @param kek key-encryption key. @param random bytes nobody can predict.
 */
export function createCursors(kek: Uint8Array, random: (count: number) => Uint8Array): Cursors {
  const key = Buffer.from(hkdfSync('sha256', kek, '', 'five-safes/audit-cursor/v1', 32));
  const context = (reader: string) => Buffer.from(`five-safes audit cursor v1\n${reader}`);
  return {
    seal(cursor) {
      const nonce = random(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(context(cursor.reader));
      const body = Buffer.concat([cipher.update(JSON.stringify(cursor), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
    },
    open(text, reader) {
      if (text.length > LONGEST || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
      const sealed = Buffer.from(text, 'base64url');
      if (sealed.length < NONCE_BYTES + TAG_BYTES || sealed.toString('base64url') !== text) return undefined;
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(context(reader));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
        const json = Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
        const cursor = cursorShape.parse(JSON.parse(json));
        return cursor.reader === reader ? cursor : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
