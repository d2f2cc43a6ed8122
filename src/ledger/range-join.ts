import { type ExchangeTurns, exchangeTurns } from './exchange-turns.ts';
import { type Edge, EMPTY_EDGE, edgeRoot, grow, type NodeHash } from './merkle.ts';
import { type CheckedRange, TURN } from './range-check.ts';

/** Ranges that were checked apart, put together again to one log. */
export interface JoinedRanges {
  /** The next range. @returns false where it does not fit to those before, so that the log must be looked at closer. */
  join(range: CheckedRange): boolean;
  /** Entries joined. */
  readonly entries: number;
  readonly erased: number;
  readonly open: number;
  /** Entries under the last checkpoint. */
  readonly covered: number;
  /** Of all entries joined; undefined while there is none. */
  root(): NodeHash | undefined;
}

/** @param width of the ranges. */
export function joinedRanges(width: number): JoinedRanges {
  const turns = exchangeTurns();
  /** Its leaves are whole ranges. */
  let edge = EMPTY_EDGE;
  let [entries, erased, covered, lastTime] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  /** Size of the checkpoint that must come next; undefined before the first range. */
  let expected: number | null | undefined;
  let root: NodeHash | undefined;
  return {
    get entries() {
      return entries;
    },
    get erased() {
      return erased;
    },
    get open() {
      return turns.open;
    },
    get covered() {
      return covered;
    },
    root: () => root,
    join(range) {
      // Nothing may follow on a range that is not whole.
      if (
        range.width !== width ||
        range.from !== entries ||
        range.from !== edge.size * width ||
        range.firstTime < lastTime ||
        // In a damaged file a checkpoint may stand where neither range meets it.
        (expected !== undefined && range.firstCheckpoint !== expected)
      )
        return false;
      if (!range.claims.every((claim) => Buffer.compare(rootOver(edge, claim.part), claim.root) === 0)) return false;
      if (!takeTurns(range, turns)) return false;
      root = rootOver(edge, range.part);
      if (range.to - range.from === width) {
        const { edge: grown, nodes } = grow(edge, [range.part]);
        if (Buffer.compare(Buffer.concat(nodes.map(({ hash }) => hash)), range.above) !== 0) return false;
        edge = grown;
      }
      entries = range.to;
      erased += range.erased;
      lastTime = range.lastTime;
      expected = range.nextCheckpoint;
      if (range.covered > range.from) covered = range.covered;
      return true;
    },
  };
}

/** Root of the tree whose whole ranges are under `edge` and whose last entries amount to `part`. */
function rootOver(edge: Edge, part: NodeHash): NodeHash {
  return edgeRoot({ size: edge.size, peaks: [part, ...edge.peaks] });
}

function takeTurns({ turns: kinds, exchanges }: CheckedRange, turns: ExchangeTurns): boolean {
  for (let i = 0; i < kinds.length; i++) {
    const taken = kinds[i] === TURN.asked ? turns.asked(exchanges, 4 * i) : turns.outcome(exchanges, 4 * i);
    if (!taken) return false;
  }
  return true;
}
