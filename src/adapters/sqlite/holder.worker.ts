import { parentPort, workerData } from 'node:worker_threads';
import { HolderFile } from './holder-file.ts';
import type { FromHolder, HolderOptions, LookupMessage } from './holder-protocol.ts';

/** Entry of a holder's thread. Look-ups run one after the other; whoever asks gives up by ending the thread. */

const port = parentPort;
if (port === null) throw new Error('holder.worker.ts runs as a worker thread only');
const options: HolderOptions = workerData;
const file = new HolderFile(options);
const say = (message: FromHolder) => port.postMessage(message);

const problems = file.open();
if (problems.length > 0) {
  say({ type: 'refused', problems });
  port.close();
} else {
  port.on('message', ({ id, scheme, value }: LookupMessage) => {
    const found = file.rows(scheme, value);
    say('rows' in found ? { type: 'rows', id, ...found } : { type: 'fault', id, ...found });
  });
  say({ type: 'ready' });
}
