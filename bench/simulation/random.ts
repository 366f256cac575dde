// bench/simulation/random.ts: seeded numbers, the same on every machine

/** xorshift32 (Marsaglia 2003): 0 up to, but without, 1. */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed | 0, 0x9e3779b1) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Draws 0 to `size - 1`, of which number i is asked for in proportion to 1/(i + 1) (Zipf), by Vose's alias method. */
export function zipf(size: number): { readonly draw: (random: () => number) => number; readonly share: Float64Array } {
  const share = Float64Array.from({ length: size }, (_, i) => 1 / (i + 1));
  const sum = share.reduce((all, one) => all + one, 0);
  for (let i = 0; i < size; i++) share[i]! /= sum;
  const chance = share.map((one) => one * size);
  const other = new Uint32Array(size);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < size; i++) (chance[i]! < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop()!, large.at(-1)!];
    other[less] = more;
    chance[more]! -= 1 - chance[less]!;
    if (chance[more]! < 1) small.push(large.pop()!);
  }
  for (const left of [...small, ...large]) chance[left] = 1;
  const draw = (random: () => number) => {
    const at = random() * size;
    const i = Math.floor(at);
    return at - i < chance[i]! ? i : other[i]!;
  };
  return { draw, share };
}
