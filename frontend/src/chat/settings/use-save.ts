import { useRef, useState } from "react";
import { ApiProblem } from "#frontend/api/api-problem.ts";
import { type Notice, toNotice } from "#frontend/ui/notice.ts";

/** Stores changes one after another, so that the newest one wins. `save` resolves with whether the service has stored the change. */
export function useSave<Change>(
  store: (change: Change) => Promise<void>,
  onSessionEnded: () => void,
) {
  const [failure, setFailure] = useState<Notice | null>(null);
  const last = useRef<Promise<unknown>>(Promise.resolve());

  async function saveNow(change: Change): Promise<boolean> {
    try {
      await store(change);
      setFailure(null);
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      else setFailure(toNotice(error));
      return false;
    }
  }

  return {
    failure,
    save(change: Change): Promise<boolean> {
      const saved = last.current.then(() => saveNow(change));
      last.current = saved.catch(() => {});
      return saved;
    },
  };
}
