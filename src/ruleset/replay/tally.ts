import type { Safe } from '../../domain/safe.ts';
import type { OpenedExchange, OpenedLeg } from '../../ledger/opened.ts';
import type { ChangeTally, Tally } from './report.ts';

const EXAMPLES = 5;

/** A leg that something befell. */
export interface Befallen {
  readonly exchange: Pick<OpenedExchange, 'exchange' | 'who'>;
  readonly leg: Pick<OpenedLeg, 'dataset' | 'state'>;
}

export interface Counting {
  add(befallen: Befallen, safes: readonly Safe[]): void;
  tally(): Tally;
}

export function counting(): Counting {
  let [legs, answers] = [0, 0];
  const [partners, persons, datasets, safes] = [counter(), counter(), counter(), counter()];
  const exchanges: string[] = [];
  return {
    add({ exchange, leg }, concerned) {
      legs += 1;
      if (isAnswer(leg)) answers += 1;
      partners.add(exchange.who.partner ?? '-');
      persons.add(exchange.who.person ?? '-');
      datasets.add(leg.dataset);
      for (const safe of concerned) safes.add(safe);
      if (exchanges.length < EXAMPLES && exchanges.at(-1) !== exchange.exchange) exchanges.push(exchange.exchange);
    },
    tally: () => ({
      legs,
      answers,
      partners: partners.counts(),
      persons: persons.counts(),
      datasets: datasets.counts(),
      safes: safes.counts(),
      exchanges: [...exchanges],
    }),
  };
}

/** Something of it had left. */
export function isAnswer({ state }: Pick<OpenedLeg, 'state'>): boolean {
  return state === 'released';
}

/** Counts changes of something from one text to another, by dataset. */
export function changes<Extra extends object>() {
  const found = new Map<string, Extra & { dataset: string; from: string; to: string; legs: number; answers: number }>();
  return {
    add(leg: Befallen['leg'], from: string, to: string, extra: Extra): void {
      const key = JSON.stringify([leg.dataset, extra, from, to]);
      const known = found.get(key) ?? { ...extra, dataset: leg.dataset, from, to, legs: 0, answers: 0 };
      known.legs += 1;
      if (isAnswer(leg)) known.answers += 1;
      found.set(key, known);
    },
    all: (): readonly (ChangeTally & Extra)[] =>
      [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change),
  };
}

function counter() {
  const counts = new Map<string, number>();
  return {
    add: (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1),
    counts: () => Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}
