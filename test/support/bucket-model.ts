/** The simplest implementation of a bucket, as a list of its taken tokens. Tests compare the real stores with it. */
export function bucketModel({ capacity, windowMs, counts }: BucketModelOptions) {
  let tokens: { takenAtMs: number; isHeld: boolean }[] = [];
  const taken = new Map<number, (typeof tokens)[number]>();
  return {
    /** `id` names the token for `giveBack` and `keep`. */
    take(id: number, nowMs: number) {
      const outOf = () => tokens.filter(({ takenAtMs }) => nowMs - takenAtMs < windowMs);
      if (outOf().length >= capacity) {
        tokens = tokens.filter(({ takenAtMs, isHeld }) => !isHeld || nowMs - takenAtMs < 20_000);
      }
      const out = outOf();
      const admitted = out.length < capacity;
      if (admitted) {
        const token = { takenAtMs: nowMs, isHeld: counts === "failures" };
        taken.set(id, token);
        tokens.push(token);
        out.push(token);
      }
      const oldest = Math.min(...out.map(({ takenAtMs }) => takenAtMs));
      const wait = Math.ceil((oldest + windowMs - nowMs) / 1_000);
      const mayEndSoon = !admitted && out.some(({ isHeld }) => isHeld);
      return {
        admitted,
        remaining: capacity - out.length,
        nextTokenSeconds: mayEndSoon ? Math.min(2, wait) : wait,
      };
    },
    giveBack(id: number) {
      tokens = tokens.filter((token) => token !== taken.get(id));
    },
    keep(id: number) {
      const token = taken.get(id);
      const isThere = token !== undefined && tokens.includes(token);
      if (isThere) token.isHeld = false;
      return isThere;
    },
  };
}

interface BucketModelOptions {
  capacity: number;
  windowMs: number;
  counts: "requests" | "failures";
}
