import type { StoredPart } from './source.ts';
import { bundlePath } from './tiles.ts';

/** Entries, or their sealed details, of one tile's width in one piece. */
export interface Unpacked<T> {
  /** In order, up to the first that cannot be read. */
  readonly items: readonly T[];
  /** Position of the item at which the bytes have not the form of a bundle; null where all of them have. */
  readonly bad: number | null;
}

/** The sealed bytes beside an entry, as a bundle carries them; a part is null where there is none. */
export interface SealedDetails {
  readonly accountability: StoredPart | null;
  readonly subject: StoredPart | null;
}

const LONGEST_ENTRY = 65_535;
/** Of a bundle of details; far above what 256 exchanges can need. */
export const DETAILS_LIMIT = 256 * 1024 * 1024;

/** C2SP tlog-tiles: each entry behind its length, 16 bits, big-endian. Throws `RangeError` for an entry beyond 65,535 bytes. */
export function entryBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > LONGEST_ENTRY) throw new RangeError(`an entry of ${entry.length} bytes fits no bundle`);
      const length = Buffer.allocUnsafe(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** @param width entries that there must be, no more and no fewer. */
export function unpackEntries(bytes: Uint8Array, width: number): Unpacked<Uint8Array> {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: Uint8Array[] = [];
  let at = 0;
  while (items.length < width) {
    const end = at + 2 > from.length ? Number.POSITIVE_INFINITY : at + 2 + from.readUInt16BE(at);
    if (end > from.length) return { items, bad: items.length };
    items.push(from.subarray(at + 2, end));
    at = end;
  }
  return { items, bad: at === from.length ? null : width - 1 };
}

/** Where a bundle of details lies beside the tiles: a layout of this product, see docs/log-format.md. */
export function detailsPath(index: number, width: number): string {
  return `details/${bundlePath(index, width)}`;
}

/** For each entry its two sealed parts, accountability first, each behind its length: 32 bits, big-endian, 0 for none. */
export function detailsBundle(details: readonly SealedDetails[]): Buffer {
  return Buffer.concat(
    details.flatMap(({ accountability, subject }) =>
      [accountability, subject].flatMap((part) => {
        const sealed = part?.sealed ?? new Uint8Array(0);
        const length = Buffer.allocUnsafe(4);
        length.writeUInt32BE(sealed.length);
        return [length, sealed];
      }),
    ),
  );
}

/** @param width entries whose details there must be, no more and no fewer. */
export function unpackDetails(bytes: Uint8Array, width: number): Unpacked<SealedDetails> {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: SealedDetails[] = [];
  let at = 0;
  /** Undefined where the bytes end before the part does. */
  const part = (): StoredPart | null | undefined => {
    const start = at + 4;
    const end = start > from.length ? Number.POSITIVE_INFINITY : start + from.readUInt32BE(at);
    if (end > from.length) return undefined;
    at = end;
    // Which keys were destroyed is not in a bundle: nothing commits to it, so a bundle could say what it likes.
    return end === start ? null : { sealed: from.subarray(start, end), erased: false };
  };
  while (items.length < width) {
    const accountability = part();
    const subject = accountability === undefined ? undefined : part();
    if (accountability === undefined || subject === undefined) return { items, bad: items.length };
    items.push({ accountability, subject });
  }
  return { items, bad: at === from.length ? null : width - 1 };
}
