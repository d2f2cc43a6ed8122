import { createHash, hash } from 'node:crypto';

/**
 * A BagIt bag (RFC 8493) around the files of a crate, with SHA-512 manifests as the Five Safes RO-Crate profile wants them.
 * @param payload path under `data/` to content. @param identifier URN of the bag.
 * @returns every file of the bag, by path.
 */
export function bagOf(
  payload: ReadonlyMap<string, Uint8Array>,
  { identifier, day }: { readonly identifier: string; readonly day: string },
): ReadonlyMap<string, Uint8Array> {
  const files = [...payload].map(([path, bytes]) => [`data/${path}`, bytes] as const);
  const octets = files.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const tags = new Map([
    ['bagit.txt', text('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')],
    [
      'bag-info.txt',
      text(
        `Bagging-Date: ${day}\nExternal-Identifier: ${identifier}\nPayload-Oxum: ${octets}.${files.length}\n` +
          'Bag-Software-Agent: five-safes log crate\n',
      ),
    ],
    ['manifest-sha512.txt', manifest(files)],
  ]);
  return new Map([...tags, ['tagmanifest-sha512.txt', manifest([...tags])], ...files]);
}

function manifest(files: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  return text(files.map(([path, bytes]) => `${hash('sha512', bytes, 'hex')}  ${path}\n`).join(''));
}

function text(content: string): Uint8Array {
  return Buffer.from(content);
}

/** A UUID of version 8 (RFC 9562) that is the same for the same name. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha256').update(`five-safes uuid v1\n${name}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
