import { type Logger, pino } from 'pino';
import { SECOND } from '../domain/time.ts';

/** Lines of exchanges wait for each other, so that one call to the system writes many. */
const WAITING_BYTES = 8_192;
const LONGEST_WAIT_MS = SECOND / 5;

/** The log for operators, on standard output: JSON Lines, no personal data. */
export interface OperationalLog {
  readonly logger: Logger;
  /** One line of an exchange: there are many of them, and none is urgent. Lost at most is what a fifth of a second brought. */
  busy(fields: object): void;
  /** A line that somebody may be waiting for: written before this returns. */
  now(fields: object): void;
  flush(): void;
}

export function openOperationalLog(): OperationalLog {
  const out = pino.destination({ fd: process.stdout.fd, sync: true, minLength: WAITING_BYTES });
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, out);
  const flush = () => out.flushSync();
  setInterval(flush, LONGEST_WAIT_MS).unref();
  process.once('exit', flush);
  return {
    logger,
    busy: (fields) => logger.info(fields),
    now: (fields) => {
      logger.info(fields);
      flush();
    },
    flush,
  };
}
