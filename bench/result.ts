import { availableParallelism, cpus, totalmem } from 'node:os';

/** How often each side is measured, in turns. */
export const RUNS = 5;

/** One thing that is measured. */
export interface Bench {
  readonly target: number;
  readonly better: 'higher' | 'lower';
  /** Measures. @param say tells, on standard error, what is included and what each run gave. */
  run(say: (line: string) => void): Promise<Measured>;
}

export interface Measured {
  /** Null: the runs do not say what they should, for the reason in `also`. */
  readonly figure: number | null;
  /** The figure of each run, in order. */
  readonly runs: readonly number[];
  readonly also: Readonly<Record<string, unknown>>;
}

/** What a bench ends with. */
export interface Result extends Measured {
  readonly bench: string;
  readonly target: number;
  readonly better: Bench['better'];
  readonly unit: 'ratio';
  readonly pass: boolean;
  readonly machine: Readonly<Record<string, string | number>>;
}

export function resultOf(bench: string, { target, better }: Bench, { figure, runs, also }: Measured): Result {
  const pass = figure !== null && (better === 'higher' ? figure >= target : figure <= target);
  return {
    bench,
    figure: figure === null ? null : rounded(figure),
    target,
    better,
    unit: 'ratio',
    pass,
    runs: runs.map(rounded),
    machine: machine(),
    also,
  };
}

function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** The one in the middle; of an even number, the lower of the two. @throws RangeError where there is none. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  if (middle === undefined) throw new RangeError('no run, no median');
  return middle;
}

export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
