import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, loadConfig } from '../src/config.ts';
import { problemsOf } from './registry/builders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'five-safes-config-'));
  cpSync('config', join(root, 'config'), { recursive: true });
  cpSync('policies', join(root, 'policies'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** Loads the example, with one text of one file replaced. */
function load(file = 'gateway.yaml', was = '', is = '', env: Environment = {}) {
  const path = join(root, 'config', file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(was)) throw new Error(`${file} does not contain ${was}`);
  writeFileSync(path, text.replace(was, is));
  return loadConfig(join(root, 'config'), env);
}

describe('the example', () => {
  it('starts as it is, with paths resolved and everything frozen', () => {
    const config = load();
    expect(config.state).toBe(join(root, 'state'));
    expect(config.policies).toBe(join(root, 'policies'));
    expect(config.registry.dataset('tidewater-sales')?.connector).toMatchObject({
      file: join(root, 'config/example/tidewater-sales.csv'),
    });
    expect(config.registry.projects.map(({ id }) => id)).toEqual(['op-gearbox', 'op-slipway']);
    expect(config.limits).toMatchObject({ bodyBytes: 65_536, headBytes: 16_384, inFlight: 256 });
    expect(Object.isFrozen(config) && Object.isFrozen(config.issuers[0]) && Object.isFrozen(config.limits)).toBe(true);
  });

  it('names networks by address', () => {
    const config = load();
    expect(config.networksOf('10.20.3.4')).toEqual(['police-lan', 'public']);
    expect(config.networksOf('10.21.3.4')).toEqual(['public']);
    expect(config.networksOf('not an address')).toEqual([]);
    expect(config.clientAddress('10.20.3.4', '10.40.0.1')).toBe('10.20.3.4');
  });

  it('believes configured proxies', () => {
    const config = load('gateway.yaml', 'trustedProxies: []', 'trustedProxies: [10.9.0.0/24]');
    expect(config.clientAddress('10.9.0.1', '10.40.0.1, 10.20.0.7')).toBe('10.20.0.7');
  });
});

describe('defaults, overrides and digest', () => {
  it('fills in limits that are not written', () => {
    const limits = load().limits;
    const text = readFileSync(join(root, 'config/gateway.yaml'), 'utf8');
    writeFileSync(join(root, 'config/gateway.yaml'), text.slice(0, text.indexOf('\nlimits:')));
    expect(loadConfig(join(root, 'config'), {}).limits).toEqual(limits);
  });

  it('takes ports and state from the environment and nothing else', () => {
    const env = {
      FIVE_SAFES_LISTEN_PORT: '0',
      FIVE_SAFES_OPS_PORT: '9',
      FIVE_SAFES_STATE: '/var/x',
      FIVE_SAFES_ORIGIN: 'x',
    };
    const config = load('gateway.yaml', '', '', env);
    expect([config.listen.port, config.ops.port, config.state]).toEqual([0, 9, '/var/x']);
    expect(config.origin).toBe('http://127.0.0.1:8080');
  });

  it('has a digest that follows values, not comments', () => {
    const { digest, registry } = load();
    expect(load('gateway.yaml', '# The gateway itself.', '# Our gateway.').digest).toBe(digest);
    const changed = load('gateway.yaml', 'inFlight: 256', 'inFlight: 255');
    expect(changed.digest).not.toBe(digest);
    expect(changed.registry.digest).toBe(registry.digest);
    expect(load('gateway.yaml', '', '', { FIVE_SAFES_OPS_PORT: '9' }).digest).not.toBe(changed.digest);
  });
});

describe('a configuration that is wrong or doubtful refuses to start', () => {
  it.each([
    ['gateway.yaml', 'listen:', 'lisen:', 'gateway.yaml: lisen: unknown key'],
    ['gateway.yaml', '  inFlight: 256', '  inflight: 256', 'gateway.yaml: limits.inflight: unknown key'],
    ['gateway.yaml', 'inFlight: 256', 'inFlight: "256"', 'gateway.yaml: limits.inFlight: '],
    ['gateway.yaml', 'inFlight: 256', 'inFlight: 0', 'gateway.yaml: limits.inFlight: '],
    ['gateway.yaml', 'port: 8080', 'port: 80800', 'gateway.yaml: listen.port: '],
    ['gateway.yaml', 'port: 8081', 'port: 8080', 'gateway.yaml: ops.port: expected another port'],
    ['gateway.yaml', 'origin: http://127.0.0.1:8080', 'origin: http://127.0.0.1:8080/', 'gateway.yaml: origin: '],
    ['gateway.yaml', 'origin: http://127.0.0.1:8080', 'origin: http://gateway.example', 'gateway.yaml: origin: '],
    ['gateway.yaml', 'policies: ../policies', 'policies: ../nowhere', 'gateway.yaml: policies: expected a directory'],
    ['gateway.yaml', 'gateway.example/five-safes', 'five+safes log', 'gateway.yaml: ledger.origin: '],
    ['gateway.yaml', '10.20.0.0/16', '10.20.0.1/16', 'gateway.yaml: networks.police-lan[1]: expected a range'],
    ['gateway.yaml', '10.20.0.0/16', '10.20/16', 'gateway.yaml: networks.police-lan[1]: expected a range'],
    ['gateway.yaml', 'dealer-lan:', 'Dealer LAN:', 'networks'],
    ['gateway.yaml', 'trustedProxies: []', "trustedProxies: ['::/0']", 'gateway.yaml: trustedProxies[0]: expected the'],
    ['gateway.yaml', 'trustedProxies: []', 'trustedProxies: [10.9.0.1]', 'gateway.yaml: trustedProxies[0]: expected'],
    ['gateway.yaml', 'algorithms: [ES256]', 'algorithms: [HS256]', 'gateway.yaml: issuers[0].algorithms[0]: '],
    ['gateway.yaml', 'algorithms: [ES256]', 'algorithms: []', 'gateway.yaml: issuers[0].algorithms: '],
    [
      'gateway.yaml',
      'issuer: http://127.0.0.1:9101',
      'issuer: http://id.example',
      'issuers[0].issuer: expected an https',
    ],
    [
      'gateway.yaml',
      'issuer: http://127.0.0.1:9102',
      'issuer: http://127.0.0.1:9101',
      'issuers[1].issuer: expected an iss',
    ],
    ['gateway.yaml', 'partner: harbour-police', 'partner: harbor-police', 'issuers[1].partner: unknown partner'],
    [
      'gateway.yaml',
      'partner: harbour-police',
      'partner: harbor-police',
      'partners.yaml: people[4].identities[0].issuer',
    ],
    ['gateway.yaml', 'exchangeTimeoutMs: 30000', 'exchangeTimeoutMs: 5000', 'datasets.yaml: datasets[0].timeoutMs: '],
    ['gateway.yaml', 'port: 8080', 'port: 8080\n  port: 8082', 'gateway.yaml: Map keys must be unique'],
    ['gateway.yaml', 'port: 8080', 'port: [', 'gateway.yaml: '],
    ['partners.yaml', 'subject: mara.lindqvist', 'subject: tomas.brandt', 'partners.yaml: people[1].identities[0]: '],
    ['partners.yaml', '9101', '9102', 'people[0].identities[0].issuer: expected an issuer that gateway.yaml names for'],
    ['datasets.yaml', 'records: sales', 'tokenEnv: NORTHGATE_TOKEN', 'connector.tokenEnv: expected the environment'],
    [
      'agreements.yaml',
      'legalBases: [led-8]',
      'legalBases: [led-88]',
      'agreements.yaml: agreements[0].legalBases[0]: ',
    ],
  ])('%s: %s → %s', (file, was, is, message) => {
    expect(problemsOf(() => load(file, was, is)).join('\n')).toContain(message);
  });

  it.each([
    ['FIVE_SAFES_LISTEN_PORT', 'http'],
    ['FIVE_SAFES_LISTEN_PORT', '65536'],
    ['FIVE_SAFES_OPS_PORT', ''],
    ['FIVE_SAFES_STATE', 'state'],
    ['FIVE_SAFES_STATE', ''],
  ])('environment: %s=%s', (name, value) => {
    expect(problemsOf(() => load('gateway.yaml', '', '', { [name]: value })).join('\n')).toContain(
      `environment: ${name}: `,
    );
  });

  it('a file that is not there or not UTF-8', () => {
    writeFileSync(join(root, 'config/partners.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff]));
    expect(problemsOf(() => load()).join('\n')).toContain('partners.yaml: expected a readable UTF-8 file');
    rmSync(join(root, 'config/partners.yaml'));
    expect(problemsOf(() => load()).join('\n')).toContain('(ENOENT)');
  });

  it('says what is wrong in all files at once', () => {
    problemsOf(() => load('agreements.yaml', 'legalBases: [led-8]', 'legalBases: [led-88]'));
    const problems = problemsOf(() => load('gateway.yaml', 'listen:', 'lisen:')).join('\n');
    expect(problems).toContain('gateway.yaml: ');
    expect(problems).toContain('agreements.yaml: ');
  });

  it('lets a token that is there be', () => {
    const env = { NORTHGATE_TOKEN: 'x' };
    expect(problemsOf(() => load('datasets.yaml', 'records: sales', 'tokenEnv: NORTHGATE_TOKEN', env))).toEqual([]);
  });
});
