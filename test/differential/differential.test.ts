import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Judged } from './evaluator.ts';
import { FAULTS, type Fault } from './faults.ts';
import { compile, expectedOf, judgeByProduct } from './product.ts';
import { type Page, pages, type Question, questions } from './worlds.ts';

/**
 * The product against a second evaluator that shares no code with it, on random pages and random facts. What both say alike
 * may still be wrong, but not by an accident of the engine.
 */
const PAGES = 200;
const QUESTIONS_A_PAGE = 60;
const SEED = 20_261_123;

interface Pair {
  readonly page: Page;
  readonly question: Question;
  readonly product: Judged;
}

let pairs: readonly Pair[] = [];
let refusedPages = 0;
beforeAll(async () => {
  const drawn = fc.sample(pages, { numRuns: PAGES * 2, seed: SEED });
  const asked = fc.sample(questions, { numRuns: PAGES * QUESTIONS_A_PAGE, seed: SEED });
  const found: Pair[] = [];
  for (const page of drawn) {
    const put = asked.slice(found.length, found.length + QUESTIONS_A_PAGE);
    if (put.length === 0) break;
    const rulebook = await compile(page);
    if (rulebook === null) refusedPages++;
    else found.push(...put.map((question) => ({ page, question, product: judgeByProduct(rulebook, question) })));
  }
  pairs = found;
}, 60_000);

function expected({ page, question }: Pair, fault: Fault | null = null): Judged {
  return expectedOf(page, question, fault);
}

function share(of: (pair: Pair) => boolean): number {
  return pairs.filter(of).length / pairs.length;
}

describe('the draw is of use', () => {
  test('ten thousand pairs and more; some pages are none, most are', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(10_000);
    expect(refusedPages).toBeGreaterThan(0);
    expect(refusedPages).toBeLessThan(PAGES);
  });

  test('at least a quarter is allowed, and at least a tenth decided by a deny row', () => {
    expect(
      share(({ product }) => typeof product.granted === 'object' && product.granted !== null),
    ).toBeGreaterThanOrEqual(0.25);
    expect(share(({ product }) => Object.values(product.deciding).includes('deny'))).toBeGreaterThanOrEqual(0.1);
  });
});

test('product and second evaluator agree on verdicts, what decided, plan, limits and terms', () => {
  const differing = pairs.filter((pair) => JSON.stringify(pair.product) !== JSON.stringify(expected(pair)));
  // The first one in full, for whoever has to look into it.
  const [first] = differing;
  expect(first === undefined ? null : { ...first, expected: expected(first), differing: differing.length }).toBeNull();
});

test.each(FAULTS)('an evaluator with this fault is found out: %s', (fault) => {
  const found = pairs.find((pair) => JSON.stringify(pair.product) !== JSON.stringify(expected(pair, fault)));
  expect(found).toBeDefined();
});
