import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSink } from '../../../src/adapters/feed/file-sink.ts';
import { type FeedStatus, follow } from '../../../src/adapters/feed/follow.ts';
import { positionFile } from '../../../src/adapters/feed/position.ts';
import type { Sink } from '../../../src/adapters/feed/sink.ts';
import { socketSink } from '../../../src/adapters/feed/socket-sink.ts';
import { parseFeedTarget } from '../../../src/registry/feed-target.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'five-safes-feed-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A log of numbered lines, sent until `sent` says that it is enough. */
function feedOf(size: number, sink: Sink, enough: (status: FeedStatus) => boolean, most = 3) {
  const reports: FeedStatus[] = [];
  let ended = false;
  return {
    reports,
    run: () =>
      follow({
        read: async (from) => {
          const next = Math.min(size, from + most);
          const lines = Array.from({ length: Math.max(0, next - from) }, (_, i) => `${from + i}\n`).join('');
          return { size, next: Math.max(next, Math.min(from, size)), lines };
        },
        sink,
        position: positionFile(join(root, 'position.json')),
        report: (status) => {
          reports.push(status);
          ended = enough(status);
        },
        wait: turn,
        stopped: () => ended,
      }),
  };
}

const atEnd = ({ next, size, problem }: FeedStatus) => problem === null && next === size;
const position = () => JSON.parse(readFileSync(join(root, 'position.json'), 'utf8')).next;
const begin = (next: number) => writeFileSync(join(root, 'position.json'), JSON.stringify({ next }));
const numbers = (text: string) => text.trim().split('\n').map(Number);

describe('file', () => {
  const path = () => join(root, 'events.jsonl');

  test('each entry in order, the position durable; the next feed goes on from there', async () => {
    begin(0);
    await feedOf(8, fileSink(path()), atEnd).run();
    expect([numbers(readFileSync(path(), 'utf8')), position()]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], 8]);
    expect(statSync(path()).mode & 0o077).toBe(0);
    await feedOf(10, fileSink(path()), atEnd).run();
    expect(numbers(readFileSync(path(), 'utf8'))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('the first feed ever begins at the end; a log that is shorter than the position is followed from its end', async () => {
    await feedOf(8, fileSink(path()), atEnd).run();
    expect(position()).toBe(8);
    await feedOf(5, fileSink(path()), atEnd).run();
    expect(position()).toBe(5);
  });

  test('a file that was moved away is made anew, and no line is lost', async () => {
    const sink = fileSink(path());
    await sink.send('a\n', 1);
    renameSync(path(), `${path()}.1`);
    await sink.send('b\n', 2);
    sink.reopen();
    await sink.send('c\n', 3);
    sink.close();
    expect([readFileSync(`${path()}.1`, 'utf8'), readFileSync(path(), 'utf8')]).toEqual(['a\n', 'b\nc\n']);
  });

  test('a line that a crash cut off is ended', async () => {
    writeFileSync(path(), '{"half');
    const sink = fileSink(path());
    await sink.send('whole\n', 1);
    sink.close();
    expect(readFileSync(path(), 'utf8')).toBe('{"half\nwhole\n');
  });

  test('what cannot be written is told and tried again; the position stays', async () => {
    begin(0);
    const blocked = join(root, 'missing', 'events.jsonl');
    const feed = feedOf(4, fileSink(blocked), ({ problem }) => problem !== null);
    await feed.run();
    expect(feed.reports.at(-1)?.problem).toContain('ENOENT');
    expect(position()).toBe(0);
  });
});

describe('socket', () => {
  let server: Server;
  let received = '';
  const sockets: Socket[] = [];
  const path = () => join(root, 'siem.sock');
  const listen = (hear: (socket: Socket) => void) =>
    new Promise<void>((resolve) => {
      server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        hear(socket);
      }).listen(path(), resolve);
    });
  beforeEach(() => {
    received = '';
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
  });

  test('after a connection broke, what was not settled is sent again: at least once', async () => {
    begin(0);
    let broken = false;
    await listen((socket) =>
      socket.on('data', (bytes) => {
        if (!broken) {
          // The first connection swallows what it is sent and dies.
          broken = true;
          socket.destroy();
          return;
        }
        received += bytes.toString();
      }),
    );
    const sink = socketSink({ path: path() }, () => 0);
    const feed = feedOf(20, sink, () => broken && numbers(received).includes(19));
    await feed.run();
    expect(feed.reports.some(({ problem }) => problem !== null)).toBe(true);
    for (let n = 0; n < 20; n++) expect(numbers(received)).toContain(n);
    // Nothing was settled at this clock, so that the next feed begins again.
    expect(position()).toBe(0);
  });

  test('settles after a while, and not before', async () => {
    await listen((socket) => socket.resume());
    let now = 0;
    const sink = socketSink({ path: path() }, () => now, 5_000);
    await sink.send('a\n', 7);
    now = 4_999;
    expect(sink.settled()).toBeNull();
    now = 5_000;
    expect(sink.settled()).toBe(7);
    sink.close();
  });

  test('nobody listens: a problem, not a crash', async () => {
    begin(0);
    const feed = feedOf(
      4,
      socketSink({ path: join(root, 'nobody.sock') }, () => 0),
      ({ problem }) => problem !== null,
    );
    await feed.run();
    expect(feed.reports.at(-1)?.problem).toContain('ENOENT');
  });
});

test('a target is a file, or a socket of this machine', () => {
  expect(parseFeedTarget('file:/var/log/x.jsonl')).toEqual({ kind: 'file', path: '/var/log/x.jsonl' });
  expect(parseFeedTarget('unix:///run/x.sock')).toEqual({ kind: 'unix', path: '/run/x.sock' });
  expect(parseFeedTarget('tcp://127.0.0.1:6514')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 6514 });
  expect(parseFeedTarget('tcp://[::1]:6514')).toEqual({ kind: 'tcp', host: '::1', port: 6514 });
  for (const text of [
    'file:relative',
    'tcp://siem.example:6514',
    'tcp://127.0.0.1:0',
    'tcp://127.0.0.1:70000',
    'http://127.0.0.1:80',
    '',
  ])
    expect(parseFeedTarget(text)).toBeUndefined();
});

test('a position that is none is not taken for one', () => {
  writeFileSync(join(root, 'position.json'), '{"next": -1}');
  expect(() => positionFile(join(root, 'position.json')).read()).toThrow('expected the position of the feed');
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
