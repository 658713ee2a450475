import type { Context } from "aws-lambda";
import * as v from "valibot";
import { createInvocationTime } from "#lib/chat/invocation-time.ts";
import { type RunTurnsDependencies, runTurns } from "#lib/chat/run-turns.ts";
import { TurnRunEvent } from "#lib/chat/turn-run-event.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";

interface TurnRunDependencies extends Omit<RunTurnsDependencies, "requestId" | "time"> {
  telemetry: RequestTelemetry;
  turnDeadlineMs: number;
}

/**
 * Returns the runner without a reader.
 * @throws the job throws whatever kept a turn from ending, so that Lambda runs the event again
 */
export function createTurnRun(dependencies: TurnRunDependencies) {
  const { telemetry, turnDeadlineMs } = dependencies;
  return async (
    input: unknown,
    context: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
  ): Promise<void> => {
    telemetry.begin({ function_request_id: context.awsRequestId });
    let ids = {};
    try {
      const event = readEvent(input);
      ids = { conversation_id: event.conversation_id, turn_id: event.turn_id };
      const time = createInvocationTime({
        remainingMs: () => context.getRemainingTimeInMillis(),
        turnDeadlineMs,
      });
      await runTurns({ ...dependencies, requestId: context.awsRequestId, time }, event);
    } catch (error) {
      telemetry.error("turn_run.failed", error, ids);
      throw error;
    } finally {
      telemetry.flush();
    }
  };
}

/** @throws Error that names the field, never its value */
function readEvent(input: unknown): TurnRunEvent {
  const parsed = v.safeParse(TurnRunEvent, input);
  if (parsed.success) return parsed.output;
  const field = v.getDotPath(parsed.issues[0]) ?? "whole event";
  throw new Error(`The event is not valid: ${field}.`);
}
