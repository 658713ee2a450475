import { useState } from "react";
import { ApiProblem } from "../api/api-problem.ts";
import { type Notice, toNotice } from "./notice.ts";

/** Runs the requests of one part of the page. `failure` is why the last one has failed. */
export function useRequests(onSessionEnded?: () => void) {
  const [failure, setFailure] = useState<Notice | null>(null);
  const [isRunning, setIsRunning] = useState(false);

  /** Resolves with whether the request has succeeded. Nobody wants to know of a failure after `signal` has aborted. */
  async function run(request: () => Promise<void>, signal?: AbortSignal): Promise<boolean> {
    setIsRunning(true);
    setFailure(null);
    try {
      await request();
      return true;
    } catch (error) {
      if (signal?.aborted) return false;
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401 && onSessionEnded) onSessionEnded();
      else setFailure(toNotice(error));
      return false;
    } finally {
      // A newer request may be running by then.
      if (!signal?.aborted) setIsRunning(false);
    }
  }

  return { failure, isRunning, run };
}
