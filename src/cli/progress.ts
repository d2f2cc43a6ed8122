import type { World } from './world.ts';

/** How far something got, on one line of a terminal. */
export interface Progress {
  /** @param text takes the place of what was told last. */
  tell(text: string): void;
  /** Takes the line away. What is told afterwards begins where it began. */
  end(): void;
}

/** Nothing is told where nobody watches. */
export function progressOf({ progress }: Pick<World, 'progress'>): Progress {
  let shown = false;
  return {
    tell(text) {
      shown = true;
      progress?.(`${CLEARED}${text}`);
    },
    end() {
      if (shown) progress?.(CLEARED);
      shown = false;
    },
  };
}

const CLEARED = '\r\u001b[K';
