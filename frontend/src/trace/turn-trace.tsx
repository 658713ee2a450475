import { useState } from "react";
import { Trace } from "#lib/contract/trace.ts";
import { requestJson } from "../api/request.ts";
import { useTraceTexts } from "../texts/use-trace-texts.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import { SlowHint } from "../ui/slow-hint.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { Waterfall } from "./waterfall.tsx";

/** Requests what happened in a turn when it is first shown, and offers another attempt after a failure. */
export function TurnTrace({ turnId }: { turnId: string }) {
  const texts = useTraceTexts();
  const [load] = useState(
    () => (signal: AbortSignal) => requestJson(`/api/v1/traces/${turnId}`, Trace, { signal }),
  );
  const { loaded, failure, loadAgain } = useLoaded(load);

  if (loaded !== null) return <Waterfall trace={loaded} />;
  if (failure !== null) return <NoticeLine notice={failure} then="tryAgain" onRetry={loadAgain} />;
  return (
    <p role="status">
      {texts.loading} <SlowHint />
    </p>
  );
}
