import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { giveUp } from '../../src/gateway/exchange-door.ts';
import type { LogLine } from '../../src/gateway/ports.ts';
import { startServer } from '../../src/gateway/server.ts';

/** A server at which every request fails beyond telling. */
async function hopeless(log: LogLine): Promise<string> {
  const server = createServer((_req, res) => giveUp(log, res, new Error('the answer cannot be written')));
  const { url, stop } = await startServer(server, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => stop(0));
  return url;
}

test('an error that cannot be told to the asker is told to operators, and the connection ends', async () => {
  const lines: Parameters<LogLine>[] = [];
  const url = await hopeless((...line) => void lines.push(line));
  await expect(fetch(url)).rejects.toThrow();
  expect(lines).toEqual([['defect', { error: expect.stringContaining('the answer cannot be written') }]]);
});

test('the connection ends also where nothing can be logged', async () => {
  const url = await hopeless(() => {
    throw new Error('the log is closed');
  });
  await expect(fetch(url)).rejects.toThrow();
});
