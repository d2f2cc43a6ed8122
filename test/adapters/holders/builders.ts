import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { connectHolders, type Holders } from '../../../src/adapters/holders/connect.ts';
import type { CanonicalRecord, Dataset, HttpConnector } from '../../../src/domain/dataset.ts';
import { Fault, type FaultCode } from '../../../src/domain/faults.ts';
import { canonicalIdentifier, type Scheme } from '../../../src/domain/identifier.ts';
import { exchangeId } from '../../../src/domain/ids.ts';
import type { Permit } from '../../../src/domain/permit.ts';
import { signCheckpoint } from '../../../src/ledger/checkpoint.ts';
import { entryText } from '../../../src/ledger/compose.ts';
import type { Appended } from '../../../src/ledger/entry.ts';
import { leafHash, nodeHash } from '../../../src/ledger/merkle.ts';
import { noteSigner } from '../../../src/ledger/note.ts';

/** 20 November 2026 */
export const NOW = Date.UTC(2026, 10, 20);
export const VIN = '1M8GDM9AXKP042788';

export function dataset(changes: Partial<Dataset> & Pick<Dataset, 'connector'>): Dataset {
  return {
    id: 'sales',
    title: 'Sales',
    holder: 'northgate',
    identifiers: { vin: 'vin' },
    fields: {},
    except: {},
    timeFloorMs: 0,
    timeoutMs: 5_000,
    ...changes,
  };
}

/** A Permit as `decide` would make it, for the one question `scheme` = `value`. */
export function permit(scheme: Scheme, value: string, changes: Partial<Permit> = {}): Permit {
  const by = canonicalIdentifier(scheme, value);
  if (by === undefined) throw new Error(`not a ${scheme}: ${value}`);
  return {
    exchange: exchangeId(NOW, new Uint8Array(10)),
    dataset: 'sales',
    holder: 'northgate',
    by,
    output: 'records',
    plan: [],
    maxRows: 20,
    disposition: 'release',
    terms: [],
    outputsRule: 'O1',
    granted: NOW,
    ...changes,
  } as Permit;
}

const SIGNER = noteSigner('gateway.example/test', generateKeyPairSync('ed25519').privateKey);
export const LOG_KEY = { name: SIGNER.name, publicKey: createPublicKey(SIGNER.privateKey), keyId: SIGNER.keyId };

/** The intent of a Permit's exchange, as the second entry of a log signed by `LOG_KEY`. */
export function asked({ exchange }: Permit): Appended {
  const entry = entryText({
    v: 1,
    kind: 'asked',
    exchange,
    time: new Date(NOW).toISOString(),
    accountability: `sha256:${'0'.repeat(64)}`,
    subject: null,
  });
  const before = leafHash(Buffer.from('the entry before'));
  const root = nodeHash(before, leafHash(Buffer.from(entry)));
  const proof = [Buffer.from(before).toString('base64')];
  return { index: 1, entry, checkpoint: signCheckpoint(2, root, SIGNER), proof, salt: '', spent: [] };
}

/** What a look-up came to: records, or the code of the fault, whose message must not hold `secret`. */
export async function ask(
  holders: Holders,
  of: Permit,
  secret = 'Testwood',
): Promise<readonly CanonicalRecord[] | FaultCode> {
  try {
    return (await holders.fetch(of, asked(of))).records;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const told = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
    if (told.includes(secret)) throw new Error('the fault tells a value of the holder');
    return error.code;
  }
}

/** A real HTTP server on a free port of loopback, closed with everything that hangs on it. */
export async function serving(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${address.port}`, close };
}

/** Connects one dataset to a listener, runs `use`, and closes both. */
export async function withService<T>(
  listener: RequestListener,
  changes: Partial<Dataset> &
    Pick<HttpConnector, 'tokenEnv' | 'timeouts'> & { readonly base?: string; readonly records?: string },
  use: (holders: Holders) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const service = await serving(listener);
  const { base = '', records = 'items', tokenEnv, timeouts, ...rest } = changes;
  const connector = {
    kind: 'http',
    baseUrl: `${service.url}${base}`,
    lookups: { vin: '/sales?vin={value}' },
    records,
    ...(tokenEnv === undefined ? {} : { tokenEnv }),
    ...(timeouts === undefined ? {} : { timeouts }),
  } as const;
  const holders = await connectHolders(
    [dataset({ fields: { make: { from: 'make', type: 'text' } }, ...rest, connector })],
    env,
  );
  try {
    return await use(holders);
  } finally {
    await holders.close();
    await service.close();
  }
}
