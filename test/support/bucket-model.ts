/** What a bucket is, written down as plainly as can be: the list of all its tokens that are out. */
export function bucketModel({ capacity, windowMs, counts }: BucketModelOptions) {
  let tokens: { takenAtMs: number; isHeld: boolean }[] = [];
  const places = new Map<number, (typeof tokens)[number]>();
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
        places.set(id, token);
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
      tokens = tokens.filter((token) => token !== places.get(id));
    },
    keep(id: number) {
      const token = places.get(id);
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
