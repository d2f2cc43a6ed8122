import { isDayOver } from '../domain/local-time.ts';
import type { Condition } from '../domain/rule.ts';
import { DAY, type Instant } from '../domain/time.ts';
import { type Flaw, type FlawCode, flaw } from './flaw.ts';
import type { Page } from './page.ts';
import { flatMapSteps, type Steps } from './turns.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What is in force today: pages speak of people's papers, of agreements and of days. */
export interface LintWorld {
  readonly now: Instant;
  /** Names that somebody in the registry has in force. */
  readonly accreditations: ReadonlySet<string>;
  readonly trainings: ReadonlySet<string>;
  /** By agreement. */
  readonly agreements: ReadonlyMap<string, AgreementToday>;
}

export interface AgreementToday {
  readonly inForce: boolean;
  readonly timeZone: string;
  /** Of its projects in force. */
  readonly legalBases: ReadonlySet<string>;
}

/** Names that nobody carries any more; each is told once for a page. */
export function* staleNames(pages: readonly Page[], world: LintWorld): Steps<readonly Flaw[]> {
  const found: (readonly Flaw[])[] = [];
  for (const page of pages) {
    const told = new Set<string>();
    found.push(
      yield* flatMapSteps(page.rules, (rule) =>
        rule.conditions.flatMap((condition) => {
          const stale = staleness(condition, world, world.agreements.get(page.name));
          if (stale === null || told.has(condition.text)) return [];
          told.add(condition.text);
          return [flaw(rule.place, ...stale)];
        }),
      ),
    );
  }
  return found.flat();
}

function staleness(
  { name, argument = '' }: Condition,
  { accreditations, trainings }: LintWorld,
  agreement: AgreementToday | undefined,
): readonly [FlawCode, string] | null {
  const nobody = `somebody in the registry with the ${name} "${argument}" in force`;
  if (name === 'accreditation') return accreditations.has(argument) ? null : ['name/nobody', nobody];
  if (name === 'training') return trainings.has(argument) ? null : ['name/nobody', nobody];
  if (agreement === undefined) return null;
  if (name === 'purpose' && !agreement.inForce) {
    return ['name/expired', `an agreement in force behind the purpose ${argument}`];
  }
  if (name === 'legal-basis' && !agreement.legalBases.has(argument)) {
    return ['name/expired', `a project in force on the legal basis ${argument}`];
  }
  return null;
}

const NOTICES = [
  [7, 'review/7-days'],
  [30, 'review/30-days'],
  [60, 'review/60-days'],
] as const;

/** Pages whose day of review is near or over. */
export function reviewsDue(pages: readonly Page[], { now, agreements }: LintWorld): readonly Flaw[] {
  return pages.flatMap((page): readonly Flaw[] => {
    const zone = agreements.get(page.name)?.timeZone ?? 'UTC';
    if (isDayOver(page.review, zone, now)) {
      const force = page.kind === 'agreement' ? 'its rules are out of force since' : 'its deny rows stay in force';
      return [flaw(page.place, 'review/lapsed', `a review by ${page.review}, which is over: ${force}`)];
    }
    const left = (Date.parse(page.review) + DAY - now) / DAY;
    const notice = NOTICES.find(([days]) => left <= days);
    if (notice === undefined) return [];
    const [days, code] = notice;
    return [flaw(page.place, code, `a review within ${days} days: the page says ${page.review}`)];
  });
}

/** What nobody will ever get: told, since it is easily forgotten and never refused. */
export function withheldFields(pages: readonly Page[], vocabulary: Vocabulary): readonly Flaw[] {
  return pages.flatMap((page) => {
    const named = new Map<string, Set<string>>();
    for (const { what } of page.rules) {
      if (what.dataset === null || what.field === undefined) continue;
      const fields = named.get(what.dataset) ?? new Set();
      named.set(what.dataset, fields.add(what.field));
    }
    return (vocabulary.agreements.get(page.name)?.datasets ?? []).flatMap((dataset) => {
      const declared = [...(vocabulary.datasets.get(dataset)?.fields.keys() ?? [])];
      const unnamed = declared.filter((field) => !named.get(dataset)?.has(field));
      if (unnamed.length === 0) return [];
      return [
        flaw(page.place, 'field/withheld', `rows for ${dataset}: ${unnamed.join(', ')}, if they shall ever leave`),
      ];
    });
  });
}

/** People rows that name no partner are for the people of every party. */
export function* wideRows(pages: readonly Page[], vocabulary: Vocabulary): Steps<readonly Flaw[]> {
  const found: (readonly Flaw[])[] = [];
  for (const page of pages) {
    const parties = vocabulary.agreements.get(page.name)?.parties.size ?? 0;
    found.push(
      yield* flatMapSteps(page.rules, (rule) => {
        const asks = rule.safe === 'people' && rule.verdict === 'allow';
        if (!asks || rule.who.some((part) => part.kind === 'partner')) return [];
        return [flaw(rule.place, 'who/wide', `a partner beside the role: it is for all ${parties} parties`)];
      }),
    );
  }
  return found.flat();
}
