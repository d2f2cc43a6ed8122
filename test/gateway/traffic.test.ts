import { createServer, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startServer } from '../../src/gateway/server.ts';

test('a server tells how many requests came, and how many of them wait', async () => {
  const waiting: ServerResponse[] = [];
  const server = createServer((_req, res) => waiting.push(res));
  const running = await startServer(server, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => running.stop(0));
  expect(running.traffic()).toEqual({ arrived: 0, underWay: 0 });
  const given = new AbortController();
  const answers = [fetch(running.url), fetch(running.url, { signal: given.signal }).catch(() => null)];
  await vi.waitUntil(() => waiting.length === 2);
  expect(running.traffic()).toEqual({ arrived: 2, underWay: 2 });
  given.abort();
  await vi.waitUntil(() => running.traffic().underWay === 1);
  for (const res of waiting) res.end();
  await Promise.all(answers);
  await vi.waitUntil(() => running.traffic().underWay === 0);
  expect(running.traffic().arrived).toBe(2);
});
