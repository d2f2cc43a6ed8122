/** Whole numbers below 2^53 as bytes: 7 bits each, the lowest first, the top bit set where more follow (LEB128). */
export function packNumbers(numbers: readonly number[]): Buffer {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    while (rest >= 0x80) {
      bytes.push((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    bytes.push(rest);
  }
  return Buffer.from(bytes);
}

/** What `packNumbers` was given. */
export function unpackNumbers(bytes: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte % 0x80) * unit;
    unit *= 0x80;
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
      unit = 1;
    }
  }
  return numbers;
}
