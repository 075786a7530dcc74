/** Numbers from 0 up to 1, the same for the same seed: a linear congruential generator, as in POSIX's `rand`. */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** From 1 up to and with `most`. */
export function upTo(most: number, chance: () => number): number {
  return 1 + Math.floor(chance() * most);
}
