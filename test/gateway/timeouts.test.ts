import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SOLD, sale, sendJson } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

/** The gateway waits no longer than this for the dealer. */
const PATIENCE_MS = 700;

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership({ 'datasets.yaml': [['timeoutMs: 5000', `timeoutMs: ${PATIENCE_MS}`]] });
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

const BOTH = { datasets: ['dealer-sales', 'tidewater-sales'] };
const outcomes = () => p.entries().filter((entry) => entry.kind === 'outcome');

/** The dealer answers when `open` is called; `asked` resolves when `calls` questions have reached it. */
function dealerWaits(calls = 1) {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let left = calls;
  p.dealer.answerWith((_, response) => {
    if (--left === 0) asked.resolve();
    void gate.promise.then(() => sendJson(response, { sales: [sale(SOLD)] }));
  });
  return { asked: asked.promise, open: gate.resolve };
}

describe('a holder that is slow', () => {
  test.each<[string, Parameters<typeof p.dealer.answerWith>[0]]>([
    ['to answer at all', () => undefined],
    [
      'after its head',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
    ],
    [
      'in the middle of its answer',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"sales":['),
    ],
  ])('%s is a fault after its time, recorded, and its leg alone', async (_, listener) => {
    p.dealer.answerWith(listener);
    const began = performance.now();
    const answer = await p.ask('mara.lindqvist', question({}, BOTH));
    const took = performance.now() - began;
    expect(answer.body.legs?.map(({ state, code }) => [state, code])).toEqual([
      ['fault', 'holder/timeout'],
      ['none', undefined],
    ]);
    expect(answer.body.outcome).toBe('partial');
    // The timers of the HTTP client are coarse; what matters is that it waited, and not for ever.
    expect(took).toBeGreaterThan(PATIENCE_MS / 2);
    expect(took).toBeLessThan(PATIENCE_MS + 3_000);
    expect(await p.verify(JSON.parse(answer.text))).toMatchObject({ verified: true, open: 0 });
  });

  test('alone: 502, and the same key later tells what became of it without asking again', async () => {
    p.dealer.answerWith(() => undefined);
    const key = { 'idempotency-key': 'too-slow' };
    const first = await p.ask('mara.lindqvist', question(), key);
    expect([first.status, first.body.code]).toEqual([502, 'holder/fault']);
    p.dealer.answerWith();
    const calls = p.dealer.calls.length;
    const again = await p.ask('mara.lindqvist', question(), key);
    expect(again.body).toMatchObject({ exchange: first.body.exchange, outcome: 'fault' });
    expect(p.dealer.calls.length).toBe(calls);
  });

  test('its late answer goes nowhere', async () => {
    const { open } = dealerWaits();
    const answer = await p.ask('mara.lindqvist', question());
    open();
    expect(answer.status).toBe(502);
    const next = await p.ask('mara.lindqvist', question({}, { by: { vin: 'TMBJJ7NE8G0999999' } }));
    expect(next.text).not.toContain('Fennimore');
    expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
  });

  test('many of them at once are each told so, and the gateway answers others meanwhile', async () => {
    p.dealer.answerWith(() => undefined);
    const slow = Array.from({ length: 10 }, () => p.ask('mara.lindqvist', question({}, { output: 'hit' })));
    const other = await p.ask('mara.lindqvist', question({}, { output: 'hit', datasets: ['tidewater-sales'] }));
    expect(other.body.outcome).toBe('none');
    expect((await Promise.all(slow)).map(({ body }) => body.legs?.[0]?.code)).toEqual(slow.map(() => 'holder/timeout'));
  });
});

describe('a client that gives up', () => {
  test('leaves an exchange that is finished and recorded; its key tells how it stands', async () => {
    const { asked, open } = dealerWaits();
    // Signed in beforehand, so that it is the question that is given up.
    await p.access('mara.lindqvist');
    const controller = new AbortController();
    const before = outcomes().length;
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'given-up' },
      body: JSON.stringify(question()),
    };
    const lost = expect(
      p.send('/v1/exchanges', 'mara.lindqvist', { ...init, signal: controller.signal }),
    ).rejects.toThrow();
    await asked;
    controller.abort();
    await lost;
    const early = await p.send('/v1/exchanges', 'mara.lindqvist', init);
    expect([early.status, early.body.code]).toEqual([409, 'idempotency/in-progress']);
    open();
    await vi.waitFor(() => expect(outcomes()).toHaveLength(before + 1), { timeout: 5_000, interval: 10 });
    const calls = p.dealer.calls.length;
    const again = await p.send('/v1/exchanges', 'mara.lindqvist', init);
    expect(again.body.outcome).toBe('released');
    expect(again.text).not.toContain('Fennimore');
    expect(p.dealer.calls.length).toBe(calls);
  });

  test('in the middle of its body holds nothing up, and asks nobody', async () => {
    const { hostname, port } = new URL(p.gateway.url);
    const calls = p.dealer.calls.length;
    const token = await p.token('mara.lindqvist');
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        const head = `POST /v1/exchanges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`;
        socket.write(`${head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"project":`, () => {
          socket.destroy();
          resolve();
        });
      });
      socket.on('error', reject);
    });
    expect((await p.ask('mara.lindqvist', question({}, { output: 'hit' }))).status).toBe(200);
    expect(p.dealer.calls.length).toBe(calls + 1);
  });
});

test('one key, sent many times at once: one exchange, one call, and the data once', async () => {
  const { asked, open } = dealerWaits();
  const calls = p.dealer.calls.length;
  const key = { 'idempotency-key': 'all-at-once' };
  const all = Array.from({ length: 20 }, () => p.ask('mara.lindqvist', question(), key));
  await asked;
  open();
  const answers = await Promise.all(all);
  expect(answers.filter(({ text }) => text.includes('Fennimore'))).toHaveLength(1);
  // Who comes while it is under way is told so; who comes after it is told how it stands.
  for (const { status } of answers) expect([200, 409]).toContain(status);
  expect(new Set(answers.flatMap(({ status, body }) => (status === 200 ? [body.exchange] : []))).size).toBe(1);
  expect(p.dealer.calls.length).toBe(calls + 1);
});
