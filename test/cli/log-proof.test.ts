import { generateKeyPairSync } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readPolicies } from '../../src/adapters/policies.ts';
import { openCosignatures } from '../../src/adapters/sqlite/cosignatures.ts';
import { readGrowth } from '../../src/adapters/sqlite/growth.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { BUNDLE_WORDS } from '../../src/cli/verify-bundle.ts';
import { CONDITIONS, LIMITS, TERMS, TREATMENTS } from '../../src/domain/catalogue.ts';
import { digestOf, digestOfJson } from '../../src/domain/digest.ts';
import { BUNDLE_CODES, bundleShape } from '../../src/ledger/bundle.ts';
import { cosign, cosigner, witnessKey } from '../../src/ledger/cosignature.ts';
import { EXAMPLE_POLICIES } from '../builders.ts';
import { draftsOf, fiveSafes, idOf, initialised, writeLedger } from './command.ts';

let root: string;
let key: string;
beforeAll(async () => {
  const made = await initialised();
  ({ root, key } = made);
  cpSync(EXAMPLE_POLICIES, join(root, 'policies'), { recursive: true });
  const rulebook = digestOfJson({
    files: Object.fromEntries(readPolicies(join(root, 'policies'))),
    catalogue: { conditions: CONDITIONS, limits: LIMITS, terms: TERMS, treatments: TREATMENTS },
  });
  const [asked, outcome] = draftsOf(1);
  if (asked === undefined || outcome === undefined) throw new Error('no drafts');
  const accountability = { ...asked.accountability, versions: { rulebook } };
  await writeLedger(made.state, [
    { ...asked, accountability },
    { ...outcome, answer: digestOf('legs') },
    ...draftsOf(2).slice(0, 1),
  ]);
});

/** The command in this process: most of what is tested here needs no process of its own. */
async function command(...args: string[]) {
  let out = '';
  let err = '';
  const world = {
    env: {},
    directory: root,
    terminal: false,
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { code: await dispatch(args, world), out, err };
}
const proof = (...args: string[]) => command('log', 'proof', idOf(1), '--state', 'state', ...args);
const verify = (...args: string[]) => command('verify', 'bundle.json', '--key', key, ...args);
const save = (text: string) => writeFileSync(join(root, 'bundle.json'), text);

test('without details: entries and proofs, nothing recorded, checked by another process with the key alone', async () => {
  const before = (await command('log', 'list', '--state', 'state', '--json')).out;
  const made = await proof();
  expect([made.code, made.err]).toEqual([0, expect.stringContaining('five-safes verify BUNDLE')]);
  const bundle = bundleShape.parse(JSON.parse(made.out));
  expect(bundle).toMatchObject({ exchange: idOf(1), answer: null, rulebook: null });
  expect(bundle.entries.map(({ entry }) => JSON.parse(entry).kind)).toEqual(['asked', 'outcome']);
  expect((await command('log', 'list', '--state', 'state', '--json')).out).toBe(before);

  save(made.out);
  const checked = await fiveSafes(['verify', 'bundle.json', '--key', key], root);
  expect([checked.code, checked.err]).toEqual([0, expect.stringMatching(/^Verified\.\nLog: /)]);
  expect(JSON.parse(checked.out)).toMatchObject({ verified: true, entries: 2, open: 0, erased: 0, firstBad: null });

  save(made.out.replace('"kind\\":\\"asked', '"kind\\":\\"pause'));
  const altered = await verify();
  expect([altered.code, JSON.parse(altered.out).firstBad]).toEqual([1, { index: 0, code: 'proof/inclusion' }]);
  expect(altered.err).toContain(`NOT verified. Entry 0: ${BUNDLE_WORDS['proof/inclusion']}`);
  save(made.out.slice(0, -9));
  expect(JSON.parse((await verify('--json')).out).firstBad).toEqual({ index: 0, code: 'bundle/malformed' });
});

test('witnesses that must have signed: so many as are asked for, under keys of witnesses', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const vkey = witnessKey('witness.example', privateKey);
  const bundle = bundleShape.parse(JSON.parse((await proof('--json')).out));
  save(JSON.stringify(bundle));
  expect(JSON.parse((await verify('--witness', vkey)).out).firstBad).toEqual({ index: 0, code: 'bundle/unwitnessed' });

  const note = bundle.entries[0]?.proof.slice((bundle.entries[0]?.proof.indexOf('\n\n') ?? 0) + 2) ?? '';
  const line = cosign(`${note.split('\n\n')[0]}\n`, Date.now(), cosigner('witness.example', privateKey));
  save(JSON.stringify({ ...bundle, entries: bundle.entries.map((e) => ({ ...e, proof: e.proof + line })) }));
  const seen = await verify('--witness', vkey);
  expect([seen.code, seen.err]).toEqual([0, expect.stringContaining('Verified, with the word of 1 of 1 witnesses.')]);
  writeFileSync(join(root, 'witness-key'), `${vkey}\n`);
  expect((await verify('--witness', 'witness-key')).code).toBe(0);

  for (const args of [
    ['--witness', key],
    ['--quorum', '1'],
    ['--witness', vkey, '--quorum', '2'],
  ])
    expect(await verify(...args)).toMatchObject({ code: 2, out: '' });
  expect((await command('verify', 'state', '--key', key, '--witness', vkey)).code).toBe(2);
});

