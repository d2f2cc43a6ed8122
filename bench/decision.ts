import { type Built, build, heapMb } from './decision/build.ts';
import { LAYOUTS, type Layout, layOut } from './decision/layouts.ts';
import { plainEnforcer } from './decision/plain.ts';
import { type Asking, asking } from './decision/questions.ts';
import { type Bench, type Measured, median, RUNS, rounded } from './result.ts';

const FEW = 10;
const MANY = 100_000;
const PLAIN = 10_000;
const BUILDS = 5;

const INCLUDED = `A decision: facts put together, five findings, a field plan of twelve fields (five or six treated), terms, budgets, Permit.
No two decisions have the same facts: clock, sign-in and case differ each time. Ten rules concern each question.
remembered: the rows have been heard in this situation before. unremembered: a situation not heard before, each time.
first: a partner and dataset that were not asked about before, while all other rules lie about. Milliseconds on the clock.
A hundred projects ask in turn, about as many datasets where there are as many. Microseconds are medians of short samples.
plain: node-casbin with ${PLAIN} of the same rows compared by equality; one call, where a decision is seventeen.
The figure: cost at ${MANY} rules beside cost at ${FEW}, the median of the runs; of the worst layout, and of remembered and
unremembered whichever is worse.`;

async function run(say: (line: string) => void): Promise<Measured> {
  say(INCLUDED);
  const layouts: Compared[] = [];
  for (const layout of LAYOUTS) layouts.push(await compareSizes(layout, say));
  const plain = await plainCosts(say);
  const worst = (of: (c: Compared) => number) => Math.max(...layouts.map(of));
  const runs = Array.from({ length: RUNS }, (_, i) => worst((c) => c.ratios[i] ?? Number.NaN));
  const slowest = worst((c) => c.remembered);
  const also = {
    vsPlain: Math.round(plain.enforce / slowest),
    vsPlainSync: Math.round(plain.enforceSync / slowest),
    vsPlainUnremembered: Math.round(plain.enforce / worst((c) => c.unremembered)),
    firstMs: rounded(worst((c) => c.firstMs)),
    buildMs: Math.round(worst((c) => c.buildMs)),
    blockMs: rounded(worst((c) => c.blockMs)),
    plainMicroseconds: { enforce: Math.round(plain.enforce), enforceSync: Math.round(plain.enforceSync) },
    layouts: Object.fromEntries(layouts.map(({ layout, ratios, ...rest }) => [layout, rest])),
  };
  return { figure: worst((c) => Math.max(c.rememberedRatio, c.unrememberedRatio)), runs, also };
}

interface Compared {
  readonly layout: Layout;
  /** Of each run, remembered or unremembered, whichever is worse then. */
  readonly ratios: readonly number[];
  /** Microseconds at 100,000 rules. */
  readonly remembered: number;
  readonly unremembered: number;
  /** Remembered, while every partner and dataset is asked about in turn: what it costs to leave the processor's cache. */
  readonly allInTurn: number;
  readonly rememberedRatio: number;
  readonly unrememberedRatio: number;
  /** How many situations a run hears for the first time. */
  readonly situations: number;
  readonly firstMs: number;
  readonly firstP95Ms: number;
  readonly buildMs: number;
  /** Longest block of each build, of the build that other processes disturbed least: the work is the same each time. */
  readonly blockMs: number;
  readonly blockMostMs: number;
  /** Of the rules, and of all first decisions remembered. */
  readonly rulesMb: number;
  readonly rememberedMb: number;
}

async function compareSizes(layout: Layout, say: (line: string) => void): Promise<Compared> {
  const [few, many] = [layOut(layout, FEW), layOut(layout, MANY)];
  const small = asking(few, await build(few));
  const builds: Built[] = [];
  // One after the other, so that a build does not pay for the memory of the one before.
  for (let i = 1; i < BUILDS; i++) builds.push({ ...(await build(many)), rulebook: (await build(few)).rulebook });
  const kept = await build(many);
  builds.push(kept);
  const large = asking(many, kept);
  const before = heapMb();
  const first = large.firsts();
  const rememberedMb = heapMb() - before;
  const rounds = Array.from({ length: RUNS }, () => alternate(small, large));
  for (const [i, { few, many }] of rounds.entries()) {
    say(
      `${layout} run ${i + 1}: remembered ${few.remembered.toFixed(2)} and ${many.remembered.toFixed(2)} µs, ` +
        `unremembered ${few.unremembered.toFixed(1)} and ${many.unremembered.toFixed(1)} µs`,
    );
  }
  const ratio = (of: 'remembered' | 'unremembered') => rounds.map((r) => r.many[of] / r.few[of]);
  const [remembered, unremembered] = [ratio('remembered'), ratio('unremembered')];
  const compared = {
    layout,
    ratios: rounds.map((_, i) => Math.max(remembered[i] ?? Number.NaN, unremembered[i] ?? Number.NaN)),
    remembered: rounded(median(rounds.map((r) => r.many.remembered))),
    unremembered: rounded(median(rounds.map((r) => r.many.unremembered))),
    allInTurn: rounded(large.allInTurn()),
    rememberedRatio: rounded(median(remembered)),
    unrememberedRatio: rounded(median(unremembered)),
    situations: large.situations,
    firstMs: rounded(median(first)),
    firstP95Ms: rounded(first.toSorted((a, b) => a - b)[Math.floor(first.length * 0.95)] ?? Number.NaN),
    buildMs: Math.round(median(builds.map((b) => b.buildMs))),
    blockMs: rounded(Math.min(...builds.map((b) => b.blockMs))),
    blockMostMs: rounded(Math.max(...builds.map((b) => b.blockMs))),
    rulesMb: Math.round(kept.heapMb),
    rememberedMb: Math.round(rememberedMb),
  };
  say(
    `${layout}: first ${compared.firstMs} ms, build ${compared.buildMs} ms, longest block ${compared.blockMs} ms, ` +
      `rules ${compared.rulesMb} MB, ${first.length} first decisions remembered ${compared.rememberedMb} MB`,
  );
  return compared;
}

/** Both sizes in short turns, so that a slow moment of the machine meets both. */
function alternate(few: Asking, many: Asking) {
  const turns = Array.from({ length: 5 }, () => [few.remembered(), many.remembered()] as const);
  const unremembered = { few: few.unremembered(), many: many.unremembered() };
  return {
    few: { remembered: median(turns.map(([cost]) => cost)), unremembered: unremembered.few },
    many: { remembered: median(turns.map(([, cost]) => cost)), unremembered: unremembered.many },
  };
}

async function plainCosts(say: (line: string) => void) {
  const measure = await plainEnforcer(layOut('spread', PLAIN));
  await measure();
  const costs = [];
  for (let i = 0; i < RUNS; i++) costs.push(await measure());
  const plain = {
    enforce: median(costs.map((c) => c.enforce)),
    enforceSync: median(costs.map((c) => c.enforceSync)),
  };
  say(`plain: enforce ${plain.enforce.toFixed(0)} µs, enforceSync ${plain.enforceSync.toFixed(0)} µs`);
  return plain;
}

export const bench: Bench = { target: 1.5, better: 'lower', run };
