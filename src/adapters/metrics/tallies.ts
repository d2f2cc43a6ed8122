/** A count under its labels. */
export interface Tally {
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

/**
 * Plain counts, so that an exchange costs an addition and no more; they become metrics when somebody asks. What is of
 * none of the lists is counted under `other`: a label never holds text from outside.
 */
export function tallies(
  outcomes: readonly string[],
  safes: readonly string[],
  datasets: readonly string[],
  codes: readonly string[],
) {
  const byOutcome = zeros([...outcomes, OTHER]);
  const bySafe = zeros([...safes, OTHER]);
  const known = { datasets: new Set(datasets), codes: new Set(codes) };
  const faults = new Map<string, { readonly labels: Tally['labels']; count: number }>();

  const fault = (leg: Readonly<Record<string, unknown>>) => {
    const labels = { dataset: among(known.datasets, leg['dataset']), code: among(known.codes, leg['code']) };
    const key = `${labels.dataset} ${labels.code}`;
    const tally = faults.get(key) ?? { labels, count: 0 };
    tally.count += 1;
    faults.set(key, tally);
  };
  return {
    /** @param fields of the line that the operational log has for each exchange. */
    exchange({ outcome, legs }: Readonly<Record<string, unknown>>): void {
      add(byOutcome, outcome);
      // Most exchanges end here.
      if (outcome === 'released' || outcome === 'none' || !Array.isArray(legs)) return;
      for (const leg of legs) {
        if (leg?.state === 'refused') add(bySafe, String(leg.code).split('/')[0]);
        else if (leg?.state === 'fault') fault(leg);
      }
    },
    outcomes: (): readonly Tally[] => [...byOutcome].map(([outcome, count]) => ({ labels: { outcome }, count })),
    refusals: (): readonly Tally[] => [...bySafe].map(([safe, count]) => ({ labels: { safe }, count })),
    faults: (): readonly Tally[] => [...faults.values()],
  };
}

const OTHER = 'other';

function zeros(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

function add(counts: Map<string, number>, name: unknown): void {
  const key = typeof name === 'string' && counts.has(name) ? name : OTHER;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function among(known: ReadonlySet<string>, value: unknown): string {
  return typeof value === 'string' && known.has(value) ? value : OTHER;
}
