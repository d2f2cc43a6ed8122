import type { JsonObject } from '../../../domain/json.ts';
import { DAY, isoTime } from '../../../domain/time.ts';
import type { Report } from './report.ts';
import { type Spread, type Standing, sizeOf, spread, standing, type Tally, tallied } from './robust.ts';

/** Iglewicz & Hoaglin (1993) propose this bound for the modified z-score. */
export const OUT_OF_THE_ORDINARY = 3.5;
/** With fewer days to compare with nothing can be said. */
export const FEWEST_DAYS = 5;
/** Fewer questions than this in a day are not remarked upon, however quiet the other days were. */
export const FEWEST_QUESTIONS = 10;
const HISTORY_DAYS = 56;

interface Person {
  readonly person: string;
  readonly partner: string;
  /** Questions by day number since the epoch, UTC. */
  readonly days: Map<number, number>;
}

/**
 * Volumes out of the ordinary: days of the period on which a person asked far more than on their other days, or more than
 * colleagues of the same partner do on theirs. Compared are days (UTC) with at least one question, of the period and the 56
 * days before it. A day is named if its modified z-score is above 3.5 in either comparison and it has 10 questions or more.
 */
export const volumes: Report = {
  open: 'exchanges',
  history: HISTORY_DAYS * DAY,
  columns: ['day', 'person', 'partner', 'questions', 'own', 'colleagues'],
  async *run({ entries, covers, giveWay, from, until }) {
    const persons = new Map<string, Person>();
    let questions = 0;
    for await (const entry of entries()) {
      if (entry.opens !== 'exchange' || entry.opened === null || covers(entry.opened)?.whole !== true) continue;
      const { person, partner } = entry.opened.who;
      if (person === null || partner === null) continue;
      const known = persons.get(person) ?? { person, partner, days: new Map() };
      persons.set(person, known);
      const day = Math.floor(entry.time / DAY);
      known.days.set(day, (known.days.get(day) ?? 0) + 1);
      if (entry.time >= from) questions += 1;
    }
    const partners = new Map<string, Map<number, number>>();
    for (const { partner, days } of persons.values()) {
      partners.set(partner, tallied(days.values(), partners.get(partner)));
    }
    let remarked = 0;
    for (const { person, partner, days } of persons.values()) {
      // Requests that wait go first: there may be thousands of persons.
      await giveWay();
      const all = tallied(days.values());
      const colleagues = spreadOf(tallied(days.values(), new Map(partners.get(partner)), -1));
      for (const [day, count] of [...days].sort(([a], [b]) => a - b)) {
        if (day * DAY < from - DAY + 1 || day * DAY >= until || count < FEWEST_QUESTIONS) continue;
        const own = among(count, spreadOf(tallied([count], new Map(all), -1)));
        const others = among(count, colleagues);
        if ((own?.z ?? 0) <= OUT_OF_THE_ORDINARY && (others?.z ?? 0) <= OUT_OF_THE_ORDINARY) continue;
        remarked += 1;
        yield {
          day: isoTime(day * DAY).slice(0, 10),
          person,
          partner,
          questions: count,
          own: told(own),
          colleagues: told(others),
        };
      }
    }
    return {
      persons: persons.size,
      questions,
      remarked,
      statistic: 'modified z-score',
      bound: OUT_OF_THE_ORDINARY,
      historyDays: HISTORY_DAYS,
      fewestDays: FEWEST_DAYS,
      fewestQuestions: FEWEST_QUESTIONS,
    };
  },
};

/** Null: too few days. */
function spreadOf(days: Tally): Spread | null {
  return sizeOf(days) < FEWEST_DAYS ? null : spread(days);
}

function among(count: number, others: Spread | null): Standing | null {
  return others === null ? null : standing(count, others);
}

function told(of: Standing | null): JsonObject | null {
  return of === null ? null : { median: of.median, mad: of.mad, z: Math.round(of.z * 100) / 100 };
}
