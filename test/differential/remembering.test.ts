import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { FORGETFUL, memoryWith } from './forgetful.ts';
import { type Compiled, compileWith, expectedOf, judgeByProduct } from './product.ts';
import { type Page, pages, type Question, questions } from './worlds.ts';

/**
 * One compiled version is asked by many callers who differ from each other in one thing, in random order, all of them twice:
 * what was remembered of one must never be told to another. The second evaluator remembers nothing.
 */
const PAGES = 30;
const DRAWN_A_PAGE = 12;
const NEIGHBOURS = 8;
const SEED = 20_261_125;

interface Asked {
  readonly page: Page;
  readonly questions: readonly Question[];
  /** What each has to be told, in their order. */
  readonly expected: readonly string[];
}

let asked: readonly Asked[] = [];
beforeAll(async () => {
  const drawn = fc.sample(questions, { numRuns: PAGES * DRAWN_A_PAGE * (NEIGHBOURS + 1), seed: SEED });
  const found: Asked[] = [];
  for (const page of fc.sample(pages, { numRuns: PAGES * 2, seed: SEED })) {
    if (found.length === PAGES) break;
    if ((await compileWith(page, memoryWith(null))) === null) continue;
    const own = drawn.splice(0, DRAWN_A_PAGE * (NEIGHBOURS + 1));
    const near = own
      .slice(0, DRAWN_A_PAGE)
      .flatMap((question, i) => [
        question,
        ...own
          .slice(DRAWN_A_PAGE + i * NEIGHBOURS, DRAWN_A_PAGE + (i + 1) * NEIGHBOURS)
          .map((other, n) => neighbour(question, other, n)),
      ]);
    const [twice = []] = fc.sample(fc.shuffledSubarray([...near, ...near], { minLength: near.length * 2 }), {
      numRuns: 1,
      seed: SEED + found.length,
    });
    found.push({ page, questions: twice, expected: twice.map((q) => JSON.stringify(expectedOf(page, q))) });
  }
  asked = found;
}, 60_000);

const CALLER = ['caller.roles', 'caller.partner'] as const;

/** The same question but for one thing: dataset, output level, a fact of the caller, or any other fact. */
function neighbour(question: Question, other: Question, n: number): Question {
  const { facts } = question;
  const { dataset, output } = n === 0 ? other : question;
  const level = n === 1 ? other.output : output;
  const names = Object.keys(other.facts);
  const name = CALLER[n % 4] ?? names[(n * 7 + JSON.stringify(facts).length) % names.length] ?? '';
  const { [name]: _, ...without } = facts;
  const given = n < 2 ? facts : { ...without, ...(name in other.facts ? { [name]: other.facts[name] } : {}) };
  return {
    dataset,
    output: level,
    facts: { ...given, 'dataset.id': dataset.id, 'enquiry.output': level },
  };
}

/** The first answer that is not what it has to be. */
async function wrongAnswer(fault: string | null, mostRows?: number): Promise<Question | null> {
  for (const { page, questions: put, expected } of asked) {
    const compiled: Compiled | null = await compileWith(page, memoryWith(fault, mostRows));
    if (compiled === null) throw new Error('a page was compiled before');
    for (const [i, question] of put.entries()) {
      if (JSON.stringify(judgeByProduct(compiled, question)) !== expected[i]) return question;
    }
  }
  return null;
}

describe('remembering between many callers of one version', () => {
  test('six thousand questions, each thing put twice', () => {
    expect(asked).toHaveLength(PAGES);
    expect(asked.flatMap((a) => a.questions).length).toBeGreaterThan(6_000);
  });

  test('nobody is told what was found for another', async () => {
    expect(await wrongAnswer(null)).toBeNull();
  });

  test('nor while nearly everything is forgotten again', async () => {
    expect(await wrongAnswer(null, 40)).toBeNull();
  });

  test.each(Object.keys(FORGETFUL))('a memory with this fault is found out: %s', async (fault) => {
    expect(await wrongAnswer(fault)).not.toBeNull();
  });
});
