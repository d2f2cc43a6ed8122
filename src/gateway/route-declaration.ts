import type { z } from 'zod';
import type { ProblemCode } from './problem.ts';

export interface ParameterDeclaration {
  readonly name: string;
  readonly in: 'path' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: z.ZodType;
}

export interface AnswerDeclaration {
  readonly description: string;
  readonly schema: z.ZodType;
  /** Media type where it is not JSON. */
  readonly type?: string;
  /** Name and meaning. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route of `app.ts`, as the OpenAPI document tells of it. */
export interface RouteDeclaration {
  readonly method: 'get' | 'post';
  /** OpenAPI notation: `/v1/exchanges/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** Needs no token. */
  readonly open?: true;
  readonly parameters?: readonly ParameterDeclaration[];
  readonly body?: z.ZodType;
  /** By status. Statuses that problems have too are told as either. */
  readonly answers: Readonly<Record<number, AnswerDeclaration>>;
  /** Besides those that any request can meet. */
  readonly problems: readonly ProblemCode[];
}
