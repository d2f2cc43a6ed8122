/**
 * The ids of all exchanges that have an outcome, exactly and in little memory: 16 bytes each in a hash table, so that a
 * verifier can hold those of ten million exchanges. An id is 26 characters of base 32: 130 bits, of which the first is
 * at most 7, so 128.
 */
export interface ClosedExchanges {
  has(exchange: string): boolean;
  add(exchange: string): void;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DIGITS = new Uint8Array(128);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

/** How many slots of the table may be filled before it doubles. */
const FILL = 0.6;

export function closedExchanges(): ClosedExchanges {
  let words = new Uint32Array(4 * 1024);
  let used = new Uint8Array(1024);
  let count = 0;
  const key = new Uint32Array(4);

  /** Slot of `key`, or the free slot where it belongs. */
  const find = (): number => {
    const mask = used.length - 1;
    const [a = 0, b = 0, c = 0, d = 0] = key;
    // The low words are random in an honest id; mixing them keeps made-up ids from piling up by accident.
    let slot = (Math.imul(d, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35) ^ a) & mask;
    while (used[slot] === 1) {
      const at = slot * 4;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  };

  const double = () => {
    const before = { words, used };
    words = new Uint32Array(before.words.length * 2);
    used = new Uint8Array(before.used.length * 2);
    for (let slot = 0; slot < before.used.length; slot++) {
      if (before.used[slot] !== 1) continue;
      key.set(before.words.subarray(slot * 4, slot * 4 + 4));
      const to = find();
      words.set(key, to * 4);
      used[to] = 1;
    }
  };

  return {
    has(exchange) {
      pack(exchange, key);
      return used[find()] === 1;
    },
    add(exchange) {
      pack(exchange, key);
      let slot = find();
      if (used[slot] === 1) return;
      if (count + 1 > used.length * FILL) {
        double();
        pack(exchange, key);
        slot = find();
      }
      words.set(key, slot * 4);
      used[slot] = 1;
      count += 1;
    },
  };
}

/** The 128 bits of an id as four words, the first character giving 3 bits and each other 5. */
function pack(id: string, into: Uint32Array): void {
  let bits = 0;
  let value = 0;
  let word = 0;
  for (let i = 0; i < id.length; i++) {
    const digit = DIGITS[id.charCodeAt(i)] ?? 0;
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
}
