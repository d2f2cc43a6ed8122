/**
 * `npm run bench -- NAME`: measures one thing side by side with what it is compared to. Says on standard error what was
 * included, ends with one line of JSON on standard output, and keeps the same in bench/results/NAME.json.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, resultOf } from './result.ts';

const HERE = import.meta.dirname;

function names(): string[] {
  const inside = readdirSync(HERE).flatMap((file) => /^([a-z-]+)\.ts$/.exec(file)?.[1] ?? []);
  return inside.filter((name) => name !== 'bench' && name !== 'result');
}

async function main(name: string | undefined): Promise<void> {
  if (name === undefined || !names().includes(name)) {
    process.stderr.write(`usage: npm run bench -- NAME, one of: ${names().join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const { bench }: { readonly bench: Bench } = await import(join(HERE, `${name}.ts`));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const result = resultOf(name, bench, await bench.run(say));
  writeFileSync(join(HERE, 'results', `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

await main(process.argv[2]);
