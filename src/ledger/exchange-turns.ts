import { randomInt } from 'node:crypto';

/**
 * What is known of each exchange, exactly and in little memory: 17 bytes each in a hash table, so that a verifier can
 * hold those of ten million. An id is 26 characters of base 32: 130 bits, of which the first is at most 7, so 128: four
 * words of 32 bits. One `asked` at most, then one `outcome`, then neither.
 */
export interface ExchangeTurns {
  /** Exchanges asked and without outcome. */
  readonly open: number;
  /** @returns false where the exchange was asked before, or has its outcome. */
  asked(words: Uint32Array, at: number): boolean;
  /** @returns false where the exchange has its outcome. */
  outcome(words: Uint32Array, at: number): boolean;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DIGITS = new Uint8Array(128).fill(0xff);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;
const ID_LENGTH = 26;

/** Every bit of both has a say in the low ones. */
function stir(mixed: number, word: number): number {
  const product = Math.imul(mixed ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** How many slots of the table may be filled before it doubles. */
const FILL = 0.6;
const [FREE, OPEN, CLOSED] = [0, 1, 2] as const;

/** @param seed of where exchanges lie: whoever made up the ids of a log shall not know it, or could have all pile up in one place. */
export function exchangeTurns(seed: number = randomInt(2 ** 32)): ExchangeTurns {
  let words = new Uint32Array(4 * 1024);
  let states = new Uint8Array(1024);
  let count = 0;
  let open = 0;

  /** Slot of the exchange, or the free slot where it belongs. */
  const find = (from: Uint32Array, at: number): number => {
    const mask = states.length - 1;
    const [a, b, c, d] = [from[at] ?? 0, from[at + 1] ?? 0, from[at + 2] ?? 0, from[at + 3] ?? 0];
    let slot = stir(stir(stir(stir(seed, a), b), c), d) & mask;
    for (; states[slot] !== FREE; slot = (slot + 1) & mask) {
      const place = slot * 4;
      if (words[place + 3] !== d || words[place + 2] !== c) continue;
      if (words[place + 1] === b && words[place] === a) break;
    }
    return slot;
  };

  const put = (slot: number, from: Uint32Array, at: number, state: number) => {
    for (let i = 0; i < 4; i++) words[slot * 4 + i] = from[at + i] ?? 0;
    states[slot] = state;
  };

  const double = () => {
    const before = { words, states };
    words = new Uint32Array(before.words.length * 2);
    states = new Uint8Array(before.states.length * 2);
    for (let slot = 0; slot < before.states.length; slot++) {
      const state = before.states[slot] ?? FREE;
      if (state !== FREE) put(find(before.words, slot * 4), before.words, slot * 4, state);
    }
  };

  const add = (slot: number, from: Uint32Array, at: number, state: number) => {
    put(slot, from, at, state);
    count += 1;
    if (count > states.length * FILL) double();
  };

  return {
    get open() {
      return open;
    },
    asked(from, at) {
      const slot = find(from, at);
      if (states[slot] !== FREE) return false;
      add(slot, from, at, OPEN);
      open += 1;
      return true;
    },
    outcome(from, at) {
      const slot = find(from, at);
      if (states[slot] === CLOSED) return false;
      if (states[slot] === OPEN) {
        states[slot] = CLOSED;
        open -= 1;
      } else {
        add(slot, from, at, CLOSED);
      }
      return true;
    },
  };
}

/**
 * The 128 bits of an id as four words, the first character giving 3 bits and each other 5.
 * @returns false where the text is not written as the id of an exchange; the words are then of no use.
 */
export function packExchange(id: string, into: Uint32Array, at: number): boolean {
  if (id.length !== ID_LENGTH) return false;
  let bits = 0;
  let value = 0;
  let word = at;
  for (let i = 0; i < ID_LENGTH; i++) {
    const digit = DIGITS[id.charCodeAt(i)] ?? 0xff;
    if (digit > (i === 0 ? 7 : 31)) return false;
    const width = i === 0 ? 3 : 5;
    const room = 32 - bits;
    if (width <= room) {
      value = ((value << width) | digit) >>> 0;
      bits += width;
    } else {
      const left = width - room;
      into[word] = ((value << room) | (digit >>> left)) >>> 0;
      word += 1;
      value = digit & ((1 << left) - 1);
      bits = left;
    }
    if (bits === 32) {
      into[word] = value;
      word += 1;
      value = 0;
      bits = 0;
    }
  }
  return true;
}
