import type { Acceptance } from '../domain/partnership.ts';

/** What persons have accepted and holders have paused, in memory, as durable in the ledger's store. */
export interface Live {
  acceptedBy(person: string): readonly Acceptance[];
  isPaused(dataset: string): boolean;
  /** Another number after each change. */
  version(): number;
  /** As the store has it when the gateway starts. */
  restore(durable: { readonly undertakings: readonly Acceptance[]; readonly paused: readonly string[] }): void;
  /** Called once the ledger has the change. */
  accept(acceptance: Acceptance): void;
  pause(dataset: string): void;
  resume(dataset: string): void;
}

/** Nothing accepted and nothing paused, until `restore`. */
export function createLive(): Live {
  const accepted = new Map<string, readonly Acceptance[]>();
  const paused = new Set<string>();
  let version = 0;
  const accept = (acceptance: Acceptance) => {
    const others = (accepted.get(acceptance.person) ?? []).filter((a) => a.undertaking !== acceptance.undertaking);
    accepted.set(acceptance.person, [...others, acceptance]);
    version++;
  };
  return {
    restore: (durable) => {
      for (const acceptance of durable.undertakings) accept(acceptance);
      for (const dataset of durable.paused) paused.add(dataset);
      version++;
    },
    acceptedBy: (person) => accepted.get(person) ?? [],
    isPaused: (dataset) => paused.has(dataset),
    version: () => version,
    accept,
    pause: (dataset) => {
      paused.add(dataset);
      version++;
    },
    resume: (dataset) => {
      paused.delete(dataset);
      version++;
    },
  };
}
