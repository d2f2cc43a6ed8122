import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openReader } from '../adapters/sqlite/reader.ts';
import { loadConfig } from '../config.ts';
import { parseExchangeId } from '../domain/ids.ts';
import { isoTime } from '../domain/time.ts';
import { verifyBundle } from '../ledger/bundle.ts';
import { isErased } from '../ledger/export/exported.ts';
import { type CrateName, exchangeBag } from '../wiring/crate-bag.ts';
import { gatherEvidence } from '../wiring/evidence.ts';
import { exportedExchanges } from '../wiring/exported.ts';
import { storedCosigned } from '../wiring/stored-cosigned.ts';
import { say, tell } from './output.ts';
import { parseArguments, required } from './page.ts';
import { LOG_CRATE } from './pages/exports.ts';
import { configDirectory, isMissingOrEmpty } from './place.ts';
import { recordQuery } from './reading.ts';
import { stateDirectory } from './state.ts';
import { statedReason, statedUse } from './stated.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

/** `five-safes log crate`: one exchange as a Five Safes RO-Crate; a reading of the log. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(LOG_CRATE, args);
  const [wanted = ''] = positionals;
  const exchange = parseExchangeId(wanted.toUpperCase());
  if (exchange === undefined) throw new UsageError(`expected an exchange id of 26 characters, not "${wanted}"`);
  const out = resolve(world.directory, required('out', values.out));
  const use = statedUse(values.use);
  const reason = statedReason(values.reason);
  if (!isMissingOrEmpty(out)) throw new UsageError('--out: expected a directory that is empty or does not exist');
  const state = stateDirectory(world, values);
  const nameOf = namesFor(world, values);
  const reader = openReader(state);
  try {
    if (reader.entriesOf(exchange).length === 0) {
      say(world, `There is no entry of "${wanted}" in the log.`);
      return EXIT.refused;
    }
    const query = { crate: exchange };
    const reading = await recordQuery(world, state, { query, use, reason, source: 'five-safes log crate' });
    const [step] = exportedExchanges(reader, reading.kek, reading.index, { exchange });
    if (step === undefined || 'problem' in step || isErased(step.exchange)) {
      const why =
        step === undefined ? 'it is no exchange' : 'problem' in step ? step.problem : 'its details were erased';
      say(world, `No crate can be made of "${wanted}": ${why}.`);
      return EXIT.refused;
    }
    const place = { directory: state, verifier: reading.verifier, kek: reading.kek, cosigned: storedCosigned(state) };
    const bundle = gatherEvidence(place, exchange);
    if (bundle === null || !verifyBundle(bundle, reading.verifier).verified) {
      say(world, `The evidence of "${wanted}" does not verify, so no crate was made. See: five-safes verify`);
      return EXIT.refused;
    }
    const made = isoTime(Date.now());
    const bag = exchangeBag(step.exchange, bundle, { log: reading.log, made, nameOf });
    for (const [path, bytes] of bag) {
      mkdirSync(dirname(join(out, path)), { recursive: true, mode: 0o700 });
      // Evidence about people: for the eyes of whoever asked for it.
      writeFileSync(join(out, path), bytes, { mode: 0o600, flag: 'wx' });
    }
    tell(world, values.json, {
      json: JSON.stringify({ exchange, reading: reading.index, out, files: [...bag.keys()] }),
      lines: [`Exchange ${exchange} is in ${out}.`, `This reading is recorded as entry ${reading.index}.`],
    });
    return EXIT.ok;
  } finally {
    reader.close();
  }
}

/** Names from the registry; where only a state directory is given, ids have to do. */
function namesFor(world: World, options: { readonly config?: string; readonly state?: string }): CrateName {
  if (options.state !== undefined) return (_, id) => id;
  const { registry } = loadConfig(configDirectory(world, options.config), world.env);
  return (kind, id) => {
    if (kind === 'person') return registry.person(id)?.name ?? id;
    return (kind === 'partner' ? registry.partner(id)?.name : registry.project(id)?.title) ?? id;
  };
}
