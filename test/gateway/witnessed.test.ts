import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { createWitness, loadWitness, witnessMemory } from '../../src/adapters/sqlite/witness-key.ts';
import { openWitnessStore } from '../../src/adapters/sqlite/witness-store.ts';
import { cosignaturesIn, parseWitnessKey } from '../../src/ledger/cosignature.ts';
import { parseVerifierKey } from '../../src/ledger/note.ts';
import { type RunningWitness, serveWitness } from '../../src/witness/server.ts';
import { temporary } from '../cli/command.ts';
import { type Partnership, question, startPartnership } from './partnership.ts';

const ORIGIN = `origin: gateway.example/five-safes`;
let p: Partnership;
let witness: RunningWitness;
let key: string;
let serve: (port: number) => Promise<RunningWitness>;
/** The log's keys are known once the gateway has some; the witness asks for them by request. */
let logKey = createKeys(join(temporary(), 'keys'), 'gateway.example/five-safes').verifierKey;

beforeAll(async () => {
  const state = join(temporary(), 'witness');
  key = createWitness(state, 'witness.example/kestrel');
  serve = (port) =>
    serveWitness(
      {
        memory: openWitnessStore(witnessMemory(state)),
        signer: loadWitness(state).signer,
        keysOf: (origin) => [parseVerifierKey(logKey)].flatMap((known) => (known?.name === origin ? [known] : [])),
        origins: ['gateway.example/five-safes'],
        now: Date.now,
        log: () => undefined,
      },
      { host: '127.0.0.1', port },
    );
  witness = await serve(0);
  const settings = `{name: kestrel, url: '${witness.url}', key: '${key}'}`;
  p = await startPartnership({
    'gateway.yaml': [[ORIGIN, `${ORIGIN}\n  witnesses: [${settings}]\n  quorum: 1\n  stopAfter: 1h`]],
  });
});
afterAll(async () => {
  await p.stop();
  await witness.stop();
  vi.restoreAllMocks();
});

const ready = async () => (await fetch(`${p.gateway.ops}/readyz`)).json();
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

test('without the word of its witnesses nothing is asked; with it, all goes on, and one entry tells of it', async () => {
  // The witness does not trust the key of this log yet.
  const refused = await p.ask('mara.lindqvist', question());
  expect([refused.status, refused.body.code]).toEqual([503, 'ledger/unwitnessed']);
  expect(p.dealer.calls).toHaveLength(0);
  expect((await fetch(`${p.gateway.url}/checkpoint/witnessed`)).status).toBe(404);
  expect((await fetch(`${p.gateway.ops}/readyz`)).status).toBe(503);

  logKey = p.keys.verifierKey;
  await until(async () => expect((await fetch(`${p.gateway.ops}/readyz`)).status).toBe(200));
  const answer = await p.ask('mara.lindqvist', question());
  expect(answer.status).toBe(200);
  const outages = p.entries().filter(({ kind }) => kind === 'outage');
  expect(outages.map(({ details }) => details)).toEqual([
    expect.objectContaining({ code: 'ledger/unwitnessed', turnedAway: 1 }),
  ]);

  // Asked again, the receipt leads to a checkpoint that the witness signed.
  await until(async () => {
    const again = await p.send(`/v1/exchanges/${answer.body.exchange}`, 'mara.lindqvist');
    expect(again.body.receipt).toMatchObject({ witnessed: true });
    const verifier = parseWitnessKey(key);
    if (verifier === undefined) throw new Error('no key');
    const { checkpoint } = JSON.parse(again.text).receipt;
    expect(cosignaturesIn(checkpoint, [verifier])).toHaveLength(1);
    expect(await p.verify(JSON.parse(again.text).receipt)).toMatchObject({ verified: true });
    expect(await (await fetch(`${p.gateway.url}/checkpoint`)).text()).toContain('— witness.example/kestrel ');
    expect(await (await fetch(`${p.gateway.url}/checkpoint/witnessed`)).text()).toContain('— witness.example/kestrel ');
  });
  expect(JSON.stringify(await ready())).toContain('"name":"kestrel"');
  expect((await fetch(`${p.gateway.url}/log-keys`)).status).toBe(404);
});
