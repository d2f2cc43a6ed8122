import { expect, test } from 'vitest';
import { progressOf } from '../../src/cli/progress.ts';

test('how far it got stands on one line, and that line is gone before anything else is told', () => {
  const screen: string[] = [];
  const progress = progressOf({ progress: (text) => screen.push(text) });
  progress.end();
  expect(screen).toEqual([]);
  progress.tell('1 of 2');
  progress.tell('2 of 2');
  progress.end();
  progress.end();
  expect(screen.join('')).toBe('\r\u001b[K1 of 2\r\u001b[K2 of 2\r\u001b[K');
});

test('where nobody watches, nothing is told', () => {
  const progress = progressOf({});
  progress.tell('1 of 2');
  expect(() => progress.end()).not.toThrow();
});
