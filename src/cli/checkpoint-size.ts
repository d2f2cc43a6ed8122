/**
 * How many entries a checkpoint says that its log has (C2SP tlog-checkpoint: the second line). Its signature is not
 * looked at: that is for `five-safes verify`.
 * @returns null where the note has no such line.
 */
export function checkpointSize(note: string): number | null {
  const [, size = ''] = note.split('\n');
  return /^(0|[1-9]\d{0,14})$/.test(size) ? Number(size) : null;
}
