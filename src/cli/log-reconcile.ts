import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openReader } from '../adapters/sqlite/reader.ts';
import { openReconciliation, type Reconciliation, type Side } from '../adapters/sqlite/reconcile.ts';
import type { JsonValue } from '../domain/json.ts';
import { table, tell } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_RECONCILE } from './pages/audit.ts';
import { EXIT, type Exit, type World } from './world.ts';

const STRETCH = 1_000;
/** What two records of an exchange can be held against each other by. */
const MEMBERS = ['result', 'outcome', 'answer'] as const;
const line = z.looseObject({ exchange: z.string().nullish() });
const legs = z.array(z.looseObject({ dataset: z.string() }));

/** `five-safes log reconcile`: opens nothing that is sealed. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_RECONCILE, args);
  const [a = '', b = ''] = positionals;
  const work = openReconciliation();
  try {
    await take(work, 'a', resolve(world.directory, a));
    await take(work, 'b', resolve(world.directory, b));
    const found = work.compare();
    const lists = [
      ...found.onlyA.map((exchange) => [exchange, `only in ${a}`]),
      ...found.onlyB.map((exchange) => [exchange, `only in ${b}`]),
      ...found.differing.map((d) => [d.exchange, `${d.member}: ${d.a} in ${a}, ${d.b} in ${b}`]),
    ];
    tell(world, values.json, {
      json: JSON.stringify(found),
      lines: [
        `${found.a} exchanges in ${a}, ${found.b} in ${b}, ${found.both} in both.`,
        ...table(lists, '  '),
        ...(found.more > 0 ? [`  … and ${found.more} more`] : []),
      ],
    });
    return lists.length === 0 ? EXIT.ok : EXIT.refused;
  } finally {
    work.close();
  }
}

async function take(work: Reconciliation, side: Side, path: string): Promise<void> {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) throw new Error(`${path} does not exist`);
  if (file.isDirectory() || path.endsWith('.db')) return takeLedger(work, side, path);
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (text.trim() === '') continue;
    const parsed = line.safeParse(parse(text));
    if (!parsed.success) throw new Error(`${path}: line ${number} is no JSON object`);
    const { exchange, ...told } = parsed.data;
    // A call that named no exchange did not come through the gateway: it is told under its own line.
    work.add(side, exchange ?? `(no exchange, line ${number})`, comparable(told));
  }
  work.flush();
}

function comparable(told: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  const named = MEMBERS.flatMap((member): [string, string][] => {
    const value = told[member];
    return typeof value === 'string' ? [[member === 'outcome' ? 'result' : member, value]] : [];
  });
  const parsedLegs = legs.safeParse(told['legs']);
  const datasets = parsedLegs.success ? parsedLegs.data.map((leg) => leg.dataset) : [];
  const { dataset, entry, kind } = told;
  if (typeof dataset === 'string') datasets.push(dataset);
  const leaf: [string, string][] =
    typeof entry === 'string' && typeof kind === 'string' ? [[`entry ${kind}`, entry]] : [];
  return [...named, ...leaf, ...datasets.map((id): [string, string] => ['dataset', id])];
}

function takeLedger(work: Reconciliation, side: Side, path: string): void {
  const reader = openReader(path);
  try {
    for (let next = 0; ; ) {
      const stretch = reader.list(next, STRETCH);
      const last = stretch.at(-1);
      if (last === undefined) break;
      for (const { kind, exchange, entry } of stretch) {
        if (kind === 'asked' || kind === 'outcome') work.add(side, exchange, [[`entry ${kind}`, entry]]);
      }
      next = last.index + 1;
    }
    work.flush();
  } finally {
    reader.close();
  }
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
