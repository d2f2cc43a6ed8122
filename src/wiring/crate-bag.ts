import type { EvidenceBundle } from '../ledger/bundle.ts';
import { bagOf } from '../ledger/export/bag.ts';
import { type CrateContext, type CrateFile, conformanceText, crateMetadata, crateUrn } from '../ledger/export/crate.ts';
import type { OpenedExchange } from '../ledger/opened.ts';

export type CrateName = CrateContext['nameOf'];

interface Payload extends Omit<CrateFile, 'size'> {
  readonly text: string;
}

/** All files of the bag of one exchange: metadata, the exchange opened, its entries, the evidence, the answer's digest. */
export function exchangeBag(
  opened: OpenedExchange,
  bundle: EvidenceBundle,
  context: Pick<CrateContext, 'log' | 'made' | 'nameOf'>,
): ReadonlyMap<string, Uint8Array> {
  const payload: readonly Payload[] = [
    json('exchange.json', 'The exchange, its details opened', opened),
    json('evidence.json', 'Evidence bundle: entries, proofs, signed checkpoint', bundle),
    ...bundle.entries.map(({ entry }, i) => ({
      path: `entries/${i}.json`,
      name: `Entry of the log, byte for byte as it was hashed (${i + 1} of ${bundle.entries.length})`,
      type: 'application/json',
      text: entry,
    })),
    ...(bundle.answer === null
      ? []
      : [
          json(
            'answer-digest.json',
            'Digest of the answer, and the salt under which the log commits to it',
            bundle.answer,
          ),
        ]),
    {
      path: 'CONFORMANCE.md',
      name: 'What this crate conforms to, and in what it does not',
      type: 'text/markdown',
      text: conformanceText(opened.exchange),
    },
  ];
  const answer = bundle.answer === null ? null : 'answer-digest.json';
  const files = payload.map(({ text, ...file }) => ({ ...file, size: Buffer.byteLength(text) }));
  const metadata = crateMetadata(opened, { ...context, files, answer });
  const contents = [['ro-crate-metadata.json', pretty(metadata)], ...payload.map(({ path, text }) => [path, text])];
  return bagOf(new Map(contents.map(([path = '', text = '']) => [path, Buffer.from(text)])), {
    identifier: crateUrn(context.log, opened.exchange),
    day: context.made.slice(0, 10),
  });
}

function json(path: string, name: string, value: object): Payload {
  return { path, name, type: 'application/json', text: pretty(value) };
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
