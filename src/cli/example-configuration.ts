import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SHIPPED_CONFIG = fileURLToPath(new URL('../../config', import.meta.url));
const SHIPPED_POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));
/** The key of gateway.yaml that leads to the rulebook. */
const POLICIES_KEY = /^policies:.*$/gm;

/**
 * Lays out the example that comes with the gateway: its configuration, and its rulebook in `policies` below it.
 * @param directory absolute; must not exist, or be empty. It appears whole or not at all.
 */
export function layOutExample(directory: string): void {
  mkdirSync(dirname(directory), { recursive: true });
  const draft = mkdtempSync(join(dirname(directory), `.${basename(directory)}-`));
  try {
    cpSync(SHIPPED_CONFIG, draft, { recursive: true });
    cpSync(SHIPPED_POLICIES, join(draft, 'policies'), { recursive: true });
    const settings = join(draft, 'gateway.yaml');
    const text = readFileSync(settings, 'utf8');
    if (text.match(POLICIES_KEY)?.length !== 1)
      throw new Error(`${SHIPPED_CONFIG}/gateway.yaml: expected one "policies:"`);
    writeFileSync(settings, text.replace(POLICIES_KEY, 'policies: policies'));
    // The draft was for our eyes only; the configuration is as any directory made by this person.
    chmodSync(draft, 0o777 & ~process.umask());
    renameSync(draft, directory);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}
