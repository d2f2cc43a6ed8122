import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bundleShape, verifyBundle } from '../../src/ledger/bundle.ts';
import { type NoteVerifier, parseVerifierKey } from '../../src/ledger/note.ts';
import { masked } from './answer.ts';
import { SOLD, sendJson } from './dealer.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

let p: Partnership;
let verifier: NoteVerifier;
beforeAll(async () => {
  p = await startPartnership();
  const parsed = parseVerifierKey(p.gateway.key);
  if (parsed === undefined) throw new Error('no verifier key');
  verifier = parsed;
});
afterEach(() => p.dealer.answerWith());
afterAll(() => p.stop());

async function proofOf(exchange: string | undefined) {
  const { status, text } = await p.send(`/v1/exchanges/${exchange}/proof`, 'mara.lindqvist');
  expect(status).toBe(200);
  return { text, bundle: bundleShape.parse(JSON.parse(text)) };
}

test('an answered exchange: both entries, its answer and version, to be checked with the key alone', async () => {
  const asked = await p.ask('mara.lindqvist', question());
  const { text, bundle } = await proofOf(asked.body.exchange);
  const found = verifyBundle(bundle, verifier, { receipt: JSON.parse(asked.text) });
  expect(found).toMatchObject({ verified: true, entries: 2, open: 0, firstBad: null });
  expect(bundle.entries.map(({ entry }) => JSON.parse(entry).kind)).toEqual(['asked', 'outcome']);
  expect(bundle.answer?.digest).toBe(asked.body.receipt?.digest);
  expect(bundle.rulebook).toBe(asked.body.rulebook);
  for (const word of ['mara', 'lindqvist', 'Fennimore', SOLD, 'dealer-sales']) expect(text).not.toContain(word);
});

test('of another exchange the receipt is not', async () => {
  const [one, other] = [await p.ask('mara.lindqvist', question()), await p.ask('mara.lindqvist', question())];
  const { bundle } = await proofOf(one.body.exchange);
  expect(verifyBundle(bundle, verifier, { receipt: JSON.parse(other.text) })).toMatchObject({
    firstBad: { code: 'receipt/entry' },
  });
});

test('a refusal has an outcome and its version, and nothing that was asked', async () => {
  const refused = await p.ask('mara.lindqvist', question({ purpose: 'CrimeDetection' }));
  const { bundle } = await proofOf(refused.body.exchange);
  expect(verifyBundle(bundle, verifier)).toMatchObject({ verified: true, entries: 1, open: 0 });
  expect(bundle.rulebook).toBe(refused.body.rulebook);
});

test('an exchange that is still open has proof of what was asked', async () => {
  const held = Promise.withResolvers<string>();
  const gate = Promise.withResolvers<void>();
  p.dealer.answerWith((_, response) => {
    held.resolve(p.entries().findLast(({ kind }) => kind === 'asked')?.exchange ?? '');
    void gate.promise.then(() => sendJson(response, { sales: [] }));
  });
  const answer = p.ask('mara.lindqvist', question());
  const { bundle } = await proofOf(await held.promise);
  gate.resolve();
  await answer;
  expect(bundle.answer).toBeNull();
  expect(bundle.rulebook).toMatch(/^sha256:/);
  expect(verifyBundle(bundle, verifier)).toMatchObject({ verified: true, entries: 1, open: 1 });
});

test("another's, an unknown one and a malformed id are the same 404", async () => {
  const asked = await p.ask('mara.lindqvist', question());
  const unread = p.entries().find(({ kind }) => kind === 'rulebook')?.exchange;
  const answers = [
    await p.send(`/v1/exchanges/${asked.body.exchange}/proof`, 'joris.maes'),
    await p.send(`/v1/exchanges/${asked.body.exchange}/proof`, 'tomas.brandt'),
    // An entry of the log that is no exchange.
    await p.send(`/v1/exchanges/${unread}/proof`, 'mara.lindqvist'),
    await p.send('/v1/exchanges/01ARZ3NDEKTSV4RRFFQ69G5FAV/proof', 'joris.maes'),
    await p.send('/v1/exchanges/unknown/proof', 'joris.maes'),
  ];
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [404, 'exchange/unknown']));
  expect(new Set(answers.map(masked)).size).toBe(1);
  expect(new Set(answers.map((a) => a.headers.get('content-length'))).size).toBe(1);
  expect((await p.send(`/v1/exchanges/${asked.body.exchange}/proof`, null)).status).toBe(401);
});
