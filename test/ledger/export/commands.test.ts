import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadKeys } from '../../../src/adapters/sqlite/keys-file.ts';
import { openReader } from '../../../src/adapters/sqlite/reader.ts';
import { dispatch } from '../../../src/cli/dispatch.ts';
import { verifyBundle } from '../../../src/ledger/bundle.ts';
import { parseVerifierKey } from '../../../src/ledger/note.ts';
import { EXAMPLE_CONFIG, vin } from '../../builders.ts';
import { NASTY, type RealLog, realLog } from './real-log.ts';

let log: RealLog;
const ids: string[] = [];
beforeAll(async () => {
  log = await realLog();
  for (const changes of [{}, { justification: NASTY, by: vin('WVWZZZ1KZ8W386001') }, { purpose: 'CrimeDetection' }])
    ids.push((await log.ask(changes)).exchange);
  await log.ledger.close();
});
afterAll(() => log.close());

async function command(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await dispatch(args, {
    env: {},
    directory: log.root,
    terminal: false,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

function entries() {
  const reader = openReader(log.state);
  try {
    const { kek } = loadKeys(join(log.state, 'keys'));
    return reader
      .list(0, 1_000)
      .map((line) => ({ ...line, details: reader.openDetails(line.index, kek)?.accountability }));
  } finally {
    reader.close();
  }
}

const STATED = ['--state', 'state', '--use', 'lawfulness', '--reason', 'yearly audit'] as const;

describe('log export-records', () => {
  test('the reading is recorded, with use and reason, and what comes after it is not exported', async () => {
    const { code, out, err } = await command('log', 'export-records', '--format', 'jsonl', ...STATED);
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.exchange)).toEqual(ids);
    const reading = entries().at(-1);
    expect(reading?.kind).toBe('reading');
    expect(reading?.details).toMatchObject({
      query: { export: 'jsonl', from: null, to: null, exchange: null },
      use: 'lawfulness',
      reason: 'yearly audit',
    });
    expect(err).toContain(`This reading is recorded as entry ${reading?.index}.`);
    expect(err).toContain('3 exchanges.');
  });

  test('csv and ocsf; one exchange, or those of a time', async () => {
    const csv = await command('log', 'export-records', '--format', 'csv', '--exchange', ids[1] ?? '', ...STATED);
    expect(parse(csv.out, { columns: true })).toMatchObject([{ exchange: ids[1], justification: `'${NASTY}` }]);
    const second = entries().find((entry) => entry.exchange === ids[1])?.time ?? 0;
    const since = await command(
      'log',
      'export-records',
      '--format',
      'ocsf',
      '--from',
      new Date(second).toISOString(),
      ...STATED,
    );
    const told = since.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).metadata.correlation_uid);
    expect(told).toEqual(ids.slice(1));
    const before = await command(
      'log',
      'export-records',
      '--format',
      'ocsf',
      '--to',
      new Date(second).toISOString(),
      ...STATED,
    );
    expect(before.out.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['no use', ['--format', 'csv', '--reason', 'x']],
    ['another use', ['--format', 'csv', '--reason', 'x', '--use', 'curiosity']],
    ['no reason', ['--format', 'csv', '--use', 'lawfulness']],
    ['no format', ['--reason', 'x', '--use', 'lawfulness']],
    ['no moment', ['--format', 'csv', '--reason', 'x', '--use', 'lawfulness', '--from', 'soon']],
  ])('%s: nothing is read, nothing recorded', async (_, args) => {
    const before = entries().length;
    const { code, out } = await command('log', 'export-records', '--state', 'state', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(entries()).toHaveLength(before);
  });
});

describe('log crate', () => {
  test('a bag whose manifests, references and evidence hold', async () => {
    const { code, out } = await command('log', 'crate', ids[1] ?? '', '--out', 'crate', ...STATED, '--json');
    expect(code).toBe(0);
    const bag = join(log.root, 'crate');
    const files: readonly string[] = JSON.parse(out).files;
    for (const name of ['manifest-sha512.txt', 'tagmanifest-sha512.txt']) {
      for (const line of readFileSync(join(bag, name), 'utf8').trim().split('\n')) {
        const [digest, path = ''] = line.split('  ');
        expect(
          createHash('sha512')
            .update(readFileSync(join(bag, path)))
            .digest('hex'),
        ).toBe(digest);
      }
    }
    const payload = files.filter((file) => file.startsWith('data/')).map((file) => file.slice(5));
    expect(readFileSync(join(bag, 'manifest-sha512.txt'), 'utf8').trim().split('\n')).toHaveLength(payload.length);
    expect(statSync(join(bag, 'data/exchange.json')).mode & 0o077).toBe(0);

    const graph: readonly Record<string, unknown>[] = JSON.parse(
      readFileSync(join(bag, 'data/ro-crate-metadata.json'), 'utf8'),
    )['@graph'];
    const ids_ = graph.map((entity) => entity['@id']);
    expect(new Set(ids_).size).toBe(ids_.length);
    // RO-Crate: whatever is referred to inside the crate is described in it.
    for (const id of references(graph).filter((each) => !each.startsWith('http'))) expect(ids_).toContain(id);
    const root = graph.find((entity) => entity['@id'] === './');
    expect(root).not.toHaveProperty('conformsTo');
    for (const name of ['name', 'description', 'datePublished', 'license', 'sourceOrganization', 'mentions'])
      expect(root).toHaveProperty(name);
    expect(payload.filter((file) => file !== 'ro-crate-metadata.json').sort()).toEqual(
      graph
        .filter((entity) => entity['@type'] === 'File')
        .map((entity) => entity['@id'])
        .sort(),
    );
    const phases = graph.filter((entity) => entity['@type'] === 'AssessAction');
    expect(phases.map((phase) => [phase['additionalType'], phase['actionStatus']])).toEqual(
      ['ValidationCheck', 'SignOff', 'DisclosureCheck'].map((phase) => [
        { '@id': `https://w3id.org/shp#${phase}` },
        'http://schema.org/CompletedActionStatus',
      ]),
    );
    expect(graph.find((entity) => entity['@type'] === 'CreateAction')).toMatchObject({
      actionStatus: 'http://schema.org/CompletedActionStatus',
      agent: { '@id': '#person-mara-lindqvist' },
      result: { '@id': 'answer-digest.json' },
    });

    const verifier = parseVerifierKey(log.keys.verifierKey);
    if (verifier === undefined) throw new Error('no key');
    const evidence = JSON.parse(readFileSync(join(bag, 'data/evidence.json'), 'utf8'));
    expect(verifyBundle(evidence, verifier)).toMatchObject({ verified: true, entries: 2 });
    expect(
      verifyBundle({ ...evidence, answer: { ...evidence.answer, digest: `sha256:${'0'.repeat(64)}` } }, verifier)
        .verified,
    ).toBe(false);
  });

  test('a refusal: sign-off failed, and no disclosure', async () => {
    await command('log', 'crate', ids[2] ?? '', '--out', 'refused', ...STATED);
    const text = readFileSync(join(log.root, 'refused/data/ro-crate-metadata.json'), 'utf8');
    expect(text).not.toContain('DisclosureCheck');
    expect(text).toContain('Sign-off of tidewater-sales: refused');
  });

  test('never over what is there, and nothing of what is not in the log', async () => {
    const before = entries().length;
    expect((await command('log', 'crate', ids[1] ?? '', '--out', 'state', ...STATED)).code).toBe(2);
    expect((await command('log', 'crate', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '--out', 'other', ...STATED)).code).toBe(1);
    expect(readdirSync(log.root)).not.toContain('other');
    expect(entries()).toHaveLength(before);
  });
});

describe('register', () => {
  test('what the provisions ask for, from registry and rulebook', async () => {
    const { code, out } = await command('register', 'vehicle-tracing', '--config', EXAMPLE_CONFIG);
    expect(code).toBe(0);
    const register = JSON.parse(out);
    expect(register.controllers).toContainEqual(
      expect.objectContaining({ partner: 'kestrel-police', askerIn: ['op-gearbox'], holderOf: [] }),
    );
    const sales = register.data.find((each: { dataset: string }) => each.dataset === 'tidewater-sales');
    const born = sales.fields.find((each: { field: string }) => each.field === 'buyer.born');
    expect(born.treatments).toEqual([expect.objectContaining({ treatment: 'year', rule: 'D26' })]);
    expect(sales.fields.find((each: { field: string }) => each.field === 'vehicle.colour').treatments).toEqual([]);
    expect(register.retention).toMatchObject({
      logDays: 1825,
      answers: expect.arrayContaining([{ rule: 'O1', days: 30 }]),
    });
    expect(register.notKnown.join()).toContain('data protection officers');
  });

  test('for people, in Markdown; an unknown agreement is refused', async () => {
    const { out } = await command('register', 'vehicle-tracing', '--config', EXAMPLE_CONFIG, '--format', 'md');
    expect(out).toContain('| vehicle.colour | text | withheld from everybody |');
    expect(out).toContain('- Answers under rule O1: erased by the asker after 30 days.');
    expect((await command('register', 'nothing', '--config', EXAMPLE_CONFIG)).code).toBe(1);
  });
});

function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  const members = Object.entries(value);
  const [only] = members;
  if (members.length === 1 && only?.[0] === '@id') return [String(only[1])];
  return members.flatMap(([, inner]) => references(inner));
}
