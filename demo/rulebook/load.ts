import { z } from 'zod';
import type { Answered } from '../ask.ts';

/** Answers of each who asks, before what happens and after it. */
const ROUNDS = 5;
const version = z.object({ rulebook: z.string() });

/** What came of asking while something else happened. */
export interface Load<T> {
  readonly said: T;
  readonly asked: number;
  /** Answers that were no release. */
  readonly failed: number;
  /** Answers by the version of the rulebook that they name. */
  readonly versions: ReadonlyMap<string, number>;
}

/**
 * Does something while several people ask, each one question after another: some before it, all the time meanwhile, and
 * some after it.
 */
export async function underLoad<T>(
  lanes: readonly (() => Promise<Answered>)[],
  deed: () => Promise<T>,
): Promise<Load<T>> {
  const versions = new Map<string, number>();
  let [asked, failed, over] = [0, 0, false];
  const lane = async (ask: () => Promise<Answered>, warm: () => void) => {
    for (let [before, after] = [0, 0]; after < ROUNDS; over ? after++ : before++) {
      const { answer, status, text } = await ask();
      asked++;
      if (status !== 200 || answer?.outcome !== 'released') failed++;
      const named = version.safeParse(JSON.parse(text)).data?.rulebook ?? 'none';
      versions.set(named, (versions.get(named) ?? 0) + 1);
      if (before === ROUNDS - 1) warm();
    }
  };
  const running: Promise<void>[] = [];
  const warmed = lanes.map(
    (ask) =>
      new Promise<void>((warm, fail) => {
        const asking = lane(ask, warm);
        running.push(asking);
        asking.catch(fail);
      }),
  );
  await Promise.all(warmed);
  let said: T;
  try {
    said = await deed();
  } finally {
    over = true;
    await Promise.all(running);
  }
  return { said, asked, failed, versions };
}
