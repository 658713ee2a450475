/** Waits for a part, sees to its end, and says that it is up. */
export type StartPart = <Part>(
  name: string,
  starting: Promise<Part>,
  close: (part: Part) => Promise<unknown>,
  where: (part: Part) => string,
) => Promise<Part>;

/** Parts end in the reverse order of their start, with `started`. */
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
 * Promise.all, but a failure waits for the others: what is still starting would be left running.
 * @throws the first failure
 */
export async function startTogether<Parts extends unknown[]>(
  ...starting: { [Index in keyof Parts]: Promise<Parts[Index]> }
): Promise<Parts> {
  await Promise.allSettled(starting);
  return Promise.all(starting) as Promise<Parts>;
}
