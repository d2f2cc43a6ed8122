import { Fault } from '../domain/faults.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Proposal } from '../domain/rulebook-life.ts';
import { type Clock, type Instant, isoTime, SECOND } from '../domain/time.ts';
import type { Digest } from '../domain/versions.ts';
import type { Information } from '../gateway/ops.ts';
import type { LogLine } from '../gateway/ports.ts';
import { NotActivated, StaleProposal } from '../gateway/rulebook/ports.ts';
import { activate, isOverdue, stateAt } from '../review/rulebook-life.ts';

/** A log that is away, or a clock that is not trusted, is asked again so much later. */
const AGAIN_MS = 5 * SECOND;
/** No timer is set further ahead, so that none is cut short by its own limits or a sleeping machine. */
const AHEAD_MS = 60 * SECOND;

export interface Timetable {
  /** To be called when proposals have changed. */
  refresh(): void;
  readonly information: Information;
  stop(): void;
}

interface Parts {
  readonly clock: Clock;
  readonly log: LogLine;
  readonly source: 'files' | 'store';
  readonly inFiles: Digest | 'unreadable' | null;
  proposals(): readonly Proposal[];
  active(): Digest;
  activate(next: Proposal, who: null): Promise<number>;
}

/** Makes versions active at the time that was set for them, and says what waits. */
export function startTimetable({ clock, log, source, inFiles, proposals, active, activate: make }: Parts): Timetable {
  let known: readonly Proposal[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = false;
  let said = '';
  /** By proposal and round: submitted again, it is another attempt. */
  const failed = new Set<string>();
  const hasFailed = (one: Proposal) => failed.has(attemptOf(one));

  const arm = (after: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void run(), after).unref();
  };
  const waiting = () => known.filter((one) => one.state === 'scheduled' && one.at !== null && !hasFailed(one));
  const plan = () => {
    const next = Math.min(...waiting().map(({ at }) => at ?? Number.POSITIVE_INFINITY));
    if (next !== Number.POSITIVE_INFINITY) arm(Math.min(AHEAD_MS, Math.max(0, next - clock.now())));
  };
  const give = (up: Proposal, why: string) => {
    failed.add(attemptOf(up));
    log('rulebook-not-activated', { proposal: up.id, version: up.version, why });
  };
  /** Told once, not with every try. */
  const delayed = (why: Readonly<Record<string, string>>) => {
    const text = JSON.stringify(why);
    if (text !== said) log('rulebook-activation-delayed', why);
    said = text;
  };
  /** @returns whether it is settled; false: to be tried again. */
  const attempt = async (one: Proposal, now: Instant): Promise<boolean> => {
    const moved = activate(one, null, now);
    if ('refused' in moved) {
      give(one, `rulebook/${moved.refused}`);
      return true;
    }
    try {
      const entry = await make(moved.proposal, null);
      log('rulebook', { event: 'activate', proposal: one.id, version: one.version, entry });
      return true;
    } catch (error) {
      if (error instanceof NotActivated) give(one, error.code);
      else if (error instanceof StaleProposal) {
        const moved = proposals().find(({ id }) => id === one.id)?.revision !== one.revision;
        if (moved) return true;
        if (one.submission?.base === active()) return false;
        // Another one is active than it was compared with: nothing that comes of itself changes that.
        give(one, 'rulebook/state');
      } else {
        delayed({ proposal: one.id, why: causeOf(error) });
        return false;
      }
      return true;
    }
  };
  const run = async () => {
    if (running) return;
    running = true;
    try {
      const now = clock.now();
      let settled = true;
      // One by one, each for itself: what keeps one from it keeps no other.
      for (const one of waiting()) if ((one.at ?? now) <= now) settled = (await attempt(one, now)) && settled;
      known = proposals();
      if (settled) {
        said = '';
        plan();
      } else arm(AGAIN_MS);
    } catch (error) {
      delayed({ why: causeOf(error) });
      arm(AGAIN_MS);
    } finally {
      running = false;
    }
  };
  const refresh = () => {
    try {
      known = proposals();
      plan();
    } catch {
      arm(AGAIN_MS);
    }
  };
  const tell = (): JsonValue => {
    const now = Date.now();
    const overdue = known.filter((one) => isOverdue(one, now));
    return {
      source,
      active: active(),
      inFiles,
      open: known.filter((one) => ['submitted', 'partly-approved', 'approved', 'scheduled'].includes(stateAt(one, now)))
        .length,
      notActivated: known.filter((one) => one.state === 'scheduled' && hasFailed(one)).map(({ id }) => id),
      reviewBy:
        known.flatMap((one) =>
          one.state === 'active' && one.reviewBy !== null && one.reviewer === null ? [isoTime(one.reviewBy)] : [],
        )[0] ?? null,
      reviewOverdue: overdue.length > 0,
    };
  };
  refresh();
  return {
    refresh,
    information: { name: 'rulebook', tell },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function attemptOf({ id, submission }: Proposal): string {
  return `${id} ${submission?.round ?? 0}`;
}

/** In a word: a fault by its code, anything else by its kind; texts may say more than a log is to hold. */
function causeOf(error: unknown): string {
  if (error instanceof Fault) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
