/** What `withPing` says when the source has been quiet. */
export const quiet = Symbol("quiet");

/**
 * Passes on what the source yields, and `quiet` whenever it has yielded nothing for `intervalMs`.
 * The source is read ahead of the reader and to its end: a slow or absent reader never holds it up.
 */
export async function* withPing<T>(
  source: AsyncIterable<T>,
  intervalMs: number,
): AsyncGenerator<T | typeof quiet> {
  const arrived: T[] = [];
  let ended = false;
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
    ended = true;
    wake();
  })();

  for (;;) {
    while (arrived.length > 0) yield* arrived.splice(0);
    if (ended) break;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    wake = () => resolve(true);
    const timer = setTimeout(() => resolve(false), intervalMs);
    const somethingArrived = await promise;
    clearTimeout(timer);
    if (!somethingArrived) yield quiet;
  }
  await reading;
  if (failure) throw failure.cause;
}
