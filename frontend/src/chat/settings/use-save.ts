import { useRef } from "react";
import { useRequests } from "#frontend/ui/use-requests.ts";

/** Stores changes one after another, so that the newest one wins. `save` resolves with whether the service has stored the change. */
export function useSave<Change>(
  store: (change: Change) => Promise<void>,
  onSessionEnded: () => void,
) {
  const { failure, run } = useRequests(onSessionEnded);
  const last = useRef<Promise<unknown>>(Promise.resolve());

  return {
    failure,
    save(change: Change): Promise<boolean> {
      const saved = last.current.then(() => run(() => store(change)));
      last.current = saved.catch(() => {});
      return saved;
    },
  };
}
