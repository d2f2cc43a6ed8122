import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { remembering } from '../../src/ledger/remembering.ts';

/** Counts what is read anew. */
function counted() {
  let count = 0;
  const read = remembering((text) => {
    count += 1;
    return text.length;
  });
  return (text: string) => {
    const before = count;
    expect(read(text)).toBe(text.length);
    return count > before;
  };
}

test('a text that comes again is read once, whatever it is made of', () => {
  const isRead = counted();
  const texts = ['', 'plain', 'mit Umlauten: äöü', '京都 🚗', 'half a pair: \ud83d', 'also half: \udc00', '\0"\\'];
  expect(texts.map(isRead)).toEqual(texts.map(() => true));
  expect(texts.map(isRead)).toEqual(texts.map(() => false));
});

test('a text beyond measure is read each time, and drives nothing out', () => {
  const isRead = counted();
  expect(isRead('small')).toBe(true);
  const large = 'x'.repeat(65_537);
  for (let i = 0; i < 100; i++) expect(isRead(large)).toBe(true);
  expect(isRead('small')).toBe(false);
});

test('many texts are forgotten by their length and not by their number alone', () => {
  const isRead = counted();
  const texts = Array.from({ length: 100 }, (_, i) => `${i} `.padEnd(50_000, 'x'));
  for (const text of texts) isRead(text);
  // Those that came last are known; not all of five million characters are.
  expect(texts.slice(-2).map(isRead)).toEqual([false, false]);
  expect(isRead(texts[0] ?? '')).toBe(true);
});

// The engine makes keys of a map texts of their own; were it to keep what they were cut from, they would have to be copied.
test('a piece does not keep the text alive that it was cut from', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const read = remembering((text): unknown => JSON.parse(text));
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  for (let i = 0; i < 200; i++) {
    // From bytes, so that it is one text and not the sum of two.
    const whole = Buffer.from(
      `{"piece":${i},"of":"something long enough to be cut out"}${'x'.repeat(2 ** 19)}`,
    ).toString();
    const piece = whole.slice(0, whole.indexOf('}') + 1);
    expect(read(piece)).toBe(read(piece));
  }
  expect(used() - before).toBeLessThan(20 * 2 ** 20);
  expect(read('{}')).toEqual({});
});
