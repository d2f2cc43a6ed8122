import { resolve } from 'node:path';
import { readPolicies } from '../adapters/policies.ts';
import { keysIn, loadKeys } from '../adapters/sqlite/keys-file.ts';
import { openReader } from '../adapters/sqlite/reader.ts';
import { CONDITIONS, LIMITS, TERMS, TREATMENTS } from '../domain/catalogue.ts';
import { digestOfJson } from '../domain/digest.ts';
import type { ExchangeId } from '../domain/ids.ts';
import { bundleShape, type EvidenceBundle } from '../ledger/bundle.ts';
import { parseTlogProof } from '../ledger/tlog-proof.ts';
import { evidencePlace, gatherEvidence } from '../wiring/evidence.ts';
import { storedCosigned } from '../wiring/stored-cosigned.ts';
import { checkpointSize } from './checkpoint-size.ts';
import { exchangeOf, reasonOf } from './log-show.ts';
import { say, tell } from './output.ts';
import { parseArguments } from './page.ts';
import { LOG_PROOF } from './pages/log-proof.ts';
import { recordQuery } from './reading.ts';
import { stateDirectory } from './state.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** `five-safes log proof`: an evidence bundle; with `--details`, a reading of the log. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_PROOF, args);
  const [wanted = ''] = positionals;
  const reason = reasonOf(values);
  if (values.policies !== undefined && reason === undefined) throw new UsageError('--policies goes with --details');
  const policies = values.policies === undefined ? null : readPolicies(resolve(world.directory, values.policies));
  const state = stateDirectory(world, values);
  const exchange = find(state, wanted);
  if (exchange === undefined) {
    say(world, `There is no entry of "${wanted}" in the log.`);
    return EXIT.refused;
  }
  const { verifierKey } = loadKeys(keysIn(state), world.env);
  const query = { exchange, form: 'evidence' };
  const reading =
    reason === undefined ? null : await recordQuery(world, state, { query, reason, source: 'five-safes log proof' });
  const place = { ...evidencePlace(state, verifierKey, reading?.kek ?? null), cosigned: storedCosigned(state) };
  const bundle = gatherEvidence(place, exchange);
  if (bundle === null) throw new Error(`the entries of ${exchange} are gone`);
  const whole = policies === null ? bundle : withPages(bundle, policies);
  if (whole === null) {
    say(world, `These pages are not of the version that decided: ${bundle.rulebook ?? 'erased, or none'}.`);
    return EXIT.refused;
  }
  tell(world, values.json, { json: JSON.stringify(whole), lines: told(whole, reading?.index ?? null) });
  return EXIT.ok;
}

function find(state: string, wanted: string): ExchangeId | undefined {
  const reader = openReader(state);
  try {
    return exchangeOf(reader, wanted);
  } finally {
    reader.close();
  }
}

/** Null where the digest of the texts, with the catalogue of this version, is not the one recorded. */
function withPages(bundle: EvidenceBundle, files: ReadonlyMap<string, string>): EvidenceBundle | null {
  const sources = {
    files: Object.fromEntries(files),
    catalogue: { conditions: CONDITIONS, limits: LIMITS, terms: TERMS, treatments: TREATMENTS },
  };
  return digestOfJson(sources) === bundle.rulebook ? bundleShape.parse({ ...bundle, sources }) : null;
}

function told({ exchange, entries, answer, rulebook }: EvidenceBundle, reading: number | null): readonly string[] {
  const proofs = entries.map(({ proof }) => parseTlogProof(proof));
  return [
    `Evidence of exchange ${exchange}`,
    ...(reading === null ? [] : [`This reading is recorded as entry ${reading}.`]),
    ...entries.map(({ entry }, i) => `Entry ${proofs[i]?.index}: ${entry}`),
    `Checkpoint over ${checkpointSize(proofs[0]?.checkpoint ?? '')} entries`,
    ...(answer === null ? [] : [`Answer:   ${answer.digest}`]),
    ...(rulebook === null ? [] : [`Rulebook: ${rulebook}`]),
    'Whoever has the verifier key checks it with: five-safes verify BUNDLE --key VKEY',
  ];
}
