import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const PROGRAM = new URL('../../demo/demo.ts', import.meta.url).pathname;

/** Runs `npm run demo -- …` to its end; the last line is the summary. */
export async function runDemo(
  args: readonly string[],
): Promise<{ code: number | null; lines: string[]; summary: Record<string, unknown> }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (part: Buffer) => {
    complaints += part.toString('utf8');
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const [code]: (number | null)[] = await once(child, 'close');
  const last = lines.at(-1);
  if (last === undefined || !last.startsWith('{')) throw new Error(`the demo ended with ${code}: ${complaints}`);
  return { code: code ?? null, lines, summary: JSON.parse(last) };
}

/** Starts `npm run demo -- --serve --json …` and reads its one line. */
export async function serveDemo(
  args: readonly string[],
): Promise<{ child: ChildProcess; serving: Record<string, unknown>; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [PROGRAM, '--serve', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  const [line]: string[] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => ['{}']),
  ]);
  return { child, serving: JSON.parse(line ?? '{}'), ended };
}
