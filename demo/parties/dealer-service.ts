import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { listen, type Party, runParty } from './party.ts';
import { type DealerRecord, dealerRecords } from './records.ts';

const OPTIONS = z.strictObject({
  seed: z.int(),
  rows: z.int().min(0).max(999_999),
  port: z.int().default(0),
  /** Where each call is written before it is answered. */
  callLog: z.string(),
  /** Bearer token that callers must show, if any. */
  token: z.string().optional(),
});

/** A dictionary of RFC 9651 with these members in this order, as the gateway writes it. */
const RECEIPT = /^index=(\d{1,15}), entry=:[\w+/]+=*:, proof=\((?::[\w+/]+=*: ?)*\), checkpoint=:[\w+/]+=*:$/;

/** Where the gateway says the question stands in its log; null where it does not say, or not in the agreed form. */
function receiptIndex(header: string | string[] | undefined): number | null {
  const index = typeof header === 'string' ? RECEIPT.exec(header)?.[1] : undefined;
  return index === undefined ? null : Number(index);
}

/** How the dealer compares: case and separators do not count. */
function plain(identifier: string): string {
  return identifier.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function indexBy(records: readonly DealerRecord[], key: (record: DealerRecord) => string) {
  const index = new Map<string, DealerRecord[]>();
  for (const record of records) index.set(plain(key(record)), [...(index.get(plain(key(record))) ?? []), record]);
  return (value: string): readonly DealerRecord[] => index.get(plain(value)) ?? [];
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

/** `GET /sales?vin=…`, `GET /sales?engine=…`, `GET /sales/by-registration/…`: undefined where it is none of these. */
function search(records: readonly DealerRecord[]) {
  const byVin = indexBy(records, (r) => r.vehicle.vin);
  const byEngine = indexBy(records, (r) => r.vehicle.engineNo);
  const byRegistration = indexBy(records, (r) => r.vehicle.registration);
  return (url: URL): readonly DealerRecord[] | undefined => {
    const [vin, engine] = [url.searchParams.get('vin'), url.searchParams.get('engine')];
    if (url.pathname === '/sales' && vin !== null) return byVin(vin);
    if (url.pathname === '/sales' && engine !== null) return byEngine(engine);
    const registration = /^\/sales\/by-registration\/((?:[A-Za-z0-9-]|%20)+)$/.exec(url.pathname)?.[1];
    return registration === undefined ? undefined : byRegistration(registration.replaceAll('%20', ''));
  };
}

/** The REST service of a dealer group. Its call log is its own: the gateway neither writes nor reads it. */
export async function startDealerService(given: unknown): Promise<Party> {
  const options = OPTIONS.parse(given);
  const find = search(dealerRecords(options.seed, options.rows));
  const log = openSync(options.callLog, 'a');
  const note = ({ method, url, headers }: IncomingMessage) => {
    const exchange = headers['five-safes-exchange'] ?? null;
    const receipt = receiptIndex(headers['five-safes-receipt']);
    writeSync(log, `${JSON.stringify({ time: new Date().toISOString(), method, url, exchange, receipt })}\n`);
    // Synced before the answer: the log must know of every answer, however this process ends.
    fsyncSync(log);
  };
  const party = await listen(options.port, (origin) => (request, response) => {
    note(request);
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) {
      return answer(response, 401, { error: 'unauthorised' });
    }
    if (request.method !== 'GET') return answer(response, 405, { error: 'method' });
    const items = find(new URL(request.url ?? '/', origin));
    return items === undefined ? answer(response, 404, { error: 'not found' }) : answer(response, 200, { items });
  });
  const stop = async () => {
    await party.stop();
    closeSync(log);
  };
  return { url: party.url, stop };
}

if (import.meta.main) await runParty(startDealerService);
