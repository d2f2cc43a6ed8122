/** Where a feed is written to. */
export interface Sink {
  /**
   * Hands lines over. Resolves once they are out of our hands: in a file durable, on a socket taken by the system.
   * @param upTo index after the last entry they tell of. @throws Error where they could not be, wholly or in part.
   */
  send(lines: string, upTo: number): Promise<void>;
  /**
   * Index up to which nothing has to be sent again, or null where nothing more is known than before.
   * @throws Error where what was sent may have been lost.
   */
  settled(): number | null;
  /** Opens a file anew, for those who moved it away. */
  reopen(): void;
  close(): void;
}