test('what witnesses signed is taken from beside the ledger, the newest checkpoint that most of them signed', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const vkey = witnessKey('witness.example', privateKey);
  const { size, note } = readGrowth(join(root, 'state/ledger.db'), (growth) => growth.newest()) ?? {
    size: 0,
    note: '',
  };
  const line = cosign(`${note.split('\n\n')[0]}\n`, Date.now(), cosigner('witness.example', privateKey));
  const store = openCosignatures(join(root, 'state/cosignatures.db'));
  store.put({ size, key: vkey, time: Date.now(), line });
  // One over entries that are not there, and one that does not reach the outcome: neither is of use.
  store.put({ size: size + 1, key: vkey, time: Date.now(), line });
  store.put({ size: 1, key: vkey, time: Date.now(), line });
  store.close();
  try {
    save((await proof('--json')).out);
    expect(JSON.parse((await verify('--witness', vkey, '--json')).out)).toMatchObject({ verified: true, size });
  } finally {
    rmSync(join(root, 'state/cosignatures.db'));
  }
});

test('with details: a reading is recorded first, then answer and version are told; pages only of that version', async () => {
  const made = await proof('--details', '--reason', 'complaint 31', '--policies', 'policies');
  expect(made.code).toBe(0);
  const bundle = bundleShape.parse(JSON.parse(made.out));
  expect(bundle.answer?.digest).toBe(digestOf('legs'));
  expect(Object.keys(bundle.sources?.files ?? {})).toContain('everywhere.csv');
  save(made.out);
  expect((await verify('--json')).code).toBe(0);
  const readings = JSON.parse((await command('log', 'list', '--state', 'state', '--kind', 'reading')).out);
  expect(readings).toHaveLength(1);
  expect(made.err).toContain(`recorded as entry ${readings[0].index}`);

  save(made.out.replace('safe,', 'Safe,'));
  expect(JSON.parse((await verify('--json')).out).firstBad).toEqual({ index: 0, code: 'bundle/rulebook' });

  const page = join(root, 'policies/everywhere.csv');
  writeFileSync(page, `${readFileSync(page, 'utf8')}\n`);
  const other = await proof('--details', '--reason', 'complaint 31', '--policies', 'policies');
  expect([other.code, other.out]).toEqual([1, '']);
  expect(other.err).toContain('not of the version that decided');
});

test('what is not there, and what cannot be asked for', async () => {
  const run = (...args: string[]) => command('log', 'proof', ...args, '--state', 'state');
  expect((await run(idOf(9))).code).toBe(1);
  expect((await run('nonsense')).code).toBe(2);
  expect((await run('0', '--details')).code).toBe(2);
  expect((await run('0', '--policies', 'policies')).code).toBe(2);
  const byIndex = await run('0', '--json');
  expect([byIndex.code, JSON.parse(byIndex.out).exchange]).toEqual([0, idOf(1)]);
});

test('every finding about a bundle has words', () => {
  for (const code of BUNDLE_CODES) expect(BUNDLE_WORDS[code].length, code).toBeGreaterThan(10);
});
