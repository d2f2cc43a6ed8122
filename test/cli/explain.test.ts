import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Partnership, type Subject, startPartnership } from '../gateway/partnership.ts';
import { inThisProcess, temporary } from './command.ts';

const QUESTION: Readonly<Record<string, string>> = {
  dataset: 'tidewater-sales',
  by: 'vin=WVWZZZ1KZ8W386001',
  project: 'op-gearbox',
  purpose: 'SuspectedCrimeInvestigation',
  case: 'KP-2026-AB',
  justification: 'engine found without a car',
  output: 'records',
};

function argumentsOf(changes: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...QUESTION, ...changes }).flatMap(([name, value]) => [`--${name}`, value]);
}

describe('through a real gateway', () => {
  let partnership: Partnership;
  let root: string;
  beforeAll(async () => {
    root = temporary();
    partnership = await startPartnership({
      'partners.yaml': [['{ name: senior-investigator,', '{ name: compliance-officer,']],
    });
  });
  afterAll(() => partnership.stop());

  async function explain(changes: Readonly<Record<string, string>>, as: Subject = 'mara.lindqvist') {
    const { token, dpopJwk } = await partnership.access(as);
    return inThisProcess(['explain', ...argumentsOf(changes)], root, {
      FIVE_SAFES_TOKEN: token,
      FIVE_SAFES_DPOP_KEY: JSON.stringify(dpopJwk),
      FIVE_SAFES_GATEWAY: partnership.gateway.url,
    });
  }

  test('what would be asked: exit 0, each Safe with its rule and the conditions of it', async () => {
    const { code, out, err } = await explain({});
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ allowed: true, explanations: [{ dataset: 'tidewater-sales' }] });
    expect(err).toMatch(/^The question would be asked\.$/m);
    expect(err).toMatch(/^ {2}people +allow +P1 +\S/m);
    expect(err).toMatch(/^ {2}Rule: people, P1, role:investigator\b/m);
    expect(err).toMatch(/^ {4}met +accreditation:vehicle-crime +\S/m);
    expect(err).not.toContain('What would have to be different');
    expect(err).not.toContain('.csv:');
  });

  test('what would be refused: exit 1, with what would have to be different', async () => {
    const { code, err } = await explain({ case: 'nonsense' });
    expect(code).toBe(1);
    expect(err).toMatch(/^tidewater-sales of tidewater-cars: would be refused$/m);
    expect(err).toMatch(/^ {4}projects +Give the case reference in the form KP-####-@@\.$/m);
    expect(err).toMatch(/^ {4}unmet +case +\S/m);
  });

  test('a compliance officer asks for a colleague, and is told place and facts', async () => {
    const { code, err } = await explain({ person: 'mara-lindqvist', case: 'nonsense' }, 'tomas.brandt');
    expect(code).toBe(1);
    expect(err).toMatch(/^The question of mara-lindqvist would be refused\.$/m);
    expect(err).toMatch(/^ {2}For a compliance officer$/m);
    expect(err).toMatch(/projects +J1 \(vehicle-tracing\.csv:\d+\): case is unmet, .*enquiry\.case is "nonsense"/);
  });

  test('a question that the gateway does not understand: exit 1, with the place', async () => {
    const { code, out, err } = await explain({ person: 'tomas-brandt' });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ code: 'request/unknown-field' });
    expect(err).toContain('request/unknown-field');
  });
});

describe('what is none of a gateway', () => {
  let server: Server;
  let url: string;
  let reply: string;
  beforeAll(async () => {
    server = createServer((_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end(reply));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  });
  afterAll(() => server.close());

  test.each(['{"allowed":true}', 'not json', '{"exchange":"x","allowed":true,"explanations":[{}]}'])(
    'is a fault and is not shown: %s',
    async (body) => {
      reply = body;
      const { code, out, err } = await inThisProcess(['explain', ...argumentsOf({})], temporary(), {
        FIVE_SAFES_TOKEN: 'x.y.z',
        FIVE_SAFES_GATEWAY: url,
      });
      expect([code, out]).toEqual([3, '']);
      expect(err).toContain('not as a gateway does');
    },
  );
});

test('the command line is checked before anything is sent', async () => {
  const { code, err } = await inThisProcess(['explain', '--dataset', 'x'], temporary(), { FIVE_SAFES_TOKEN: 'x' });
  expect(code).toBe(2);
  expect(err).toContain('--by is required');
});
