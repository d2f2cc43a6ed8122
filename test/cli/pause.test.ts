import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Partnership, question, startPartnership } from '../gateway/partnership.ts';
import { type Northgate, type NorthgatePerson, startNorthgate } from '../gateway/stewards.ts';
import { inThisProcess, temporary } from './command.ts';

describe('through a real gateway', () => {
  const root = temporary();
  let northgate: Northgate;
  let p: Partnership;
  beforeAll(async () => {
    northgate = await startNorthgate();
    p = await startPartnership(northgate.edits);
  });
  afterAll(async () => {
    await p.stop();
    await northgate.stop();
  });

  async function run(args: readonly string[], as: NorthgatePerson = 'hanna.sorel') {
    const { token, dpopJwk } = await northgate.access(as);
    return inThisProcess(args, root, {
      FIVE_SAFES_TOKEN: token,
      FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk),
      FIVE_SAFES_GATEWAY: p.gateway.url,
    });
  }
  const outcome = async () => (await p.ask('mara.lindqvist', question())).status;
  const recorded = () => p.entries().filter(({ kind }) => kind === 'pause' || kind === 'resume');

  test('a data steward pauses and resumes a dataset; each is one entry with the reason', async () => {
    const paused = await run(['pause', 'dealer-sales', '--reason', 'Stocktaking until Friday']);
    expect([paused.code, JSON.parse(paused.out)]).toMatchObject([0, { dataset: 'dealer-sales', paused: true }]);
    expect(paused.err).toMatch(/^dealer-sales is paused; recorded as entry \d+\.$/m);
    expect(await outcome()).toBe(403);

    const resumed = await run(['resume', 'dealer-sales', '--reason', 'Done', '--json']);
    expect([resumed.code, resumed.err]).toEqual([0, '']);
    expect(JSON.parse(resumed.out)).toMatchObject({ dataset: 'dealer-sales', paused: false });
    expect(await outcome()).toBe(200);
    expect(recorded().map(({ kind, details }) => [kind, details['reason']])).toEqual([
      ['pause', 'Stocktaking until Friday'],
      ['resume', 'Done'],
    ]);
  });

  test.each<[string, readonly string[], NorthgatePerson]>([
    ['who is no data steward', ['pause', 'dealer-sales'], 'pia.lund'],
    ['who is suspended', ['pause', 'dealer-sales'], 'otto.brandis'],
    ["for another holder's dataset", ['pause', 'tidewater-sales'], 'hanna.sorel'],
    ['for a dataset whose name leads elsewhere', ['resume', '../me/undertakings/x'], 'hanna.sorel'],
  ])('somebody %s is refused: exit 1', async (_, args, as) => {
    const before = recorded().length;
    const { code, out, err } = await run([...args, '--reason', 'because'], as);
    expect(code, err).toBe(1);
    expect(JSON.parse(out).code).toMatch(/^(people\/not-entitled|request\/(path|not-found))$/);
    expect(recorded()).toHaveLength(before);
    expect(await outcome()).toBe(200);
  });

  test('a reason that cannot be recorded: exit 1, with what was expected', async () => {
    const { code, out, err } = await run(['pause', 'dealer-sales', '--reason', 'x'.repeat(1_001)]);
    expect([code, JSON.parse(out).code]).toEqual([1, 'request/malformed']);
    expect(err).toContain('at most 1000 characters');
  });
});

describe('without one', () => {
  let server: Server;
  let url = '';
  let reply: { status: number; body: string };
  beforeAll(async () => {
    server = createServer((_, res) => res.writeHead(reply.status).end(reply.body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) url = `http://127.0.0.1:${address.port}`;
  });
  afterAll(() => server.close().closeAllConnections());

  const pause = (args: readonly string[]) =>
    inThisProcess(['pause', ...args], temporary(), { FIVE_SAFES_TOKEN: 't', FIVE_SAFES_GATEWAY: url });

  test.each([
    [200, '{"dataset":"d","paused":false,"entry":1}'],
    [200, '{"dataset":"d\u001b[2J"}'],
    [200, 'no'],
    [403, '{"dataset":"d","paused":true,"entry":1}'],
    [500, '<html>'],
  ])('an answer that is no gateway’s is a fault, and is not shown: %i %s', async (status, body) => {
    reply = { status, body };
    const { code, out, err } = await pause(['d', '--reason', 'r']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('not as a gateway does');
  });

  test('a resume that a pause overtook: exit 1, and that the dataset is paused', async () => {
    reply = { status: 200, body: '{"dataset":"d","paused":true,"entry":7}' };
    const env = { FIVE_SAFES_TOKEN: 't', FIVE_SAFES_GATEWAY: url };
    const { code, out } = await inThisProcess(['resume', 'd', '--reason', 'r'], temporary(), env);
    expect([code, JSON.parse(out)]).toEqual([1, { dataset: 'd', paused: true, entry: 7 }]);
  });

  test('a gateway that cannot record: exit 3', async () => {
    reply = { status: 503, body: '{"status":503,"code":"ledger/unavailable","title":"The log is away."}' };
    const { code, out } = await pause(['d', '--reason', 'r']);
    expect([code, JSON.parse(out).code]).toEqual([3, 'ledger/unavailable']);
  });

  test.each([
    [['d'], '--reason is required'],
    [['--reason', 'r'], 'expected DATASET'],
    [['d', 'e', '--reason', 'r'], 'unexpected argument'],
    [['d', '--reason', 'r', '--gateway', 'http://gateway.example'], '--gateway: expected https'],
  ])('a wrong command line: exit 2: %j', async (args, says) => {
    const { code, out, err } = await pause(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });
});
