import { parentPort, workerData } from 'node:worker_threads';
import { fileSink } from '../adapters/feed/file-sink.ts';
import { follow, type Stretch } from '../adapters/feed/follow.ts';
import { positionFile } from '../adapters/feed/position.ts';
import { socketSink } from '../adapters/feed/socket-sink.ts';
import { followedEntries } from '../adapters/sqlite/follow.ts';
import { bareEvent, type FollowedEntry, isSilent } from '../ledger/export/ocsf-entry.ts';
import type { FeedTarget } from '../registry/feed-target.ts';
import { detailedEvents } from './feed-details.ts';
import type { FeedWorkerData, FromFeed, ToFeed } from './feed-protocol.ts';

const LIMIT = 256;

if (parentPort === null) throw new Error('the feed runs in a thread of its own');
const port = parentPort;
const { directory, log, target, position, kek }: FeedWorkerData = workerData;

let ended = false;
let wake: () => void = () => undefined;
const waiting = new Map<number, (index: number | null) => void>();
let asked = 0;

const tell = (message: FromFeed) => port.postMessage(message);
const sink = sinkOf(target);

port.on('message', (message: ToFeed) => {
  if (message.type === 'recorded') {
    waiting.get(message.id)?.(message.index);
    waiting.delete(message.id);
  } else if (message.type === 'reopen') {
    sink.reopen();
  } else {
    ended = true;
    wake();
  }
});

await follow({
  read: async (from) => stretchOf(from),
  sink,
  position: positionFile(position),
  report: (status) => tell({ type: 'status', status }),
  wait: (ms) =>
    new Promise((resolve) => {
      if (ended) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }),
  stopped: () => ended,
});
port.close();

async function stretchOf(from: number): Promise<Stretch> {
  const { size, entries } = followedEntries(directory, from, LIMIT);
  const events = kek === null ? entries.filter(isTold).map(bare) : await detailed(entries, kek);
  return {
    size,
    next: (entries.at(-1)?.index ?? Math.min(from, size) - 1) + 1,
    lines: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  };
}

function isTold({ kind }: FollowedEntry): boolean {
  return !isSilent(kind);
}

function bare(entry: FollowedEntry) {
  return bareEvent({ log }, entry);
}

/** Opening details is a reading of the log: one entry for the stretch, durable before any of it is opened. */
async function detailed(entries: readonly FollowedEntry[], key: Uint8Array) {
  const told = entries.filter(isTold);
  const outcomes = told.filter(({ outcome }) => outcome !== null);
  const [first, last] = [outcomes[0], outcomes.at(-1)];
  if (first === undefined || last === undefined) return told.map(bare);
  await recorded(first.index, last.index);
  const opened = detailedEvents(directory, key, { log }, outcomes);
  return told.map((entry) => opened.get(entry.index) ?? bare(entry));
}

async function recorded(from: number, to: number): Promise<void> {
  const id = asked++;
  const index = await new Promise<number | null>((resolve) => {
    waiting.set(id, resolve);
    tell({ type: 'reading', id, from, to });
  });
  if (index === null) throw new Error('the reading could not be recorded, so nothing was opened');
}

function sinkOf(to: FeedTarget) {
  if (to.kind === 'file') return fileSink(to.path);
  const address = to.kind === 'unix' ? { path: to.path } : { host: to.host, port: to.port };
  return socketSink(address, () => performance.now());
}
