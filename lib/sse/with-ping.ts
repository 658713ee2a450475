/** `withPing` yields this symbol when the source has yielded nothing for a while. */
export const sourceIsQuiet = Symbol("sourceIsQuiet");

/**
 * Yields every item of the source, and `sourceIsQuiet` whenever the source has yielded nothing for `intervalMs`.
 * Reads the source ahead and to its end, so that a slow or disconnected reader never blocks the turn behind it.
 * @throws the source's own error, after all items that came before the error
 */
export async function* withPing<T>(
  source: AsyncIterable<T>,
  intervalMs: number,
): AsyncGenerator<T | typeof sourceIsQuiet> {
  const arrived: T[] = [];
  let hasEnded = false;
  let failure: { cause: unknown } | undefined;
  let wake = () => {};
  const reading = (async () => {
    try {
      for await (const item of source) {
        arrived.push(item);
        wake();
      }
    } catch (cause) {
      failure = { cause };
    }
    hasEnded = true;
    wake();
  })();

  for (;;) {
    while (arrived.length > 0) yield* arrived.splice(0);
    if (hasEnded) break;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    wake = () => resolve(true);
    const timer = setTimeout(() => resolve(false), intervalMs);
    const hasArrived = await promise;
    clearTimeout(timer);
    if (!hasArrived) yield sourceIsQuiet;
  }
  await reading;
  if (failure) throw failure.cause;
}
