import { digestOfJson } from '../domain/digest.ts';
import type { Instant } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import type { Examined, RulebookPorts, Widening } from '../gateway/rulebook/ports.ts';
import { EXPECTED_SUFFIX } from '../rulebook/sources.ts';
import { breatheBetweenEvents, inTurns } from '../rulebook/turns.ts';
import type { Version } from '../rulebook/version.ts';
import { comparingAccess, wideningFor } from '../ruleset/access/no-new-access.ts';
import { whatIf } from '../ruleset/what-if.ts';
import { type BuiltRuleset, buildRuleset, examineVersion, type RulesetContext } from '../ruleset.ts';
import { dutiesWiden } from './rulebook-change.ts';
import { touchedHolders } from './rulebook-touched.ts';

/** Combinations tried for each dataset and output level before it is taken as not proved: the gateway serves meanwhile. */
const BOUND = 100_000;
/** Versions that stay built. */
const KEPT = 4;

type Built = Awaited<ReturnType<typeof buildRuleset>>;

/** Looks at versions without using them. */
export interface Trials {
  /** As it would be used, or its flaws. Built once, as long as it is among the last few. */
  built(version: Version): Promise<Built>;
  examine(version: Version): Promise<Examined>;
  widening(before: Version, after: Version): Promise<Widening>;
  readonly whatIf: RulebookPorts['whatIf'];
}

/** @param now what reviews and expired names are told by. */
export function createTrials(context: RulesetContext, now: () => Instant): Trials {
  const kept = new Map<Digest, Promise<Built>>();
  const built = (version: Version) => {
    const found = kept.get(version.digest) ?? buildRuleset(version.sources, context);
    kept.delete(version.digest);
    kept.set(version.digest, found);
    for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest);
    return found;
  };
  return {
    built,
    async examine(version) {
      const { built: usable, remarks } = await examineVersion(version.sources, context, now());
      const clean = usable !== null && remarks.every(({ severity }) => severity !== 'error');
      return { findings: remarks, tests: clean ? testsOf(version) : null };
    },
    async widening(before, after) {
      const [was, is] = [await built(before), await built(after)];
      if (!('ruleset' in was && 'ruleset' in is)) throw new Error('a version with mistakes cannot be compared');
      const [from, to] = [
        { pages: was.rulebook.pages, sources: before.sources },
        { pages: is.rulebook.pages, sources: after.sources },
      ];
      const touches = await inTurns(touchedHolders(from, to, context.registry), breatheBetweenEvents);
      return { ...(await compared(was, is, context.registry)), touches };
    },
    async whatIf(version, { exchange, person, caller, channel, enquiry }, at) {
      const tried = await built(version);
      if (!('ruleset' in tried)) return null;
      const { issuer: _issuer, subject: _subject, tokenId: _token, ...signIn } = caller;
      const networks = context.networksOf(channel.address);
      const supposed = { exchange, person, at, signIn, networks, enquiry };
      return whatIf(tried.rulebook, context.registry, context.live, supposed)?.legs ?? null;
    },
  };
}

/** Over every expected decision, all of which came true. */
function testsOf({ sources }: Version): Digest {
  return digestOfJson(Object.fromEntries([...sources].filter(([name]) => name.endsWith(EXPECTED_SUFFIX))));
}

async function compared(
  was: BuiltRuleset,
  is: BuiltRuleset,
  registry: RulesetContext['registry'],
): Promise<Omit<Widening, 'touches'>> {
  const found = await inTurns(comparingAccess(was.rulebook, is.rulebook, registry, BOUND), breatheBetweenEvents);
  const holders = [...new Set(found.map(({ holder }) => holder))].filter(
    (holder) => wideningFor(found, holder).length > 0,
  );
  const taking = dutiesWiden(was.rulebook, is.rulebook, registry.agreements, registry.projects);
  const duties = await inTurns(taking, breatheBetweenEvents);
  const grounds = found.flatMap(({ agreement, dataset, output, access }) => {
    const place = `${agreement}, ${dataset} (${output})`;
    if (access.kind === 'example') return [`${place}: ${access.widens.join('; ')}`];
    return access.kind === 'not-proved' ? [`${place}: it is not proved that nothing widens: ${access.why}`] : [];
  });
  return {
    none: holders.length === 0,
    partners: [...new Set([...holders, ...duties.map(({ partner }) => partner)])].toSorted(),
    grounds: [...grounds, ...duties.map(({ partner, says }) => `${partner}: ${says}`)],
  };
}
