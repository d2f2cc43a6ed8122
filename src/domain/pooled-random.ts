const POOL_BYTES = 16_384;

/**
 * Hands out random bytes, each once, of which many are drawn from the system at a time: one call for a thousand ids.
 * @param fill draws bytes that nobody can predict.
 */
export function pooledRandom(fill: (bytes: Buffer) => void): (count: number) => Buffer {
  const pool = Buffer.alloc(POOL_BYTES);
  let at = pool.length;
  return (count) => {
    const bytes = Buffer.alloc(count);
    if (count > pool.length / 4) {
      fill(bytes);
      return bytes;
    }
    if (at + count > pool.length) {
      fill(pool);
      at = 0;
    }
    pool.copy(bytes, 0, at, at + count);
    // Who reads the memory later finds nothing that was handed out.
    pool.fill(0, at, at + count);
    at += count;
    return bytes;
  };
}
