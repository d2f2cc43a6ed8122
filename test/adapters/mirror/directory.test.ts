import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { directoryPaths, directoryWriter } from '../../../src/adapters/mirror/directory.ts';

/** Linux tells there what a process has open. */
const OPEN_FILES = existsSync('/proc/self/fd');

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
  await expect(read('folder', 100_000)).rejects.toThrow('folder is no file');
});

test('a pipe that nobody writes into keeps nobody waiting', async ({ skip }) => {
  const { error } = spawnSync('mkfifo', [join(root, 'pipe')]);
  skip(error !== undefined, 'no mkfifo here');
  await expect(directoryPaths(root)('pipe', 100)).rejects.toThrow('pipe is no file');
});

test.skipIf(!OPEN_FILES)('a checkpoint follows all that it speaks of, and the names of it, onto the disk', async () => {
  const { FileHandle, told } = await handles(join(root, 'any'));
  vi.spyOn(FileHandle, 'sync').mockImplementation(async function (this: { fd: number }) {
    told.push(readlinkSync(`/proc/self/fd/${this.fd}`));
  });
  const directory = join(root, 'synced');
  const writer = directoryWriter(directory);
  await writer.write('tile/0/x001/067', Buffer.from('abc'));
  await writer.replace('checkpoint', Buffer.from('first'));
  const at = (...parts: string[]) => join(directory, ...parts);
  expect(told).toEqual([
    ...[at('tile/0/x001/067'), at('checkpoint.new')],
    ...[at(), at('tile'), at('tile/0'), at('tile/0/x001')],
    at(),
  ]);
});

/** What every open file is made of, so that its calls can be watched. */
async function handles(path: string) {
  const file = await open(path, 'w');
  const FileHandle: Pick<typeof file, 'sync'> = Object.getPrototypeOf(file);
  await file.close();
  onTestFinished(() => void vi.restoreAllMocks());
  return { FileHandle, told: [] as string[] };
}
