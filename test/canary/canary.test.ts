import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fiveSafes, temporary } from '../cli/command.ts';
import type { Answer } from '../gateway/answer.ts';
import { ABSENT } from '../gateway/dealer.ts';
import { type Partnership, question, type Subject, startPartnership } from '../gateway/partnership.ts';
import { type Northgate, startNorthgate } from '../gateway/stewards.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { asCancelled, faultyAnswers, having, joinMarina, salesBook, spoil } from './holders.ts';
import { createPlanting, plantedSale } from './planted.ts';
import { filesBelow, found, type Place, text } from './scan.ts';

const SEED = Number(process.env['CANARY_SEED'] ?? Date.now() % 1_000_000);
const DATASETS = ['dealer-sales', 'tidewater-sales'];

describe(`what was planted is nowhere but in the answers that may hold it (CANARY_SEED=${SEED})`, () => {
  const planting = createPlanting(SEED);
  const { word } = planting;
  const car = plantedSale(planting, 'sold', true);
  const cancelled = plantedSale(planting, 'cancelled', false);
  const crowd = plantedSale(planting, 'one of too many', false);
  const faulty = plantedSale(planting, 'in a fault', false);
  const booked = plantedSale(planting, 'in a file', true);
  const misspelt = { ...plantedSale(planting, 'misspelt in a file', false), born: word('day in a file that is none') };
  const slow = plantedSale(planting, 'on the way in a crash', false);
  const paused = plantedSale(planting, 'on the way in a pause', false);

  let northgate: Northgate;
  let p: Partnership;
  let gateway: GatewayProcess;
  const logs: string[] = [];
  const answers: Answer[] = [];
  const places: Place[] = [];
  const book = () => join(p.config, 'example/tidewater-sales.csv');

  beforeAll(async () => {
    northgate = await startNorthgate();
    p = await startPartnership(northgate.edits);
    await p.gateway.stop();
    writeFileSync(book(), salesBook(booked, misspelt));
    hull = joinMarina(p, planting);
    gateway = await startGatewayProcess(p);
  });
  afterAll(async () => {
    await p.stop();
    await northgate.stop();
  });
  let hull = '';

  const kept = async (answer: Promise<Answer>): Promise<Answer> => {
    answers.push(await answer);
    return answer;
  };
  const ask = (of: object, changes: object = {}, headers = {}, as: Subject = 'mara.lindqvist') =>
    kept(p.ask(as, question({ justification: `because of ${word('justification')}`, ...changes }, { ...of }), headers));
  const proxy = (path: string, init: RequestInit = {}) =>
    kept(
      p.send(`/proxy/dealer-sales${path}`, 'mara.lindqvist', {
        ...init,
        headers: {
          'five-safes-project': 'op-gearbox',
          'five-safes-purpose': 'SuspectedCrimeInvestigation',
          'five-safes-case': 'KP-2026-AB',
          'five-safes-justification': `because of ${word('justification through /proxy')}`,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      }),
    );
  const steward = (deed: 'pause' | 'resume') =>
    kept(northgate.post(p, 'hanna.sorel', `/v1/datasets/dealer-sales/${deed}`, { reason: word(`reason to ${deed}`) }));
  const operators = async () => {
    for (const path of ['/livez', '/readyz', '/metrics']) {
      const response = await fetch(`${gateway.ops}${path}`);
      const heads = JSON.stringify([...response.headers]);
      places.push(text(`${path} ${response.status}`, `${heads}\n${await response.text()}`));
    }
  };

  test('answers: records, hits, none, many, through /proxy, from a file and from a database', async () => {
    p.dealer.answerWith(having(car, asCancelled(cancelled), ...Array.from({ length: 21 }, () => crowd)));
    const said = [
      await ask({ by: { vin: car.vin } }),
      await ask({ by: { vin: car.vin.toLowerCase() }, output: 'hit' }),
      await ask({ by: { 'engine-number': car.engine } }),
      await ask({ by: { vin: car.vin }, datasets: DATASETS }),
      await ask({ by: { vin: booked.vin }, datasets: ['tidewater-sales'] }),
      await ask({ by: { 'hull-number': hull }, datasets: ['marina-sales'] }),
    ];
    expect(said.map(({ body }) => body.outcome)).toEqual(said.map(() => 'released'));
    for (const { text: told } of [said[0], said[2]].flatMap((answer) => answer ?? [])) {
      expect(told).toContain(car.sale.customer.fullName);
      expect(told).toContain('[phone]');
    }
    expect((await ask({ by: { vin: cancelled.vin } })).body.outcome).toBe('none');
    expect((await ask({ by: { vin: ABSENT } })).body.outcome).toBe('none');
    expect((await ask({ by: { vin: crowd.vin } })).body.legs?.[0]?.code).toBe('outputs/too-many-rows');
    expect((await proxy(`/sales/by-vin/${car.vin}`)).text).toContain(car.sale.customer.fullName);
    const search = { method: 'POST', body: JSON.stringify({ vin: car.vin }) };
    expect((await proxy('/sales/search', search)).text).toContain(car.sale.vehicle.make);
    expect((await proxy(`/sales/by-vin/${cancelled.vin}`)).text).toBe('{"sales":[]}');
    expect((await proxy(`/sales/by-vin/${crowd.vin}`)).status).toBe(403);
  });

  test('refusals, explanations, repetitions, standing and bad requests', async () => {
    const refused = [
      await ask({ by: { vin: car.vin } }, { case: word('case reference') }),
      await ask({ by: { vin: car.vin } }, { project: 'op-slipway' }),
      await ask({ by: { vin: car.vin } }, {}, {}, 'tomas.brandt'),
      await ask({ by: { registration: car.plate } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    // The client's own name for its question is no free text, and is kept as it is.
    const key = { 'idempotency-key': 'canary-1' };
    const body = { justification: word('justification of a repetition') };
    const first = await ask({ by: { vin: car.vin } }, body, key);
    expect((await ask({ by: { vin: car.vin } }, body, key)).body.exchange).toBe(first.body.exchange);
    await kept(p.send(`/v1/exchanges/${first.body.exchange}`, 'mara.lindqvist'));
    for (const path of ['/v1/me', '/v1/datasets']) await kept(p.send(path, 'mara.lindqvist'));
    const explained = question({ justification: word('justification to explain') }, { by: { vin: car.vin } });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(explained) };
    expect((await kept(p.send('/v1/explain', 'mara.lindqvist', init))).status).toBe(200);
    expect((await ask({ by: { vin: word('identifier that is none') } })).status).toBe(400);
    expect((await ask({ by: { vin: car.vin }, output: word('output that is none') })).status).toBe(400);
    expect((await kept(p.ask('mara.lindqvist', `{"project": "${word('half a body')}`))).status).toBe(400);
    expect((await proxy(`/sales/${word('path that is none')}/${car.vin}`)).status).toBe(400);
    expect((await kept(p.send(`/v1/exchanges/${word('exchange that is none')}`, 'mara.lindqvist'))).status).toBe(404);
  });

  test('faults of the holder, each with what it knows in it', async () => {
    for (const [name, listener] of faultyAnswers(planting, faulty)) {
      p.dealer.answerWith(listener);
      const native = await ask({ by: { vin: faulty.vin } });
      expect([name, native.status]).toEqual([name, 502]);
      expect((await proxy(`/sales/by-vin/${faulty.vin}`)).status).toBe(502);
    }
    const inFile = await ask({ by: { vin: misspelt.vin }, datasets: ['tidewater-sales'] });
    expect(inFile.body.legs?.[0]?.state).toBe('fault');
    spoil(book(), planting);
    await vi.waitFor(() => expect(gateway.said()).toContain('csv-kept'), { timeout: 15_000, interval: 50 });
  });

  test('a pause while the answer is on the way, and a log that is away', async () => {
    const asked = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    p.dealer.answerWith((request, response) => {
      asked.resolve();
      void gate.promise.then(() => having(paused)(request, response));
    });
    const answer = ask({ by: { vin: paused.vin } });
    await asked.promise;
    expect((await steward('pause')).status).toBe(200);
    gate.resolve();
    expect((await answer).status).toBe(502);
    expect((await ask({ by: { vin: paused.vin } })).status).toBe(403);
    expect((await steward('resume')).status).toBe(200);

    p.dealer.answerWith(having(faulty));
    await operators();
    const files = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'];
    for (const file of files) renameSync(join(p.state, file), join(p.root, file));
    expect((await ask({ by: { vin: faulty.vin } })).status).toBe(503);
    await operators();
    for (const file of files) renameSync(join(p.root, file), join(p.state, file));
    await vi.waitFor(async () => expect((await fetch(`${gateway.ops}/readyz`)).status).toBe(200), { timeout: 10_000 });
    await operators();
  });

  test('a crash while a holder is asked, and a start after it', async () => {
    const asked = Promise.withResolvers<void>();
    p.dealer.answerWith((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(JSON.stringify({ sales: [slow.sale] }), () => asked.resolve());
    });
    const lost = p.ask(
      'mara.lindqvist',
      question({ justification: word('justification in a crash') }, { by: { vin: slow.vin } }),
    );
    const ended = expect(lost).rejects.toThrow();
    await asked.promise;
    places.push(...filesBelow(p.state).map(({ name, bytes }) => ({ name: `${name} before the crash`, bytes })));
    await gateway.end('SIGKILL');
    await ended;
    logs.push(gateway.said());
    places.push(...filesBelow(p.state).map(({ name, bytes }) => ({ name: `${name} after the crash`, bytes })));
    // What a spoilt file would refuse to start with is not the matter here.
    writeFileSync(book(), salesBook(booked, misspelt));
    gateway = await startGatewayProcess(p);
    p.dealer.answerWith(having(car));
    expect((await ask({ by: { vin: car.vin } })).body.outcome).toBe('released');
  });

  test('what the command says besides the answer', async () => {
    const root = temporary();
    const { token, dpopJwk } = await p.access('mara.lindqvist');
    const env = {
      FIVE_SAFES_TOKEN: token,
      FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk),
      FIVE_SAFES_GATEWAY: p.gateway.url,
    };
    const run = async (args: readonly string[], more = {}) => {
      const { code, out, err } = await fiveSafes(args, root, { ...env, ...more });
      places.push(text(`five-safes ${args[0]} (${code})`, out + err));
      return code;
    };
    const asked = (justification: string, project = 'op-gearbox') => [
      ...['ask', '--dataset', 'dealer-sales', '--by', `vin=${car.vin}`, '--output', 'records', '--project', project],
      ...['--purpose', 'SuspectedCrimeInvestigation', '--case', 'KP-2026-AB', '--justification', justification],
    ];
    expect(await run(asked(word('justification on the command line'), 'op-slipway'))).toBe(1);
    expect(await run([...asked(word('justification twice')), '--timeout', word('timeout')])).toBe(2);
    p.dealer.answerWith(having());
    expect(await run(asked(word('justification for nothing')))).toBe(0);
    expect(await run(['pause', 'dealer-sales', '--reason', word('reason on the command line')])).toBe(1);
    await gateway.end('SIGTERM');
    logs.push(gateway.said());
    expect(await run(asked(word('justification for a gateway that is away')))).toBe(3);
    expect(await run(['log', 'list', '--state', p.state, '--limit', '1000'])).toBe(0);
    expect(await run(['log', 'show', '2', '--state', p.state])).toBe(0);
    expect(await run(['verify', p.state, '--key', p.keys.verifierKey])).toBe(0);
    spoil(book(), planting);
    await run(['check', '--config', p.config]);
    for (const subject of ['mara.lindqvist', 'tomas.brandt'] as const) {
      planting.plant(`token of ${subject}`, (await p.access(subject)).token, false);
    }
    planting.plant('key of a token', dpopJwk?.d ?? '', false);
  });

  test('nothing of it is in a store, in an operational log, in what operators and commands are told', () => {
    places.push(...filesBelow(p.state));
    places.push(...logs.map((log, i) => text(`operational log ${i}`, log)));
    expect(places.map(({ name }) => name)).toEqual(expect.arrayContaining(['ledger.db', 'proofs.db', 'keys.db']));
    // The same search does find what is there.
    const exchange = answers[0]?.body.exchange ?? '';
    expect(found([{ what: 'exchange', value: exchange, kept: false }], places).join()).toContain(
      'exchange in ledger.db',
    );
    expect(logs.join()).toContain(exchange);
    // First digits of a mileage are what a band tells; five of them may stand anywhere by chance.
    const whole = planting.planted.filter(({ what }) => !what.endsWith('first digits'));
    expect(whole.length).toBeGreaterThan(200);
    expect(found(whole, places)).toEqual([]);
  });

  test('nothing of it is in an answer but what the page keeps; that is in no answer but those that release', () => {
    const told = answers.map(({ status, headers, text: body }, i) =>
      text(`answer ${i} (${status})`, `${JSON.stringify([...headers])}\n${body}`),
    );
    expect(
      found(
        planting.planted.filter((canary) => !canary.kept),
        told,
      ),
    ).toEqual([]);
    const shut = told.filter((_, i) => (answers[i]?.status ?? 0) >= 400 || answers[i]?.body.outcome === 'none');
    expect(shut.length).toBeGreaterThan(30);
    const whole = planting.planted.filter(({ what }) => !what.endsWith('first digits'));
    expect(found(whole, shut)).toEqual([]);
    // And those that release do hold what is kept.
    expect(
      found(
        planting.planted.filter(({ what }) => what === 'sold: make'),
        told,
      ).length,
    ).toBeGreaterThan(3);
  });
});
