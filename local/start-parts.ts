/** Waits until a part runs, reports its address, and closes the part when the twin stops. */
export type StartPart = <Part>(
  name: string,
  starting: Promise<Part>,
  close: (part: Part) => Promise<unknown>,
  where: (part: Part) => string,
) => Promise<Part>;

/** Returns a StartPart whose parts close, in reverse order of their start, when `started` is disposed. */
export function createPartStarter(
  started: AsyncDisposableStack,
  onPart: (name: string, where: string) => void,
): StartPart {
  return async (name, starting, close, where) => {
    const part = await starting;
    started.defer(async () => void (await close(part)));
    onPart(name, where(part));
    return part;
  };
}

/**
 * Like Promise.all, but settles only when every part has: a part that still starts could not be closed.
 * @throws the first failure
 */
export async function startTogether<Parts extends unknown[]>(
  ...starting: { [Index in keyof Parts]: Promise<Parts[Index]> }
): Promise<Parts> {
  await Promise.allSettled(starting);
  return Promise.all(starting) as Promise<Parts>;
}

/** The usual `close` of a part. */
export const closePart = (part: { close(): Promise<void> }): Promise<void> => part.close();
