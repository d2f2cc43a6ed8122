import { readFileSync } from 'node:fs';
import type { EntryLine } from '../../src/adapters/sqlite/reader.ts';

/** What an outside observer saw: nothing of it comes from the gateway's own word. */
export interface Observed {
  /** Exchange ids of answers that arrived whole at the client. */
  readonly answers: readonly string[];
  /** Exchange ids of calls that a holder wrote down. */
  readonly calls: readonly string[];
}

/** How what was seen stands to what was logged. Every count must be 0. */
export interface Reckoning {
  /** Answers without a durable outcome. */
  readonly unlogged: number;
  /** Calls at a holder without a durable intent. */
  readonly undeclaredCalls: number;
  /** Intents that no outcome closes. */
  readonly openIntents: number;
  /** Exchanges with more than one outcome, or more than one intent. */
  readonly doubled: number;
}

/** Holds the observers' logs against the ledger's. */
export function reckon(observed: Observed, entries: readonly Pick<EntryLine, 'kind' | 'exchange'>[]): Reckoning {
  const asked = entries.filter((e) => e.kind === 'asked').map((e) => e.exchange);
  const outcomes = entries.filter((e) => e.kind === 'outcome').map((e) => e.exchange);
  const [intents, closed] = [new Set(asked), new Set(outcomes)];
  return {
    unlogged: observed.answers.filter((id) => !closed.has(id)).length,
    undeclaredCalls: observed.calls.filter((id) => !intents.has(id)).length,
    openIntents: asked.filter((id) => !closed.has(id)).length,
    doubled: asked.length - intents.size + (outcomes.length - closed.size),
  };
}

/** Exchange ids in a holder's own call log. A line that a kill cut short never was a call that was answered. */
export function callsIn(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => String(JSON.parse(line).exchange));
}
