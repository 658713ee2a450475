import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { toProblem } from "#lib/platform/http/respond-with-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";

/** After the first byte there is no status any more: a failure becomes the stream's last event. */
export async function* endWithError(
  source: AsyncIterable<StreamEvent>,
  requestId: string,
  telemetry: Telemetry,
): AsyncGenerator<StreamEvent> {
  try {
    yield* source;
  } catch (error) {
    const problem = toProblem(error, requestId, telemetry);
    // The turn itself has not ended: whoever asks again takes it over or follows it.
    yield { event: "error", data: { ...problem, retryable: true } };
  }
}
