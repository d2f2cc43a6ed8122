import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Fault } from '../../src/domain/faults.ts';
import type { Clock } from '../../src/domain/time.ts';
import { createExchange, release } from '../../src/exchange.ts';
import { receiptFor } from '../../src/ledger/receipt.ts';
import type { Rulebook } from '../../src/rulebook/rulebook.ts';
import { NO_DIGEST } from '../builders.ts';
import { type Dealer, sendJson, startDealer } from '../gateway/dealer.ts';
import { ADA, attested, CIRCUMSTANCES, DATASET, ENQUIRY, rulebookOf } from '../safes/workshop.ts';
import { conduct, openRig, type Rig, rulesetOf, submissionOf } from './rig.ts';

/** The order of effects: intent before the question, outcome before the answer. */

const PAGE = [
  'people,P1,role:investigator,any dataset,not suspended,allow,-',
  'projects,J1,partner:police,any dataset,-,allow,-',
  'settings,S1,anyone,any dataset,-,allow,-',
  'data,D1,anyone,sales/name,-,allow,keep',
  'outputs,O1,anyone,sales (records),rows<=3,allow,release',
].join('\n');
const RECORD = { id: ENQUIRY.by.value, src: { name: 'S3CRET' } };

let rig: Rig;
let dealer: Dealer;
let rulebook: Rulebook;
let here: typeof CIRCUMSTANCES;
beforeAll(async () => {
  [rig, dealer, rulebook] = await Promise.all([openRig(), startDealer(), rulebookOf(PAGE)]);
  const connector = { kind: 'http', baseUrl: dealer.url, lookups: { vin: '/{value}' }, records: 'records' } as const;
  here = { ...CIRCUMSTANCES, dataset: { ...DATASET, connector } };
});
afterEach(() => dealer.answerWith());
afterAll(async () => {
  await Promise.all([rig.close(), dealer.stop()]);
});

test('when the holder hears of the question, the intent is in the log; when the asker gets the answer, so is the outcome', async () => {
  const seen: string[] = [];
  dealer.answerWith((_, response) => {
    const entries = rig.entries();
    const exchange = entries.at(-1)?.exchange;
    seen.push(...entries.flatMap((entry) => (entry.exchange === exchange ? [entry.kind] : [])));
    sendJson(response, { records: [RECORD] });
  });
  const { body, exchange, outcome } = await conduct(rig, rulebook, here);
  expect(seen).toEqual(['asked']);
  expect(outcome).toBe('released');
  expect(body).toContain('S3CRET');
  const written = rig.entries().filter((entry) => entry.exchange === exchange);
  expect(written.map((entry) => entry.kind)).toEqual(['asked', 'outcome']);
  expect(JSON.stringify(written)).not.toContain('S3CRET');
});

test('what changed between decision and question ends the leg: nobody is asked', async () => {
  const suspended = { ...here, person: { ...ADA, suspensions: [attested('inquiry')] } };
  const { stillPermits } = rulesetOf(rulebook, suspended);
  const before = dealer.calls.length;
  const { legs, outcome } = await conduct(rig, rulebook, here, {
    ruleset: () => ({ ...rulesetOf(rulebook, here), stillPermits }),
  });
  expect(outcome).toBe('fault');
  expect(legs).toMatchObject([{ state: 'fault', code: 'exchange/not-in-force' }]);
  expect(dealer.calls.length).toBe(before);
});

test('an error that nobody foresaw stays in its leg, and is told to operators alone', async () => {
  const told = rig.defects.length;
  const { legs, body } = await conduct(rig, rulebook, here, {
    fetch: () => Promise.reject(new Error('S3CRET of the connector')),
  });
  expect(legs).toMatchObject([{ state: 'fault', code: 'exchange/internal' }]);
  expect(body).not.toContain('S3CRET');
  expect(rig.defects.slice(told)).toMatchObject([{ message: 'S3CRET of the connector' }]);
});

test('a fault of the holder is told as what it is, and is no defect', async () => {
  const told = rig.defects.length;
  const { legs } = await conduct(rig, rulebook, here, { fetch: () => Promise.reject(new Fault('holder/timeout')) });
  expect(legs).toMatchObject([{ state: 'fault', code: 'holder/timeout' }]);
  expect(rig.defects.length).toBe(told);
});

test('a clock that fails under way ends the leg', async () => {
  const { clock } = rig.ports;
  let looks = 0;
  const failing: Clock = {
    ...clock,
    now: () => {
      if (++looks > 1) throw new Fault('clock/untrusted');
      return clock.now();
    },
  };
  const before = dealer.calls.length;
  const { legs } = await conduct(rig, rulebook, here, { clock: failing });
  expect(legs).toMatchObject([{ state: 'fault', code: 'clock/untrusted' }]);
  expect(dealer.calls.length).toBe(before);
});

test('where the outcome cannot be recorded nothing is released, and the intent is closed as interrupted', async () => {
  const own = await openRig();
  try {
    dealer.answerWith((_, response) => {
      void own.ledger.close().then(() => sendJson(response, { records: [RECORD] }));
    });
    await expect(conduct(own, rulebook, here)).rejects.toMatchObject({ code: 'ledger/unavailable' });
    expect(own.entries().map((entry) => entry.kind)).toEqual(['asked']);
  } finally {
    await own.close();
  }
});

test('where the intent cannot be recorded nobody is asked', async () => {
  const own = await openRig();
  const before = dealer.calls.length;
  await own.ledger.close();
  await expect(conduct(own, rulebook, here)).rejects.toMatchObject({ code: 'ledger/unavailable' });
  expect(dealer.calls.length).toBe(before);
  await own.close();
});

test('a refused question writes one outcome, and no intent', async () => {
  const { exchange, outcome } = await conduct(rig, rulebook, { ...here, person: { ...ADA, roles: [] } });
  expect(outcome).toBe('refused');
  expect(rig.entries().filter((entry) => entry.exchange === exchange)).toMatchObject([{ kind: 'outcome' }]);
});

test('the same exchange is never asked twice', async () => {
  const submission = submissionOf(here);
  const ask = createExchange({
    ...rig.ports,
    ruleset: () => rulesetOf(rulebook, here),
    fetch: () => Promise.reject(new Fault('holder/unreachable')),
  });
  await ask(submission);
  await expect(ask(submission)).rejects.toMatchObject({ code: 'ledger/unavailable' });
});

test("nothing leaves on another answer's receipt", async () => {
  const { exchange, legs, outcome } = await conduct(rig, rulebook, here, {
    fetch: () => Promise.reject(new Fault('holder/unreachable')),
  });
  const appended = await rig.ledger.append({ kind: 'reading', exchange, accountability: {}, subject: null });
  const receipt = receiptFor(appended, NO_DIGEST);
  const answer = { text: '[]', digest: `sha256:${'1'.repeat(64)}` } as const;
  expect(() => release(receipt, answer, { exchange, legs, outcome, rulebook: NO_DIGEST })).toThrow('another answer');
});
