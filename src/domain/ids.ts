import type { Brand } from './brand.ts';
import type { Instant } from './time.ts';

/** 26 characters of Crockford base 32: 48 bits of time, 80 of randomness (the ULID layout). */
export type ExchangeId = Brand<string, 'ExchangeId'>;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SHAPE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** @param random 10 unpredictable bytes. */
export function exchangeId(at: Instant, random: Uint8Array): ExchangeId {
  let time = at;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = ALPHABET.charAt(time % 32) + head;
    time = Math.floor(time / 32);
  }
  let tail = '';
  let bits = 0;
  let value = 0;
  for (const byte of random.subarray(0, 10)) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      tail += ALPHABET.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return (head + tail) as ExchangeId;
}

/** The id if `text` has the shape of one, else undefined. */
export function parseExchangeId(text: string): ExchangeId | undefined {
  return SHAPE.test(text) ? (text as ExchangeId) : undefined;
}
