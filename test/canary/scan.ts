import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Canary } from './planted.ts';

/** A place in which nothing of what was planted may stand. */
export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Base64 of a text shows in three ways, by where it begins; only the characters that are the text's own are looked for. */
function inBase64(value: string, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.from('\0'.repeat(before) + value);
    return bytes.toString(encoding).slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
}

/** How SQLite and others write a number: 4, 6 and 8 bytes, either end first, and as a double. */
function inBinary(value: string): Buffer[] {
  if (!/^[1-9]\d{8,14}$/.test(value)) return [];
  const number = Number(value);
  const [six, sixLittle, double] = [Buffer.alloc(6), Buffer.alloc(6), Buffer.alloc(8)];
  six.writeUIntBE(number, 0, 6);
  sixLittle.writeUIntLE(number, 0, 6);
  double.writeDoubleBE(number);
  const four = number < 2 ** 32 ? [six.subarray(2), sixLittle.subarray(0, 4)] : [six, sixLittle];
  return [...four, double, Buffer.from(double).reverse()];
}

/** Ways in which a value may stand in bytes, besides as it is in any case. */
function disguises(value: string): Buffer[] {
  const texts = [
    ...inBase64(value, 'base64'),
    ...inBase64(value, 'base64url'),
    Buffer.from(value).toString('hex'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ];
  return [...texts.map((text) => Buffer.from(text)), Buffer.from(value, 'utf16le'), ...inBinary(value)];
}

/** @returns where which value stands, as `what in place`; empty where all is well. */
export function found(canaries: readonly Canary[], places: readonly Place[]): string[] {
  const sought = canaries.map(({ what, value }) => ({ what, low: value.toLowerCase(), forms: disguises(value) }));
  return places.flatMap(({ name, bytes }) => {
    const low = bytes.toString('latin1').toLowerCase();
    return sought
      .filter(({ low: text, forms }) => low.includes(text) || forms.some((form) => bytes.includes(form)))
      .map(({ what }) => `${what} in ${name}`);
  });
}

/** Every byte of every file below a directory. */
export function filesBelow(directory: string): Place[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, path: join(directory, name) }))
    .filter(({ path }) => statSync(path).isFile())
    .map(({ name, path }) => ({ name, bytes: readFileSync(path) }));
}

export function text(name: string, content: string): Place {
  return { name, bytes: Buffer.from(content) };
}
