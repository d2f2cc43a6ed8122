/** One attempt after another until it is ended, each after twice the time of the last. */
export interface Retries {
  /** Ends what went on before. */
  begin(attempt: () => void): void;
  end(): void;
}

/** @param firstMs before the first attempt. @param longestMs between two. Keeps no process alive. */
export function createRetries(firstMs: number, longestMs: number): Retries {
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearTimeout(timer);
  const after = (ms: number, attempt: () => void) => {
    end();
    timer = setTimeout(() => {
      // First the next, for the attempt may be the one that ends them.
      after(Math.min(ms * 2, longestMs), attempt);
      attempt();
    }, ms).unref();
  };
  return { begin: (attempt) => after(firstMs, attempt), end };
}
