import type { Safe } from '../src/domain/safe.ts';

/** Body of `POST /v1/exchanges`. */
export interface Ask {
  readonly project: string;
  readonly purpose: string;
  readonly case?: string;
  readonly justification: string;
  readonly ask: {
    readonly datasets: readonly string[];
    readonly by: Readonly<Record<string, string>>;
    readonly output: 'hit' | 'records';
  };
}

export interface Expectation {
  readonly status: number;
  /** Left out where the gateway does not know who asks: then there is no exchange, and `reason` says why. */
  readonly outcome?: 'released' | 'none' | 'refused' | 'partial';
  readonly reason?: string;
  /** The Safe that refuses, if one does. */
  readonly refusedBy?: Safe;
}

/** One question of the told scenario. */
export interface Step {
  readonly name: string;
  /** What happens, for somebody who sees this for the first time. */
  readonly told: string;
  readonly asker: string;
  readonly body: Ask;
  readonly expected: Expectation;
  /** The token is sent without the proof that its sender holds the key. */
  readonly asBearer?: true;
  /** Put to the holder's own REST path under `/proxy` instead; what is asked and why goes in headers. */
  readonly viaProxy?: string;
  /** The dealer group's service is stopped before this step. */
  readonly holderDown?: true;
  /** Asked again and again until it is refused, so often at most; what is shown is the last answer. */
  readonly untilRefused?: number;
  /** What somebody does before, and after. */
  readonly before?: readonly Deed[];
  readonly after?: readonly Deed[];
}

/** Something else that somebody asks of the gateway. */
export interface Deed {
  readonly told: string;
  readonly who: string;
  readonly path: string;
  readonly body: unknown;
}
