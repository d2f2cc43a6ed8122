import { writeSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { SECOND } from '../domain/time.ts';

/** Lines of exchanges wait for each other, so that one call to the system writes many. */
const WAITING_CHARACTERS = 16_384;
const LONGEST_WAIT_MS = SECOND / 5;
/** A reader that takes nothing for so many milliseconds loses what is waiting: it must not stop the gateway. */
const MOST_TRIES = 50;

/** The log for operators, on standard output: JSON Lines, no personal data. */
export interface OperationalLog {
  readonly logger: Logger;
  /** One line of an exchange: there are many of them, and none is urgent. Lost at most is what a fifth of a second brought. */
  busy(fields: { readonly event: string; readonly [field: string]: unknown }): void;
  /** A line that somebody may be waiting for: written before this returns. */
  now(fields: object): void;
  flush(): void;
}

export function openOperationalLog(): OperationalLog {
  const out = process.stdout.fd;
  let waiting = '';
  let whole = true;
  const flush = () => {
    if (waiting === '') return;
    // After a line that was cut off the next one begins anew, so that only that one is lost to a parser.
    const text = whole ? waiting : `\n${waiting}`;
    waiting = '';
    whole = writeWhole(out, Buffer.from(text), whole ? MOST_TRIES : 1);
  };
  const write = (line: string) => {
    waiting += line;
    if (waiting.length >= WAITING_CHARACTERS) flush();
  };
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
  const lines = infoLines();
  setInterval(flush, LONGEST_WAIT_MS).unref();
  process.once('exit', flush);
  return {
    logger,
    busy: (fields) => write(lines(fields)),
    now: (fields) => {
      logger.info(fields);
      flush();
    },
    flush,
  };
}

/** Lines as pino writes them at level `info`, without what it does for fields that JSON alone does not tell how to write. */
function infoLines(): (fields: { readonly event: string }) => string {
  const { info } = pino.levels.values;
  // Many lines fall into the same millisecond.
  let told = { at: 0, text: '' };
  return (fields) => {
    const at = Date.now();
    if (at !== told.at) told = { at, text: new Date(at).toISOString() };
    return `{"level":${info},"time":"${told.text}",${JSON.stringify(fields).slice(1)}\n`;
  };
}

/** A pipe takes what it has room for, and says EAGAIN where it has none. @returns whether all was written. */
function writeWhole(out: number, bytes: Buffer, mostTries: number): boolean {
  let at = 0;
  for (let tries = 0; at < bytes.length && tries < mostTries; tries++) {
    try {
      at += writeSync(out, bytes, at);
      tries = 0;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return at === bytes.length;
}
