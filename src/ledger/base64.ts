const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * RFC 4648 Section 4, strictly: padding required, unused bits zero, so that one value has one spelling.
 * @returns the bytes, or undefined for any other spelling or length.
 */
export function fromBase64(text: string, length?: number): Buffer | undefined {
  if (!ALPHABET.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return undefined;
  return length === undefined || bytes.length === length ? bytes : undefined;
}

export function toBase64(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('base64');
}
