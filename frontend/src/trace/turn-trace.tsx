import { useEffect, useState } from "react";
import { Trace } from "#lib/contract/trace.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { requestJson } from "../api/request.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { useTraceTexts } from "../texts/use-trace-texts.ts";
import button from "../ui/button.module.css";
import { type Notice, toNotice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import { SlowHint } from "../ui/slow-hint.tsx";
import { Waterfall } from "./waterfall.tsx";

/** Requests what happened in a turn when it is first shown, and offers another attempt after a failure. */
export function TurnTrace({ turnId }: { turnId: string }) {
  const { tryAgain } = useTexts();
  const texts = useTraceTexts();
  const [trace, setTrace] = useState<Trace | null>(null);
  const [failure, setFailure] = useState<Notice | null>(null);
  const [attempt, setAttempt] = useState(1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt requests again
  useEffect(() => {
    const unmounting = new AbortController();
    const { signal } = unmounting;
    setFailure(null);
    requestJson(`/api/v1/traces/${turnId}`, Trace, { signal }).then(setTrace, (error: unknown) => {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      setFailure(toNotice(error));
    });
    return () => unmounting.abort();
  }, [attempt, turnId]);

  if (trace !== null) return <Waterfall trace={trace} />;
  if (failure === null) {
    return (
      <p role="status">
        {texts.loading} <SlowHint />
      </p>
    );
  }
  return (
    <NoticeLine notice={failure} then="tryAgain">
      <button
        className={button.quiet}
        type="button"
        onClick={() => setAttempt((before) => before + 1)}
      >
        {tryAgain}
      </button>
    </NoticeLine>
  );
}
