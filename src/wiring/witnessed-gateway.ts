import { join } from 'node:path';
import { openCosignatures } from '../adapters/sqlite/cosignatures.ts';
import { ledgerPaths } from '../adapters/sqlite/files.ts';
import { readGrowth } from '../adapters/sqlite/growth.ts';
import { readKeyChanges } from '../adapters/sqlite/key-changes.ts';
import type { LedgerStatus } from '../adapters/sqlite/ledger-contract.ts';
import type { Config } from '../config.ts';
import { Fault } from '../domain/faults.ts';
import type { ExchangeId } from '../domain/ids.ts';
import { type Instant, isoTime } from '../domain/time.ts';
import type { FoundExchange } from '../gateway/ports.ts';
import { toBase64 } from '../ledger/base64.ts';
import type { Ledger } from '../ledger/entry.ts';
import { witnessedReceipt } from '../ledger/receipt.ts';
import type { EvidencePlace } from './evidence.ts';
import { Witnessing } from './witnessing.ts';

export interface WitnessedOptions {
  readonly config: Pick<Config, 'state' | 'ledger'>;
  readonly ledger: Ledger & { status(): LedgerStatus };
  now(): Instant;
  newId(): ExchangeId;
  log(event: string, fields: Readonly<Record<string, unknown>>): void;
}

/** All that the gateway has to do with witnesses, as `main.ts` hands it on. */
export type WitnessedGateway = ReturnType<typeof witnessedGateway>;

/** Starts to collect cosignatures. @throws what SQLite throws where the store of cosignatures cannot be opened. */
export function witnessedGateway({ config, ledger, now, newId, log }: WitnessedOptions) {
  const { witnesses, quorum, stopAfterMs } = config.ledger;
  const paths = ledgerPaths(config.state);
  const read: ConstructorParameters<typeof Witnessing>[0]['read'] = (work) => {
    // A connection of ours would keep SQLite busy with files that were lost.
    if (ledger.status().state !== 'ready') throw new Fault('ledger/unavailable');
    return readGrowth(paths.ledger, work);
  };
  const store = openCosignatures(join(config.state, 'cosignatures.db'));
  const witnessing = new Witnessing({ witnesses, quorum, stopAfterMs, store, read, now, log });
  witnessing.start();
  const keyChanges = readKeyChanges(config.state);

  let stopped: { readonly from: Instant; turnedAway: number } | null = null;
  const recordStop = async () => {
    if (stopped === null) return;
    const told = stopped;
    stopped = null;
    const { from, turnedAway } = told;
    try {
      const accountability = { code: 'ledger/unwitnessed', from: isoTime(from), to: isoTime(now()), turnedAway };
      await ledger.append({ kind: 'outage', exchange: newId(), accountability, subject: null });
    } catch {
      // The log is away, or the clock is not trusted: said again with the next one.
      stopped = { from, turnedAway: turnedAway + ((stopped as typeof told | null)?.turnedAway ?? 0) };
    }
  };

  /** The newest witnessed checkpoint, if it is over so many entries. */
  const over = (size: number) => witnessing.over(size)?.note ?? null;
  return {
    /** The place of evidence, with what witnesses signed. */
    evidence: (place: EvidencePlace): EvidencePlace => ({ ...place, cosigned: over }),
    /** Text of the published changes of the signing key; empty where there was none. */
    keyChanges: () => keyChanges,
    cosignaturesOf: (note: string) => witnessing.cosignaturesOf(note),
    newest: () => over(0),
    /** @throws Fault('ledger/unwitnessed') where nothing may be asked now; it is counted, and one entry tells of it later. */
    demand(): void {
      const problem = witnessing.problem();
      if (problem === null) {
        void recordStop();
        return;
      }
      stopped ??= { from: now(), turnedAway: 0 };
      stopped.turnedAway += 1;
      throw new Fault('ledger/unwitnessed', problem);
    },
    /** The receipt leads to the witnessed checkpoint once there is one that covers its entry. */
    witnessed(found: FoundExchange | null): FoundExchange | null {
      const receipt = found?.receipt ?? null;
      const head = receipt === null ? null : witnessing.over(receipt.index + 1);
      if (found === null || receipt === null || head === null) return found;
      const proof = read((growth) => growth.inclusion(receipt.index, head.size)).map(toBase64);
      return { ...found, receipt: witnessedReceipt(receipt, head.note, proof) };
    },
    check: {
      name: 'witnesses',
      problem: () => (clockHolds(now) ? witnessing.problem() : null),
      details: () => (witnesses.length === 0 ? undefined : witnessing.status()),
    },
    async stop(): Promise<void> {
      await recordStop();
      await witnessing.stop();
    },
  };
}

/** An untrusted clock is told by its own check. */
function clockHolds(now: () => Instant): boolean {
  try {
    now();
    return true;
  } catch {
    return false;
  }
}
