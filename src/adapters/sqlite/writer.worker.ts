import { randomFillSync } from 'node:crypto';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { pooledRandom } from '../../domain/pooled-random.ts';
import { noteSigner } from '../../ledger/note.ts';
import { ledgerPaths } from './files.ts';
import { unpackedDraft } from './messages.ts';
import type { DraftMessage, ToWriter, WriterOptions } from './protocol.ts';
import { Writer } from './writer.ts';

/** Entry of the writer thread. A batch is whatever was queued while the last one was synced: no timer. */

/** More than this waits for the next sync. */
const LARGEST_BATCH = 1_000;

const port = parentPort;
if (port === null) throw new Error('writer.worker.ts runs as a worker thread only');
const options: WriterOptions = workerData;

const writer = new Writer(
  {
    paths: ledgerPaths(options.directory),
    signer: noteSigner(options.origin, options.signingKey),
    kek: Buffer.from(options.kek),
    node: options.node,
    random: pooledRandom((bytes) => randomFillSync(bytes)),
  },
  () => Date.now() + options.clockOffsetMs,
  (message) => port.postMessage(message),
);

port.on('message', (first: ToWriter) => {
  let drafts: DraftMessage[] = [];
  const write = () => {
    if (drafts.length > 0) writer.append(drafts);
    drafts = [];
  };
  for (let message: ToWriter | undefined = first; message !== undefined; message = queued()) {
    if (message.type === 'append') {
      for (const packed of message.drafts) drafts.push(unpackedDraft(packed));
      if (drafts.length >= LARGEST_BATCH) write();
      continue;
    }
    write();
    if (message.type === 'released') writer.released();
    if (message.type === 'retry') writer.retry();
    if (message.type === 'given-up') writer.givenUp(message.outage, message.exchanges);
    if (message.type === 'close') {
      writer.close();
      port.postMessage({ type: 'closed' });
      port.close();
      return;
    }
  }
  write();
});

writer.start(options.resume);

function queued(): ToWriter | undefined {
  return port === null ? undefined : receiveMessageOnPort(port)?.message;
}
