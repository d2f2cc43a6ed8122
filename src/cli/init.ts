import { existsSync, readdirSync } from 'node:fs';
import { createKeys, keysIn, type LedgerKeys, loadKeys } from '../adapters/sqlite/keys-file.ts';
import { type Config, loadConfig } from '../config.ts';
import { ConfigurationError } from '../domain/configuration-error.ts';
import { layOutExample, SHIPPED_CONFIG } from './example-configuration.ts';
import { tell } from './output.ts';
import { parseArguments } from './page.ts';
import { INIT } from './pages/init.ts';
import { configDirectory, isMissingOrEmpty, shownPath } from './place.ts';
import { EXIT, type Exit, type World } from './world.ts';

/** `five-safes init`: a configuration that runs, and the keys of the log. Run again it changes nothing. */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(INIT, args);
  const directory = configDirectory(world, values.config);
  const laidOut = isMissingOrEmpty(directory);
  if (laidOut) layOutExample(directory);
  const config = loadConfig(directory, world.env);
  const made = !hasKeys(keysIn(config.state));
  const keys = made ? createKeys(keysIn(config.state), config.ledger.origin, world.env) : existingKeys(config, world);
  tell(world, values.json, {
    json: JSON.stringify({
      config: directory,
      configMade: laidOut,
      state: config.state,
      keys: keysIn(config.state),
      keysMade: made,
      verifierKey: keys.verifierKey,
    }),
    lines: told(world, directory, config, keys, { laidOut, made }),
  });
  return EXIT.ok;
}

function hasKeys(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).length > 0;
}

function existingKeys(config: Config, world: World): LedgerKeys {
  const keys = loadKeys(keysIn(config.state), world.env);
  if (keys.origin === config.ledger.origin) return keys;
  throw new ConfigurationError([
    `gateway.yaml: ledger.origin: expected "${keys.origin}", the name that the keys in ${keysIn(config.state)} were made for`,
  ]);
}

function told(
  world: World,
  directory: string,
  config: Config,
  keys: LedgerKeys,
  { laidOut, made }: { readonly laidOut: boolean; readonly made: boolean },
): readonly string[] {
  const shown = shownPath(world, directory);
  const keysShown = shownPath(world, keysIn(config.state));
  // npm runs scripts from the root of the checkout, whatever the working directory is.
  const byDefault = directory === SHIPPED_CONFIG;
  return [
    `Configuration: ${shown} (${laidOut ? 'laid out from the example, with its rulebook in policies/' : 'was there'})`,
    `Keys:          ${keysShown} (${made ? 'made' : 'exist already; they were left alone'})`,
    '',
    'Verifier key, for partners to check the log with; hand it to them by another way than the log:',
    `  ${keys.verifierKey}`,
    '',
    'Next:',
    ...(made
      ? [
          `  1. Back up ${keysShown}. Without it the log cannot be continued nor its details opened; nobody can make it again.`,
        ]
      : [`  1. See that ${keysShown} is backed up.`]),
    `  2. Edit the files in ${shown}: partners, people, agreements, datasets, and the rules of each agreement.`,
    `  3. five-safes check${shown === 'config' ? '' : ` --config ${shown}`}`,
    `  4. npm start${byDefault ? '' : ` -- ${directory}`}`,
  ];
}
