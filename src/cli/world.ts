/** How a command ends; outsiders go by these numbers. `refused` is also: invalid, not verified, not found. */
export const EXIT = { ok: 0, refused: 1, usage: 2, fault: 3 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** All that a command knows of the world around the process. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory, absolute. */
  readonly directory: string;
  /** Whether standard output is a terminal: then people read it, else a program does. */
  readonly terminal: boolean;
  out(text: string): void;
  /** Resolves once what was put out can be taken up; absent: at once. Who puts out much waits for it. */
  taken?(): Promise<void>;
  err(text: string): void;
  /** Shows how far something got; present where standard error is a terminal. */
  readonly progress?: (text: string) => void;
}

export type Run = (args: readonly string[], world: World) => Promise<Exit>;

/** The command line is not one that the command understands. */
export class UsageError extends Error {
  /** @param message what was expected; one sentence. */
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
