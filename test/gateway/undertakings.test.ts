import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Partnership, question, type Subject, startPartnership } from './partnership.ts';

let p: Partnership;
beforeAll(async () => {
  p = await startPartnership();
});
afterAll(() => p.stop());

const SLIPWAY = { project: 'op-slipway', case: 'HP/26/00042' };
const me = z.object({
  undertakings: z.array(z.looseObject({ id: z.string(), version: z.int(), accepted: z.string().nullable() })),
});

const ask = () => p.ask('joris.maes', question(SLIPWAY));

function accept(as: Subject, body: unknown, id = 'confidentiality') {
  return p.send(`/v1/me/undertakings/${id}`, as, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function standing(as: Subject) {
  const { text } = await p.send('/v1/me', as);
  return me.parse(JSON.parse(text)).undertakings.map(({ id, version, accepted }) => [id, version, accepted !== null]);
}

function entriesOf(kind: string) {
  return p.entries().filter((entry) => entry.kind === kind);
}

async function expectRefused() {
  const calls = p.dealer.calls.length;
  const { status, body } = await ask();
  expect([status, body.legs?.[0]?.code]).toEqual([403, 'people/undertaking']);
  expect(body.legs?.[0]?.findings?.people).toMatchObject({ verdict: 'refuse', rule: 'P3' });
  expect(p.dealer.calls.length).toBe(calls);
}

test('before it is accepted, no question of those who owe it reaches a holder', async () => {
  expect(await standing('joris.maes')).toEqual([['confidentiality', 1, false]]);
  await expectRefused();
  // Kestrel owes no undertaking.
  expect((await p.ask('mara.lindqvist', question())).status).toBe(200);
});

test('a version that is not the present one, an unknown one and a body that is none are refused, and count for nothing', async () => {
  for (const version of [0, 2, 1.5, '1', null]) {
    const { status, body } = await accept('joris.maes', { version });
    expect([status, body.code]).toEqual(version === 2 ? [409, 'undertaking/version'] : [400, 'request/malformed']);
  }
  expect((await accept('joris.maes', {})).status).toBe(400);
  expect((await accept('joris.maes', { version: 1, for: 'nils-okafor' })).status).toBe(400);
  const unknown = await accept('joris.maes', { version: 1 }, 'secrecy');
  expect([unknown.status, unknown.body.code]).toEqual([404, 'undertaking/unknown']);
  const nobody = await accept('nobody.registered', { version: 1 });
  expect([nobody.status, nobody.body.code]).toEqual([403, 'people/unregistered']);
  expect(entriesOf('undertaking')).toEqual([]);
  await expectRefused();
});

test('accepted, it lets that person ask, and nobody else; it is one entry with who and which version', async () => {
  const { status, text } = await accept('joris.maes', { version: 1 });
  expect(status).toBe(200);
  const [entry, ...more] = entriesOf('undertaking');
  expect(more).toEqual([]);
  expect(JSON.parse(text)).toMatchObject({ undertaking: 'confidentiality', version: 1, entry: entry?.index });
  expect(entry?.details).toMatchObject({
    who: { person: 'joris-maes', partner: 'harbour-police', subject: 'joris.maes' },
    undertaking: { id: 'confidentiality', version: 1 },
  });
  expect((await ask()).status).toBe(200);
  expect(await standing('joris.maes')).toEqual([['confidentiality', 1, true]]);
  expect(await standing('mara.lindqvist')).toEqual([['confidentiality', 1, false]]);
  expect(await standing('nils.okafor')).toEqual([['confidentiality', 1, false]]);
});

test('accepted once more, it is recorded once more', async () => {
  expect((await accept('joris.maes', { version: 1 })).status).toBe(200);
  expect(entriesOf('undertaking')).toHaveLength(2);
});

test('it holds after a restart', async () => {
  await p.running().stop();
  await p.restart();
  expect(await standing('joris.maes')).toEqual([['confidentiality', 1, true]]);
  expect((await ask()).status).toBe(200);
});

test('a new version asks again; what was accepted before is no acceptance of it', async () => {
  await p.running().stop();
  const file = join(p.config, 'agreements.yaml');
  const text = readFileSync(file, 'utf8');
  expect(text.split('version: 1')).toHaveLength(2);
  writeFileSync(file, text.replace('version: 1', 'version: 2'));
  await p.restart();
  expect(await standing('joris.maes')).toEqual([['confidentiality', 2, false]]);
  await expectRefused();
  const old = await accept('joris.maes', { version: 1 });
  expect([old.status, old.body.code]).toEqual([409, 'undertaking/version']);
  await expectRefused();
  expect((await accept('joris.maes', { version: 2 })).status).toBe(200);
  expect((await ask()).status).toBe(200);
  expect(entriesOf('undertaking')).toHaveLength(3);
  expect(await p.verify()).toMatchObject({ verified: true, open: 0 });
});

test('what two agreements ask for is one undertaking', async () => {
  await p.running().stop();
  const file = join(p.config, 'agreements.yaml');
  const text = readFileSync(file, 'utf8');
  const [, agreement = ''] = /^agreements:\n((?: {2}.*\n|\n)+)/m.exec(text) ?? [];
  const second = agreement.replace('id: vehicle-tracing', 'id: boat-tracing');
  expect(second).not.toBe(agreement);
  const slipway = /- id: op-slipway\n(?: {4}.*\n)+/.exec(text)?.[0] ?? '';
  const other = slipway.replace('op-slipway', 'op-quay').replace('vehicle-tracing', 'boat-tracing');
  expect(other).not.toBe(slipway);
  writeFileSync(file, text.replace(agreement, `${agreement}${second}`).replace(slipway, `${slipway}  ${other}`));
  for (const end of ['.csv', '.expected.csv']) {
    const page = readFileSync(join(p.config, '../policies', `vehicle-tracing${end}`), 'utf8');
    const words = page.replaceAll('vehicle-tracing', 'boat-tracing').replaceAll('op-slipway', 'op-quay');
    writeFileSync(join(p.config, '../policies', `boat-tracing${end}`), words);
  }
  await p.restart();
  expect(await standing('joris.maes')).toEqual([['confidentiality', 2, true]]);
});
