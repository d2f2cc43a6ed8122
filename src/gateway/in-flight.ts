import type { ServerResponse } from 'node:http';
import { Problem } from './problem.ts';

/**
 * Counts requests between arrival and answer.
 * @returns what is called for each, before anything is done for it. It throws Problem `request/too-many` beyond `most`.
 */
export function inFlight(most: number): (res: ServerResponse) => void {
  let current = 0;
  const leave = () => {
    current--;
  };
  return (res) => {
    if (current >= most) throw new Problem('request/too-many', { retryAfter: 1 });
    current++;
    res.once('close', leave);
  };
}
