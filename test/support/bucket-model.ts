/** What a bucket is, written down as plainly as can be: the list of all its spent tokens. */
export function bucketModel(capacity: number, windowMs: number) {
  let spentAtMs: number[] = [];
  return {
    take(nowMs: number) {
      const out = spentAtMs.filter((spent) => nowMs - spent < windowMs);
      const admitted = out.length < capacity;
      if (admitted) {
        spentAtMs.push(nowMs);
        out.push(nowMs);
      }
      return {
        admitted,
        remaining: capacity - out.length,
        nextTokenSeconds: Math.ceil((Math.min(...out) + windowMs - nowMs) / 1_000),
      };
    },
    giveBack(takenAtMs: number) {
      const place = spentAtMs.indexOf(takenAtMs);
      spentAtMs = spentAtMs.filter((_, index) => index !== place);
    },
  };
}
