/** The configuration leaves a doubt, so the gateway refuses to start. Each problem says which key and what was expected. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  /** @param problems at least one sentence; must hold no secret and no holder's value. */
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}
