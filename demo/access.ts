import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Partnership } from './partnership.ts';

/** Lines for a shell with which somebody asks from the command line. */
export function accessFile(state: string, subject: string): string {
  return join(state, 'access', `${subject}.env`);
}

/** Writes one such file for everybody who has signed in. Each is as good as the person for as long as the token lasts. */
export function layOutAccess({ state, gateway, access }: Pick<Partnership, 'state' | 'gateway' | 'access'>): void {
  mkdirSync(join(state, 'access'), { recursive: true, mode: 0o700 });
  for (const [subject, { token, dpopJwk }] of access) {
    const lines = [
      `export FIVE_SAFES_GATEWAY='${gateway.url}'`,
      `export FIVE_SAFES_TOKEN='${token}'`,
      dpopJwk === null ? 'unset FIVE_SAFES_DPOP_KEY' : `export FIVE_SAFES_DPOP_KEY='${JSON.stringify(dpopJwk)}'`,
    ];
    writeFileSync(accessFile(state, subject), `${lines.join('\n')}\n`, { mode: 0o600 });
  }
}
