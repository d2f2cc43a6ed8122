import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const LOG = new URL('../../src/wiring/operational-log.ts', import.meta.url).href;

/** A program that writes `lines` lines of exchanges and then one that somebody waits for. */
function program(lines: number): string {
  return `
    import { openOperationalLog } from '${LOG}';
    const log = openOperationalLog();
    for (let i = 0; i < ${lines}; i++) log.busy({ event: 'exchange', i });
    log.now({ event: 'done' });
  `;
}

test('every line arrives whole and in order, however many wait for each other', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(20_000)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await once(child, 'close');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): { event: string; i?: number } => JSON.parse(line));
  expect(lines).toHaveLength(20_001);
  expect(lines.slice(0, -1).every(({ event, i }, place) => event === 'exchange' && i === place)).toBe(true);
  expect(lines.at(-1)?.event).toBe('done');
});

test('a reader that reads nothing stops nobody', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(20_000)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.pause();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  child.stdout.destroy();
});

test('a line that waits is written as pino writes it', async () => {
  const fields = `{ event: 'exchange', text: 'a"b\\u2014\\n', none: undefined, nothing: null, legs: [{ dataset: 'd', code: 1.5 }] }`;
  const both = `import { openOperationalLog } from '${LOG}'; const log = openOperationalLog(); log.busy(${fields}); log.now(${fields});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', both], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await once(child, 'close');
  const [waiting, awaited, ...more] = text
    .split('\n')
    .map((line) => line.replace(/"time":"[\d-]{10}T[\d:.]{12}Z"/, '"time":"…"'));
  expect(more).toEqual(['']);
  expect(waiting).toContain('"level":30,"time":"…","event":"exchange"');
  expect(waiting).toBe(awaited);
});
