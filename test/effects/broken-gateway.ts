import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { systemClock } from '../../src/adapters/clock.ts';
import { connectHolders } from '../../src/adapters/holders/connect.ts';
import { readPolicies } from '../../src/adapters/policies.ts';
import { openSqliteHolder } from '../../src/adapters/sqlite/holder.ts';
import { loadKeys } from '../../src/adapters/sqlite/keys-file.ts';
import { openLedger } from '../../src/adapters/sqlite/ledger.ts';
import { loadConfig } from '../../src/config.ts';
import type { Caller } from '../../src/domain/caller.ts';
import { exchangeId } from '../../src/domain/ids.ts';
import { createExchange } from '../../src/exchange.ts';
import { parseEnquiry } from '../../src/gateway/enquiry-schema.ts';
import type { Appended, EntryDraft, Ledger } from '../../src/ledger/entry.ts';
import { createLive } from '../../src/registry/live.ts';
import { requireRuleset } from '../../src/ruleset.ts';
import { createTreat } from '../../src/treat/treat.ts';

/**
 * The exchange with its order of effects broken on purpose: every append is said to be durable before it is. The test
 * that kills the real gateway must find this one out; the product has no switch that does the like.
 */
function hasty(ledger: Ledger): Ledger {
  return {
    append: async (draft: EntryDraft): Promise<Appended> => {
      setTimeout(() => void ledger.append(draft).catch(() => undefined), 400);
      return { index: 0, entry: '{}', checkpoint: '', proof: [], salt: '', spent: [] };
    },
  };
}

const config = loadConfig(process.argv[2] ?? '', process.env);
const { registry } = config;
const { ruleset } = await requireRuleset(readPolicies(config.policies), {
  registry,
  live: createLive(),
  networks: config.networks,
  networksOf: config.networksOf,
  configuration: config.digest,
  build: config.digest,
});
const holders = await connectHolders(registry.datasets, process.env, { openSqlite: openSqliteHolder });
const ledger = await openLedger({ directory: config.state, ...loadKeys(`${config.state}/keys`), node: 'broken' });
const clock = systemClock();
const conduct = createExchange({
  clock,
  ledger: hasty(ledger),
  ruleset: () => ruleset,
  fetch: holders.fetch,
  treat: createTreat({ pseudonymKey: () => Buffer.alloc(32) }),
  defect: console.error,
});
const person = registry.person('mara-lindqvist')?.identities[0];
const caller: Caller = { issuer: '', subject: '', ...person, amr: ['mfa'], authTime: Date.now(), bound: true };

const server = createServer(async (req, res) => {
  let text = '';
  for await (const part of req) text += String(part);
  const enquiry = parseEnquiry(JSON.parse(text), (id) => registry.dataset(id) !== undefined);
  const exchange = exchangeId(clock.now(), randomBytes(10));
  const release = await conduct({ exchange, caller, asker: 'broken', channel: { address: '127.0.0.1' }, enquiry });
  res.writeHead(release.outcome === 'refused' ? 403 : 200, { 'content-type': 'application/json' }).end(release.body);
});
server.listen(config.listen.port, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${config.listen.port}`;
  process.stdout.write(`${JSON.stringify({ event: 'listening', gateway: url, ops: url, key: ledger.key })}\n`);
});
