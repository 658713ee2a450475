import { useEffect, useState } from "react";
import { useRequests } from "./use-requests.ts";

/**
 * Loads something when the component is first shown. Returns null as `loaded` until then, and `loadAgain` for another attempt
 * after a failure.
 * @param load must be the same function in each render; throws an `ApiProblem`, or the signal's reason
 */
export function useLoaded<Loaded>(
  load: (signal: AbortSignal) => Promise<Loaded>,
  onSessionEnded?: () => void,
) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [attempt, setAttempt] = useState(1);
  const { failure, run } = useRequests(onSessionEnded);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    const unmounting = new AbortController();
    const { signal } = unmounting;
    void run(async () => {
      const found = await load(signal);
      if (!signal.aborted) setLoaded(() => found);
    }, signal);
    return () => unmounting.abort();
  }, [attempt, load]);

  return { loaded, failure, loadAgain: () => setAttempt((before) => before + 1) };
}
