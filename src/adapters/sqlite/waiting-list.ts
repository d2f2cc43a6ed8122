import { Fault } from '../../domain/faults.ts';
import type { Appended } from '../../ledger/entry.ts';

/** Somebody who waits for a draft to be durable. */
export interface Waiting {
  readonly exchange: string;
  resolve(appended: Appended): void;
  reject(fault: Fault): void;
}

/** Those who wait for the writer, by the number of their draft. */
export interface WaitingList {
  add(id: number, waiting: Waiting): void;
  /** Who waited for this draft, and does no longer; undefined where nobody does, or was turned away before. */
  settle(id: number): Waiting | undefined;
  /** Turns all away with `ledger/unavailable`. @returns their exchanges. */
  turnAway(reason: string): readonly string[];
}

export function createWaitingList(): WaitingList {
  const all = new Map<number, Waiting>();
  return {
    add: (id, waiting) => void all.set(id, waiting),
    settle(id) {
      const waiting = all.get(id);
      all.delete(id);
      return waiting;
    },
    turnAway(reason) {
      const away = [...all.values()];
      all.clear();
      for (const { reject } of away) reject(new Fault('ledger/unavailable', reason));
      return away.map(({ exchange }) => exchange);
    },
  };
}
