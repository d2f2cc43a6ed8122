import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { sendJson } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let p: Partnership | undefined;
afterEach(async () => {
  await p?.stop();
  p = undefined;
});

test('a graceful stop finishes what is in flight, takes nothing new, and leaves no open intent', async () => {
  p = await startPartnership();
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  p.dealer.answerWith((_, response) => {
    asked.resolve();
    void gate.promise.then(() => sendJson(response, { sales: [] }));
  });
  const answer = p.ask('mara.lindqvist', question());
  await asked.promise;
  const began = performance.now();
  const stopped = p.gateway.stop();
  const refused = await new Promise<string>((resolve) => {
    request(`${p?.gateway.url}/v1/me`, () => resolve('answered'))
      .on('error', () => resolve('refused'))
      .end();
  });
  expect(refused).toBe('refused');
  gate.resolve();
  const { status, text } = await answer;
  expect(status).toBe(200);
  await stopped;
  // Kept-alive connections are let go as soon as they have their answer.
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(await p.verify(JSON.parse(text))).toMatchObject({ verified: true, open: 0 });
});

test('what was stopped starts again on the same log, and knows its exchanges', async () => {
  p = await startPartnership();
  const { body } = await p.ask('mara.lindqvist', question(), { 'idempotency-key': 'before' });
  await p.gateway.stop();
  await p.restart();
  const again = await p.ask('mara.lindqvist', question(), { 'idempotency-key': 'before' });
  expect(again.body.exchange).toBe(body.exchange);
  expect((await p.send(`/v1/exchanges/${body.exchange}`, 'mara.lindqvist')).status).toBe(200);
  expect(p.dealer.calls).toHaveLength(1);
  expect(p.entries().map((e) => e.kind)).toEqual(['rulebook', 'asked', 'outcome', 'rulebook']);
});
