import { readPolicies } from '../adapters/policies.ts';
import type { RulebookReader } from '../adapters/sqlite/rulebook-reader.ts';
import type { Config } from '../config.ts';
import { ConfigurationError } from '../domain/configuration-error.ts';
import type { Proposal } from '../domain/rulebook-life.ts';
import type { Instant } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import { REVIEW_WITHIN } from '../review/rulebook-life.ts';
import { rulebookDigest } from '../rulebook/sources.ts';
import { isCurrentCatalogue, makeVersion, readVersion, type Version } from '../rulebook/version.ts';
import { type RulesetContext, requireRuleset } from '../ruleset.ts';
import { createServing, type Serving } from './rulebook-serving.ts';

/** Who a version is by that no person drafted. */
const FILES = 'policies';

/** What decides, as far as it can be told before the ledger is open: from files, everything; from the store, nothing yet. */
export async function servingOf(config: Config, context: RulesetContext): Promise<Serving> {
  const fromFiles = config.rulebook.source === 'files';
  return createServing(fromFiles ? await requireRuleset(readPolicies(config.policies), context) : null);
}

/** The files as they stand. @throws ConfigurationError where they are no version. */
export function versionInFiles({ policies }: Pick<Config, 'policies'>, parent: Digest | null, time: Instant): Version {
  return required(
    makeVersion(readPolicies(policies), { parent, author: FILES, message: 'as read from the files', time }),
  );
}

/** As `versionInFiles`, for those who only want to know whether it is another one. */
export function digestInFiles({ policies }: Pick<Config, 'policies'>): Digest | 'unreadable' {
  try {
    return rulebookDigest(readPolicies(policies));
  } catch {
    return 'unreadable';
  }
}

/** What a gateway is to serve when it starts. */
export interface Beginning {
  readonly version: Version;
  /** To be recorded with the start: it was not active before. Null: it was. */
  readonly proposal: Proposal | null;
}

/**
 * From files: the files, always. From the store: what is active there, and the files only where nothing is.
 * @throws ConfigurationError where what the store says is active is not what the log says, or is not what it was.
 */
export function beginning(config: Config, reader: RulebookReader, id: string, now: Instant): Beginning {
  const active = reader.proposals().find((one) => one.state === 'active');
  if (active === undefined || config.rulebook.source === 'files') {
    const version = versionInFiles(config, active?.version ?? null, now);
    return { version, proposal: version.digest === active?.version ? null : started(id, version, now, null) };
  }
  const logged = reader.lastInLog();
  if (logged !== active.version)
    throw new ConfigurationError([`rulebook: the store says that ${active.version} is active, the log says ${logged}`]);
  const kept = reader.version(active.version);
  if (kept === undefined) throw new ConfigurationError([`rulebook: the store does not hold ${active.version}`]);
  const version = required(readVersion(kept));
  if (isCurrentCatalogue(version)) return { version, proposal: null };
  // The words of the pages mean something else to this build. Nobody could sign in to say so if it did not start.
  const message = `the files of ${version.digest}, under the catalogue of another build`;
  const again = required(makeVersion(version.sources, { parent: version.digest, author: FILES, message, time: now }));
  return { version: again, proposal: started(id, again, now, now + REVIEW_WITHIN) };
}

function started(id: string, { digest, message }: Version, now: Instant, reviewBy: Instant | null): Proposal {
  return {
    ...{ id, revision: 1, state: 'active', kind: 'start', version: digest, author: FILES, partner: '', message },
    ...{ time: now, submission: null, approvals: [], at: null, activated: now, reviewBy, reviewer: null },
  };
}

function required(made: ReturnType<typeof makeVersion>): Version {
  if ('problem' in made) throw new ConfigurationError([`rulebook: ${made.problem}`]);
  return made;
}
