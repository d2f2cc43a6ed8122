import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDigest } from '../adapters/build-digest.ts';
import { connectHolders } from '../adapters/holders/connect.ts';
import type { CsvLoad } from '../adapters/holders/csv.ts';
import { readPolicies } from '../adapters/policies.ts';
import { openSqliteHolder } from '../adapters/sqlite/holder.ts';
import { type Config, loadConfig } from '../config.ts';
import { ConfigurationError } from '../domain/configuration-error.ts';
import { createLive } from '../registry/live.ts';
import { readExpected } from '../rulebook/expected.ts';
import { EXPECTED_SUFFIX, type Rulebook } from '../rulebook/rulebook.ts';
import { examineVersion } from '../ruleset.ts';
import { type CheckFlaw, CONFIGURATION, configurationFlaw } from './configuration-flaw.ts';
import { tell } from './output.ts';
import { parseArguments } from './page.ts';
import { CHECK } from './pages/check.ts';
import { configDirectory, shownPath } from './place.ts';
import { EXIT, type Exit, type World } from './world.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

/**
 * `five-safes check`: everything that would keep the gateway from starting with this configuration, or a version from being
 * submitted; and what somebody should look at.
 */
export async function run(args: readonly string[], world: World): Promise<Exit> {
  const { values } = parseArguments(CHECK, args);
  const directory = configDirectory(world, values.config);
  const { flaws, summary } = await examine(directory, world);
  const shown = flaws.map((flaw) => ({ ...flaw, file: shownPath(world, flaw.file) }));
  const wrong = flaws.some((flaw) => flaw.severity === 'error');
  tell(world, values.json, {
    json: JSON.stringify(shown),
    lines: [...shown.map(flawLine), ...(wrong ? [] : summary)],
  });
  return wrong ? EXIT.refused : EXIT.ok;
}

/** `config/policies/vehicle-tracing.csv:7:12 condition/unknown: expected …` */
function flawLine({ file, line, column, code, expected, severity }: CheckFlaw): string {
  const warning = severity === 'error' ? '' : `${severity} `;
  // Sentences about the configuration say themselves that something was expected, and where.
  return `${file}:${line}:${column} ${warning}${code}: ${code === CONFIGURATION ? '' : 'expected '}${expected}`;
}

interface Examined {
  readonly flaws: readonly CheckFlaw[];
  /** Lines for people, where there is no flaw. */
  readonly summary: readonly string[];
}

async function examine(directory: string, world: World): Promise<Examined> {
  const flaws: CheckFlaw[] = [];
  const noting = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      flaws.push(...error.problems.map((problem) => configurationFlaw(problem, directory)));
      return undefined;
    }
  };
  const config = await noting(() => loadConfig(directory, world.env));
  if (config === undefined) return { flaws, summary: [] };

  const sources = await noting(() => readPolicies(config.policies));
  const examined = sources && (await examineVersion(sources, contextOf(config), Date.now()));
  // Notes are for whoever works on the rules; here is told what should be changed.
  for (const { file, ...remark } of examined?.remarks.filter((r) => r.severity !== 'note') ?? []) {
    flaws.push({ file: join(config.policies, file), ...remark });
  }
  const loads = await noting(async () => {
    const holders = await connectHolders(config.registry.datasets, world.env, { openSqlite: openSqliteHolder });
    await holders.close();
    return holders.loads;
  });
  const rulebook = examined?.built?.rulebook;
  if (sources === undefined || rulebook === undefined || loads === undefined) return { flaws, summary: [] };
  return { flaws, summary: summaryOf(config, rulebook, sources, loads) };
}

function contextOf({ registry, networks, networksOf, digest }: Config) {
  return { registry, live: createLive(), networks, networksOf, configuration: digest, build: buildDigest(SOURCES) };
}

function summaryOf(
  { registry, issuers }: Config,
  rulebook: Rulebook,
  sources: ReadonlyMap<string, string>,
  loads: ReadonlyMap<string, CsvLoad>,
): readonly string[] {
  const rules = rulebook.pages.reduce((sum, page) => sum + page.rules.length, 0);
  const expected = [...sources]
    .filter(([file]) => file.endsWith(EXPECTED_SUFFIX))
    .reduce((sum, [file, text]) => sum + readExpected(file, text).cases.length, 0);
  const { partners, people, agreements, projects, datasets } = registry;
  return [
    'No mistake was found.',
    `Registry: ${partners.length} partners, ${people.length} people, ${issuers.length} identity providers, ` +
      `${agreements.length} agreements, ${projects.length} projects`,
    `Rulebook: ${rulebook.pages.length} pages, ${rules} rules, ${expected} expected decisions came true`,
    `          ${rulebook.digest}`,
    `Datasets: ${datasets.length}`,
    ...datasets.map(({ id, connector }) => `  ${id}: ${loadText(connector.kind, loads.get(id))}`),
  ];
}

function loadText(kind: string, load: CsvLoad | undefined): string {
  if (load === undefined) return `${kind}, not asked here`;
  const schemes = Object.entries(load.schemes).map(([scheme, { indexed, blank, malformed }]) => {
    const unfindable = blank + malformed === 0 ? '' : ` (${blank} without one, ${malformed} not of its form)`;
    return `${indexed} by ${scheme}${unfindable}`;
  });
  return `${kind}, ${load.rows} rows; to be found: ${schemes.join(', ')}`;
}
