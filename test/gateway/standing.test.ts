import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { masked } from './answer.ts';
import { sendJson } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

/** The dealer answers when `open` is called; `asked` resolves when it was asked. */
function dealerWaits() {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  p.dealer.answerWith((_, response) => {
    asked.resolve();
    void gate.promise.then(() => sendJson(response, { sales: [] }));
  });
  return { asked: asked.promise, open: gate.resolve };
}

describe('GET /v1/exchanges/{id}', () => {
  test('tells me how mine stands, with its receipt and without its data', async () => {
    const asked = await p.ask('mara.lindqvist', question());
    const { status, body, text } = await p.send(`/v1/exchanges/${asked.body.exchange}`, 'mara.lindqvist');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      exchange: asked.body.exchange,
      outcome: 'released',
      legs: [{ dataset: 'dealer-sales', holder: 'northgate-motors', state: 'released' }],
    });
    expect(text).not.toContain('Fennimore');
    expect(body.receipt?.digest).toBe(asked.body.receipt?.digest);
    expect(await p.verify(body.receipt)).toMatchObject({ verified: true });
  });

  test("another's exchange, an unknown one and a malformed id are the same 404", async () => {
    const asked = await p.ask('mara.lindqvist', question());
    const answers = [
      await p.send(`/v1/exchanges/${asked.body.exchange}`, 'joris.maes'),
      await p.send(`/v1/exchanges/${asked.body.exchange}`, 'tomas.brandt'),
      await p.send('/v1/exchanges/01ARZ3NDEKTSV4RRFFQ69G5FAV', 'joris.maes'),
      await p.send('/v1/exchanges/unknown', 'joris.maes'),
    ];
    expect(answers.map((a) => a.status)).toEqual([404, 404, 404, 404]);
    expect(answers[0]?.body.code).toBe('exchange/unknown');
    expect(new Set(answers.map(masked)).size).toBe(1);
    expect(new Set(answers.map((a) => a.headers.get('content-length'))).size).toBe(1);
  });

  test('says open while a holder is still asked', async () => {
    const { asked, open } = dealerWaits();
    const answer = p.ask('mara.lindqvist', question());
    await asked;
    const id = p.entries().findLast((entry) => entry.kind === 'asked')?.exchange;
    const { body } = await p.send(`/v1/exchanges/${id}`, 'mara.lindqvist');
    expect(body).toEqual({
      exchange: id,
      outcome: 'open',
      legs: [{ dataset: 'dealer-sales', holder: 'northgate-motors', state: 'open' }],
    });
    open();
    expect((await answer).body.exchange).toBe(id);
  });
});

describe('Idempotency-Key', () => {
  test('while the first is under way: 409; another body: 422', async () => {
    const { asked, open } = dealerWaits();
    const key = { 'idempotency-key': 'while-open' };
    const first = p.ask('mara.lindqvist', question(), key);
    await asked;
    const again = await p.ask('mara.lindqvist', question(), key);
    expect([again.status, again.body.code]).toEqual([409, 'idempotency/in-progress']);
    const other = await p.ask('mara.lindqvist', question({ justification: 'another' }), key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency/mismatch']);
    open();
    expect((await first).status).toBe(200);
  });

  test('once closed: state and receipt, never the data again, and nobody is asked', async () => {
    const key = { 'idempotency-key': 'once-closed' };
    const first = await p.ask('mara.lindqvist', question(), key);
    const calls = p.dealer.calls.length;
    const again = await p.ask('mara.lindqvist', question(), key);
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toMatchObject({ exchange: first.body.exchange, outcome: 'released' });
    expect(again.body.receipt?.digest).toBe(first.body.receipt?.digest);
    expect(again.text).not.toContain('records');
    expect(again.text).not.toContain('Fennimore');
    expect(p.dealer.calls.length).toBe(calls);
    const other = await p.ask('mara.lindqvist', question({}, { output: 'hit' }), key);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency/mismatch']);
    expect(p.dealer.calls.length).toBe(calls);
  });

  test('belongs to one person', async () => {
    const key = { 'idempotency-key': 'shared' };
    const mara = await p.ask('mara.lindqvist', question(), key);
    const joris = await p.ask('joris.maes', question({ project: 'op-slipway', case: 'HP/26/00042' }), key);
    expect(mara.status).toBe(200);
    expect([409, 422]).not.toContain(joris.status);
    expect(joris.body.exchange).not.toBe(mara.body.exchange);
    expect(joris.headers.get('idempotency-replayed')).toBeNull();
  });

  test.each(['', 'with blank', 'x'.repeat(129)])('of another form (%j) is a bad request', async (key) => {
    const { status, body } = await p.ask('mara.lindqvist', question(), { 'idempotency-key': key });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: 'Idempotency-Key', code: 'request/malformed' }]);
  });
});
