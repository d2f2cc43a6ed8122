import { generateKeyPairSync } from 'node:crypto';
import { renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { witnessMemory } from '../../src/adapters/sqlite/witness-key.ts';
import { createWitnessStore, openWitnessStore } from '../../src/adapters/sqlite/witness-store.ts';
import { checkpointText, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { cosignaturesIn } from '../../src/ledger/cosignature.ts';
import { noteSigner, signNote } from '../../src/ledger/note.ts';
import { addCheckpointBody } from '../../src/ledger/witnessing.ts';
import { addCheckpoint } from '../../src/witness/add-checkpoint.ts';
import { log, ORIGIN, witness } from './logs.ts';

const ours = log();
const forked = log(ORIGIN, ours.key, ' (another story)');
const stranger = log('unknown.example/log');
/** Same origin, another key. */
const impostor = log(ORIGIN);

describe('each status of tlog-witness, by a witness that cosigned 8 entries', () => {
  const note = (size: number, root: Uint8Array) => signCheckpoint(size, root, ours.signer);
  const proof = ours.proof(8, 13);
  const zeros = Buffer.alloc(32);
  const cases: readonly (readonly [number, string, string])[] = [
    [200, 'grown by a proof', ours.request(8, 13)],
    [200, 'the same again', ours.request(8, 8)],
    [
      200,
      'extension lines',
      addCheckpointBody({
        oldSize: 8,
        proof,
        note: signNote(`${checkpointText({ origin: ORIGIN, size: 13, root: ours.root(13) })}more\n`, ours.signer),
      }),
    ],
    [
      200,
      'a signature of an unknown key beside it',
      ours.request(8, 13) + signNote('x\n', noteSigner('other', impostor.key)).split('\n\n')[1],
    ],
    [400, 'nothing', ''],
    [400, 'no empty line', ours.request(8, 13).replace('\n\n', '\n')],
    [400, 'a size with a zero before', ours.request(8, 13).replace('old 8', 'old 08')],
    [400, 'a negative size', ours.request(8, 13).replace('old 8', 'old -8')],
    [400, 'another word', ours.request(8, 13).replace('old 8', 'new 8')],
    [400, 'a proof line that is no hash', ours.request(8, 13).replace('old 8\n', 'old 8\nAAAA\n')],
    [400, '64 proof lines', addCheckpointBody({ oldSize: 8, proof: Array(64).fill(zeros), note: ours.note(13) })],
    [400, 'no final newline', ours.request(8, 13).slice(0, -1)],
    [400, 'carriage returns', ours.request(8, 13).replaceAll('\n', '\r\n')],
    [400, 'an old size beyond the checkpoint', addCheckpointBody({ oldSize: 9, proof: [], note: ours.note(8) })],
    [400, 'a checkpoint of one line', addCheckpointBody({ oldSize: 8, proof, note: signNote('x\n', ours.signer) })],
    [404, 'a log that is not known', stranger.request(0, 8)],
    [403, 'another key under the same name', impostor.request(8, 13)],
    [403, 'a signature that does not hold', ours.request(8, 13).replace('\n13\n', '\n14\n')],
    [
      403,
      'one good signature and one that does not hold',
      ours.request(8, 13) + (signNote('other text\n', ours.signer).split('\n\n')[1] ?? ''),
    ],
    [409, 'an old size that is behind', ours.request(4, 13)],
    [409, 'an old size that is ahead', ours.request(9, 13)],
    [409, 'no old size', ours.request(0, 13)],
    [
      422,
      'a proof of the wrong tree',
      addCheckpointBody({ oldSize: 8, proof: forked.proof(8, 13), note: ours.note(13) }),
    ],
    [422, 'no proof', addCheckpointBody({ oldSize: 8, proof: [], note: ours.note(13) })],
    [422, 'a line of proof too many', addCheckpointBody({ oldSize: 8, proof: [...proof, zeros], note: ours.note(13) })],
    [422, 'a proof for the same size', addCheckpointBody({ oldSize: 8, proof: [zeros], note: ours.note(8) })],
    [422, 'another root for the same size', addCheckpointBody({ oldSize: 8, proof: [], note: note(8, zeros) })],
    [422, 'a forked log', forked.request(8, 13)],
  ];

  test.each(cases)('%i: %s', (status, _, body) => {
    const w = witness(ours);
    const ports = w.open();
    expect(addCheckpoint(ours.request(0, 8), ports).status).toBe(200);
    const reply = addCheckpoint(body, ports);
    expect(reply.status).toBe(status);
    const latest = ports.memory.latest(ORIGIN);
    if (status === 200) {
      const checkpoint = body.slice(body.indexOf('\n\n') + 2);
      const text = checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1);
      const [found] = cosignaturesIn(`${text}\n${reply.body}`, [w.verifier]);
      expect(found).toMatchObject({ witness: w.verifier.name, time: 1_800_000_000_000 });
      expect(latest?.note).toContain(reply.body);
    } else {
      expect(latest?.size).toBe(8);
      expect(reply.body).not.toContain('—');
    }
    if (status === 409) expect([reply.type, reply.body]).toEqual(['text/x.tlog.size', '8\n']);
  });

  test('a log never seen: it begins with any size and no proof; the empty tree has one root only', () => {
    const ports = witness(ours).open();
    const empty = (root: Uint8Array) => addCheckpointBody({ oldSize: 0, proof: [], note: note(0, root) });
    expect(addCheckpoint(ours.request(3, 8), ports)).toMatchObject({ status: 409, body: '0\n' });
    expect(addCheckpoint(addCheckpointBody({ oldSize: 0, proof: [zeros], note: ours.note(8) }), ports).status).toBe(
      422,
    );
    expect(addCheckpoint(empty(zeros), ports).status).toBe(422);
    expect(addCheckpoint(empty(ours.root(0)), ports).status).toBe(200);
    expect(addCheckpoint(ours.request(0, 8), ports).status).toBe(200);
  });

  test('a log that changes its key: both keys count while both are known', () => {
    const next = log(ORIGIN, generateKeyPairSync('ed25519').privateKey);
    const ports = witness(ours, next).open();
    expect(addCheckpoint(ours.request(0, 8), ports).status).toBe(200);
    expect(addCheckpoint(next.request(8, 13), ports).status).toBe(200);
  });
});

describe('what a witness remembers', () => {
  test('a fork is found by the one witness that saw the first story, and both checkpoints are kept as proof', () => {
    const w = witness(ours);
    const ports = w.open();
    addCheckpoint(ours.request(0, 13), ports);
    expect(addCheckpoint(forked.request(13, 20), ports).status).toBe(422);
    expect(addCheckpoint(forked.request(0, 13), ports).status).toBe(409);
    expect(addCheckpoint(forked.request(13, 13), ports).status).toBe(422);
    expect(w.lines.map(({ event }) => event)).toEqual(['cosigned', 'inconsistent', 'fork', 'fork']);
    expect(w.lines.map(({ news }) => news)).toEqual([undefined, undefined, true, false]);
    expect(w.lines.at(-1)).toMatchObject({ origin: ORIGIN, size: 13, other: forked.note(13) });
    expect(openWitnessStore(witnessMemory(w.state)).forks()).toEqual([{ origin: ORIGIN, size: 13 }]);
  });

  test('it outlives a restart', () => {
    const w = witness(ours);
    const before = w.open();
    addCheckpoint(ours.request(0, 8), before);
    w.open();
    expect(addCheckpoint(ours.request(0, 13), w.open())).toMatchObject({ status: 409, body: '8\n' });
    expect(addCheckpoint(ours.request(8, 13), w.open()).status).toBe(200);
  });

  test('of requests that judge the same state, one goes on: the others hear how far it came', () => {
    const w = witness(ours);
    const [first, second] = [w.open(), w.open()];
    addCheckpoint(ours.request(0, 8), first);
    // Between what the second one reads and what it writes, the first one writes.
    const raced = {
      ...second,
      memory: {
        ...second.memory,
        latest(origin: string) {
          const known = second.memory.latest(origin);
          if (known?.size === 8) addCheckpoint(ours.request(8, 20), first);
          return known;
        },
      },
    };
    expect(addCheckpoint(ours.request(8, 13), raced)).toMatchObject({ status: 409, body: '20\n' });
    expect(first.memory.latest(ORIGIN)?.size).toBe(20);
    const { memory } = w.open();
    const beside = { size: 5, root: ours.root(5), note: '' };
    expect(memory.advance(ORIGIN, null, beside)).toBe(false);
    expect(memory.advance(ORIGIN, { size: 20, root: ours.root(13) }, beside)).toBe(false);
  });

  test('memory missing, of something else, or taken away: nothing is signed', () => {
    const w = witness(ours);
    const ports = w.open();
    addCheckpoint(ours.request(0, 8), ports);
    expect(() => createWitnessStore(witnessMemory(w.state))).toThrow('not overwritten');
    renameSync(witnessMemory(w.state), `${w.state}/elsewhere`);
    expect(() => addCheckpoint(ours.request(8, 13), ports)).toThrow('moved, removed or replaced');
    expect(() => w.open()).toThrow('is missing');
    createWitnessStore(witnessMemory(w.state));
    expect(() => addCheckpoint(ours.request(8, 13), ports)).toThrow('moved, removed or replaced');
  });
});
