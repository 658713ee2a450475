import { useEffect, useRef, useState } from "react";
import { useRequests } from "../ui/use-requests.ts";

type LongRun<Progress, Result> =
  | { is: "idle" | "cancelled" }
  /** Without a progress it has only just begun. */
  | { is: "running"; progress?: Progress }
  | { is: "done"; result: Result };

/** Runs something that takes many requests. A person can cancel it, and it ends with the component. */
export function useLongRun<Progress, Result>(onSessionEnded: () => void) {
  const { failure, run } = useRequests(onSessionEnded);
  const [state, setState] = useState<LongRun<Progress, Result>>({ is: "idle" });
  const running = useRef<AbortController>(null);

  useEffect(() => () => running.current?.abort(), []);

  async function start(
    work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Result>,
  ): Promise<void> {
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    let end: LongRun<Progress, Result> = { is: "idle" };
    setState({ is: "running" });
    try {
      await run(async () => {
        const result = await work(signal, (progress) => setState({ is: "running", progress }));
        end = { is: "done", result };
      }, signal);
    } finally {
      setState(end.is === "idle" && signal.aborted ? { is: "cancelled" } : end);
    }
  }

  return { state, failure, start, cancel: () => running.current?.abort() };
}
