/** Chance that can be repeated: the same seed gives the same numbers. */
export interface SeededRandom {
  /** From 0 to 1. */
  next(): number;
  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number;
  pick<Choice>(choices: readonly [Choice, ...Choice[]]): Choice;
  /** True so often. */
  happens(probability: number): boolean;
}

/** Mulberry32: small, and good enough to shuffle faults and to mix texts. */
export function createRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    integer: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: ([first, ...others]) => {
      const index = Math.floor(next() * (others.length + 1));
      return index === 0 ? first : (others[index - 1] ?? first);
    },
    happens: (probability) => next() < probability,
  };
}
