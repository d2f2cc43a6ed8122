import type { NodeHash } from './merkle.ts';
import { type Feed, feed, type LedgerSource } from './source.ts';

export type NodeVerdict = 'node/missing' | 'node/altered' | 'entry/altered' | null;
type Verdict = NodeVerdict | Promise<NodeVerdict>;

/** Compares the tree, as it comes to be out of the entries, with what the source has stored of it. */
export interface NodeChecker {
  /** A full node of level 1 or above; each level in order. */
  node(level: number, hash: NodeHash): Verdict;
  /** A leaf, in order. Where the two differ, the stored tree decides which of them was altered. */
  leaf(index: number, hash: NodeHash): Verdict;
}

export function nodeChecker(source: LedgerSource): NodeChecker {
  const levels: (Feed<NodeHash> | null)[] = [];
  const leaves = source.leaves === undefined ? null : feed(source.leaves());
  return {
    node(level, hash) {
      if (source.nodes === undefined) return null;
      let stored = levels[level];
      if (stored === undefined) {
        const chunks = source.nodes(level);
        stored = chunks === null ? null : feed(chunks);
        levels[level] = stored;
      }
      return stored === null ? null : compared(stored, hash, () => 'node/altered');
    },
    leaf(index, hash) {
      if (leaves === null) return null;
      return compared(leaves, hash, async () =>
        (await source.proves?.(index, hash)) === true ? 'node/altered' : 'entry/altered',
      );
    },
  };
}

function compared(stored: Feed<NodeHash>, hash: NodeHash, differs: () => Verdict): Verdict {
  const judge = (found: NodeHash | undefined): Verdict => {
    if (found === undefined) return 'node/missing';
    return Buffer.compare(found, hash) === 0 ? null : differs();
  };
  const next = stored.next();
  return next instanceof Promise ? next.then(judge) : judge(next);
}
