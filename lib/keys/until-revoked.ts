import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { toProblem } from "#lib/platform/http/respond-with-problem.ts";
import { lastUntil } from "#lib/platform/http/work-after-response.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { KnownKeys } from "./known-keys.ts";
import type { RequestWithCredential } from "./require-caller.ts";

/** With the half minute for which an instance keeps a key, a stream ends within a minute after the key's revocation. */
const maxCheckMs = 20_000;

interface UntilRevokedDependencies {
  keys: Pick<KnownKeys, "find"> & Partial<KnownKeys>;
  telemetry: Telemetry;
}

/**
 * Returns the events of a stream until the key of the request is revoked; then the last event is an `error`. Whoever has started a turn,
 * the turn goes on: the invocation reads the source to its end, after the response. A request with a session passes unchanged.
 */
export function untilRevoked(
  { keys, telemetry }: UntilRevokedDependencies,
  request: RequestWithCredential,
  events: AsyncIterable<StreamEvent>,
): AsyncIterable<StreamEvent> {
  const { apiKey, requestId } = request;
  if (!apiKey) return events;
  return withChecks(events, {
    /** An unreachable database revokes nothing: the turn itself could not go on either. */
    isRevoked: () =>
      keys.find(apiKey.id, apiKey.key).then(
        (holder) => holder === undefined,
        () => false,
      ),
    everyMs: Math.min(keys.keptMs ?? maxCheckMs, maxCheckMs),
    lastEvent(drained) {
      lastUntil(request, drained);
      const revoked = new HttpProblem("unauthorized", 401, "This API key was revoked.");
      return {
        event: "error",
        data: { ...toProblem(revoked, requestId, telemetry), retryable: false },
      };
    },
  });
}

interface Checks {
  isRevoked: () => Promise<boolean>;
  everyMs: number;
  /** @param drained settles when the source has been read to its end */
  lastEvent: (drained: Promise<void>) => StreamEvent;
}

async function* withChecks(
  events: AsyncIterable<StreamEvent>,
  { isRevoked, everyMs, lastEvent }: Checks,
): AsyncGenerator<StreamEvent> {
  const source = events[Symbol.asyncIterator]();
  let tick = Promise.withResolvers<"check">();
  let isDraining = false;
  const timer = setInterval(() => tick.resolve("check"), everyMs);
  try {
    for (let next = source.next(); ; ) {
      const first = await Promise.race([tick.promise, next]);
      if (first === "check") {
        tick = Promise.withResolvers();
        if (!(await isRevoked())) continue;
        isDraining = true;
        yield lastEvent(drain(source, next));
        return;
      }
      if (first.done) return;
      yield first.value;
      next = source.next();
    }
  } finally {
    clearInterval(timer);
    if (!isDraining) await source.return?.();
  }
}

async function drain(
  source: AsyncIterator<StreamEvent>,
  first: Promise<IteratorResult<StreamEvent>>,
): Promise<void> {
  for (let next = first; !(await next).done; ) next = source.next();
}
