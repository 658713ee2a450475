/** Lambda ends an init after ten seconds. A part that takes longer goes on, and the request that needs it waits for it. */
const longestMs = 5_000;

/** The work that an instance does before its first request, side by side. In Lambda's init a function has a whole core. */
export interface Preparation {
  /** A part that fails is tried again by the request that needs it, and fails that request with its own error. */
  add(...parts: Promise<unknown>[]): void;
  /** Resolves when all parts have ended, well or badly, or after five seconds. Never rejects. */
  finish(): Promise<void>;
}

export function createPreparation(): Preparation {
  const parts: Promise<unknown>[] = [];
  return {
    add(...more) {
      parts.push(Promise.allSettled(more));
    },
    async finish() {
      const { promise: isTooLate, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, longestMs);
      await Promise.race([Promise.all(parts), isTooLate]);
      clearTimeout(timer);
    },
  };
}
