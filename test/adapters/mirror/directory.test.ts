import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directoryPaths, directoryWriter } from '../../../src/adapters/mirror/directory.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'five-safes-mirror-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('what was written is read, and what is not there is nothing', async () => {
  const directory = join(root, 'log');
  const writer = directoryWriter(directory);
  await writer.write('tile/0/x001/067.p/5', Buffer.from('abc'));
  await writer.replace('checkpoint', Buffer.from('first'));
  await writer.replace('checkpoint', Buffer.from('second'));
  const read = directoryPaths(directory);
  expect(await read('tile/0/x001/067.p/5', 3)).toEqual(Buffer.from('abc'));
  expect(await read('checkpoint', 100)).toEqual(Buffer.from('second'));
  expect(await read('tile/0/x001/067', 100)).toBeNull();
  expect(await read('checkpoint/000', 100)).toBeNull();
  expect(await directoryPaths(join(root, 'nowhere'))('checkpoint', 100)).toBeNull();
  expect(readdirSync(directory).toSorted()).toEqual(['checkpoint', 'tile']);
});

test('what is larger than it may be is not read, nor what a link points to', async () => {
  writeFileSync(join(root, 'large'), Buffer.alloc(11));
  symlinkSync(join(root, 'large'), join(root, 'link'));
  mkdirSync(join(root, 'folder'));
  const read = directoryPaths(root);
  await expect(read('large', 10)).rejects.toThrow('large: 11 bytes, expected at most 10');
  await expect(read('link', 100)).rejects.toThrow('ELOOP');
  await expect(read('folder', 100_000)).rejects.toThrow('EISDIR');
});
