import { fileURLToPath } from 'node:url';
import { buildDigest } from '../adapters/build-digest.ts';
import { readPolicies } from '../adapters/policies.ts';
import { loadConfig } from '../config.ts';
import { processingRegister } from '../ledger/export/register.ts';
import { registerMarkdown } from '../ledger/export/register-markdown.ts';
import { createLive } from '../registry/live.ts';
import { requireRuleset } from '../ruleset.ts';
import { say } from './output.ts';
import { parseArguments } from './page.ts';
import { REGISTER } from './pages/exports.ts';
import { configDirectory } from './place.ts';
import { printable, printableJson } from './printable.ts';
import { EXIT, type Exit, UsageError, type World } from './world.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

/** `five-safes register`: the record of processing activities of one agreement. Opens nothing of the log. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values, positionals } = parseArguments(REGISTER, args);
  const [wanted = ''] = positionals;
  const format = values.format ?? (world.terminal ? 'md' : 'json');
  if (format !== 'json' && format !== 'md') throw new UsageError('--format: expected json or md');
  const config = loadConfig(configDirectory(world, values.config), world.env);
  const { registry, networks, networksOf, digest } = config;
  const { rulebook } = await requireRuleset(readPolicies(config.policies), {
    ...{ registry, networks, networksOf },
    live: createLive(),
    configuration: digest,
    build: buildDigest(SOURCES),
  });
  const agreement = registry.agreement(wanted);
  const page = rulebook.pages.find(({ kind, name }) => kind === 'agreement' && name === wanted);
  if (agreement === undefined || page === undefined) {
    say(world, `There is no agreement "${wanted}". There are: ${registry.agreements.map(({ id }) => id).join(', ')}`);
    return EXIT.refused;
  }
  const register = processingRegister({
    agreement,
    page,
    partners: registry.partners,
    projects: registry.projects,
    datasets: registry.datasets,
    versions: { registry: registry.digest, rulebook: rulebook.digest },
    made: Date.now(),
  });
  const text = format === 'json' ? `${JSON.stringify(register, null, 2)}\n` : registerMarkdown(register);
  const shown = format === 'json' ? printableJson(text) : text.split('\n').map(printable).join('\n');
  world.out(world.terminal ? shown : text);
  return EXIT.ok;
}
