import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../canary/gateway-process.ts';
import type { Answer } from '../gateway/answer.ts';
import { SOLD, sale, sendJson } from '../gateway/dealer.ts';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';
import { reservedIn } from './reserved.ts';

const BUDGET = 50;
const SEED = Number(process.env['EFFECTS_SEED'] ?? Date.now() % 1_000_000);

let p: Partnership;
let gateway: GatewayProcess;
/** The holder's own log: the exchange of each call. */
let calls: string[];

beforeEach(async () => {
  p = await startPartnership();
  await p.gateway.stop();
  gateway = await startGatewayProcess(p);
  calls = [];
});
afterEach(async () => {
  await gateway.end('SIGKILL');
  await p.stop();
});

/** The dealer writes down each call, and answers when told that it may. */
function answering(may: () => Promise<void>): void {
  p.dealer.answerWith(({ headers }: IncomingMessage, response) => {
    calls.push(String(headers['five-safes-exchange']));
    void may().then(() => sendJson(response, { sales: [sale(SOLD)] }));
  });
}

/** Null where no answer arrived. */
type Came = Answer | null;

/** So many questions at once, each with a key of its own. */
function atOnce(count: number, onAnswer: (answer: Answer) => void = () => undefined): Promise<Came[]> {
  return Promise.all(
    Array.from({ length: count }, () =>
      p.ask('mara.lindqvist', question(), { 'idempotency-key': crypto.randomUUID() }).then(
        (answer) => {
          onAnswer(answer);
          return answer;
        },
        () => null,
      ),
    ),
  );
}

const killed = () => gateway.end('SIGKILL');
async function killAndRestart(): Promise<void> {
  await killed();
  gateway = await startGatewayProcess(p);
}

const answered = (came: readonly Came[]) => came.filter((answer) => answer?.status === 200);
const refused = (came: readonly Came[]) => came.filter((answer) => answer?.status === 403);

/** All that did not get through were told why, by the rule that says it. */
function expectToldWhy(came: readonly Came[]): void {
  for (const answer of came) {
    const [leg] = answer?.body.legs ?? [];
    expect(leg?.code).toBe('outputs/budget');
    expect(leg?.findings?.outputs).toMatchObject({ verdict: 'refuse', rule: 'O1', code: 'outputs/budget' });
    expect(leg?.records).toBeUndefined();
  }
}

/** The promise, from both sides: each use in the store is an intent, and each intent a call or one that was interrupted. */
async function expectFiftySpent(): Promise<{ readonly interrupted: number; readonly uncalled: number }> {
  await gateway.end('SIGTERM');
  expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
  const { used, exchanges } = reservedIn(p.state, p.keys.kek);
  expect(used).toEqual([BUDGET]);
  expect(exchanges).toHaveLength(BUDGET);
  const called = new Set(calls);
  expect(called.size).toBe(calls.length);
  expect(calls.filter((exchange) => !exchanges.includes(exchange))).toEqual([]);

  const closed = p.entries().filter(({ kind, details }) => kind === 'outcome' && details['interrupted'] === true);
  for (const { details } of closed) expect(details['code']).toBe('exchange/interrupted');
  const interrupted = new Set(closed.map(({ exchange }) => exchange));
  const uncalled = exchanges.filter((exchange) => !called.has(exchange));
  expect(uncalled.filter((exchange) => !interrupted.has(exchange))).toEqual([]);
  expect(calls.length + uncalled.length).toBe(BUDGET);
  return { interrupted: exchanges.filter((exchange) => interrupted.has(exchange)).length, uncalled: uncalled.length };
}

/** Resolves at the n-th time it is told. */
function countTo(n: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = n;
  return {
    promise,
    tell: () => {
      left -= 1;
      if (left === 0) resolve();
    },
  };
}

/** Park and Miller's generator: the same seed, the same numbers from 1 to `most`. */
function seeded(seed: number): (most: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return (most) => {
    state = (state * 48_271) % 2_147_483_647;
    return 1 + (state % most);
  };
}

describe('a budget of fifty questions a day, with a kill in between', { timeout: 60_000 }, () => {
  test('while all fifty calls are on the way: not one more afterwards', async () => {
    const called = countTo(BUDGET);
    const turnedAway = countTo(BUDGET);
    const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>();
    answering(() => {
      called.tell();
      return mayAnswer;
    });
    const first = atOnce(100, turnedAway.tell);
    await Promise.all([called.promise, turnedAway.promise]);
    await killAndRestart();
    answerNow();
    const before = await first;
    expect(before.filter((answer) => answer === null)).toHaveLength(BUDGET);
    expectToldWhy(before.filter((answer) => answer !== null));

    const after = await atOnce(100);
    expect(refused(after)).toHaveLength(100);
    expectToldWhy(after);
    expect(calls).toHaveLength(BUDGET);
    expect(await expectFiftySpent()).toEqual({ interrupted: BUDGET, uncalled: 0 });
  });

  test('while nothing is on the way: what was left is left, and what was spent is spent', async () => {
    answering(async () => undefined);
    expect(answered(await atOnce(20))).toHaveLength(20);
    await killAndRestart();
    const after = await atOnce(80);
    expect(answered(after)).toHaveLength(30);
    expect(refused(after)).toHaveLength(50);
    expectToldWhy(refused(after));
    expect(calls).toHaveLength(BUDGET);
    expect(await expectFiftySpent()).toEqual({ interrupted: 0, uncalled: 0 });
  });

  const random = seeded(SEED);
  // In each half of the way: the intent is durable and the holder about to be asked, or the holder has answered.
  test.each([
    ['call', random(BUDGET - 1)],
    ['answer', random(BUDGET - 1)],
  ] as const)(
    `at the %s of number %i (EFFECTS_SEED=${SEED}): fifty are spent, and each is a call or was interrupted`,
    async (when, n) => {
      const moment = countTo(n);
      const { promise: gone, resolve: isGone } = Promise.withResolvers<void>();
      let calling = 0;
      answering(async () => {
        calling += 1;
        if (when === 'call') moment.tell();
        // Later ones are still on the way when the gateway dies.
        if (calling > n) await gone;
      });
      const first = atOnce(100, ({ status }) => {
        if (when === 'answer' && status === 200) moment.tell();
      });
      await moment.promise;
      await killed();
      isGone();
      const before = await first;
      expect(answered(before).length).toBeLessThanOrEqual(n);
      expect(before).toContain(null);
      gateway = await startGatewayProcess(p);
      const after = await atOnce(100);
      expect(answered(after).length + refused(after).length).toBe(100);
      expectToldWhy([...refused(before), ...refused(after)]);
      expect(calls.length).toBeLessThanOrEqual(BUDGET);
      expect(answered(before).length + answered(after).length).toBeLessThanOrEqual(calls.length);
      await expectFiftySpent();
    },
  );
});
