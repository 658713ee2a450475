import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { toProblem } from "#lib/platform/http/respond-with-problem.ts";
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
 * Returns the events of a stream until the key of the request is revoked; then the last event is an `error`. The source is read to
 * its end all the same, because whoever started the turn, the turn goes on. A request with a session passes unchanged.
 */
export function untilRevoked(
  { keys, telemetry }: UntilRevokedDependencies,
  { apiKey, requestId }: RequestWithCredential,
  events: AsyncIterable<StreamEvent>,
): AsyncIterable<StreamEvent> {
  if (!apiKey) return events;

  /** An unreachable database revokes nothing: the turn itself could not go on either. */
  const isRevoked = () =>
    keys.find(apiKey.id, apiKey.key).then(
      (holder) => holder === undefined,
      () => false,
    );

  return withChecks(events, isRevoked, Math.min(keys.keptMs ?? maxCheckMs, maxCheckMs), () => {
    const revoked = new HttpProblem("unauthorized", 401, "This API key was revoked.");
    return {
      event: "error",
      data: { ...toProblem(revoked, requestId, telemetry), retryable: false },
    };
  });
}

async function* withChecks(
  events: AsyncIterable<StreamEvent>,
  isRevoked: () => Promise<boolean>,
  everyMs: number,
  lastEvent: () => StreamEvent,
): AsyncGenerator<StreamEvent> {
  const source = events[Symbol.asyncIterator]();
  let tick = Promise.withResolvers<"check">();
  const timer = setInterval(() => tick.resolve("check"), everyMs);
  try {
    for (let next = source.next(); ; ) {
      const first = await Promise.race([tick.promise, next]);
      if (first === "check") {
        tick = Promise.withResolvers();
        if (!(await isRevoked())) continue;
        yield lastEvent();
        while (!(await next).done) next = source.next();
        return;
      }
      if (first.done) return;
      yield first.value;
      next = source.next();
    }
  } finally {
    clearInterval(timer);
    await source.return?.();
  }
}
