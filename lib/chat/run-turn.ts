import type { Agent, OldestTurns } from "#lib/agent/agent.ts";
import { ModelFailure } from "#lib/agent/model/model-failure.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import { type ProblemType, problemTitles } from "#lib/contract/problem-titles.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { storableText } from "#lib/conversations/storable-text.ts";
import { LeaseLost, type TurnEnd, type TurnLease } from "#lib/conversations/turn-lease.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { ClaimedTurn } from "./claim-with-thread.ts";
import { DeadlineExceeded, StopRequested, startHeartbeat } from "./heartbeat.ts";
import { measureUsage } from "./measure-usage.ts";
import { endEvent, internalFailure } from "./turn-events.ts";
import { advance, noProgress, type TurnProgress, toStreamEvent } from "./turn-progress.ts";

export interface RunTurnParts {
  loadAgent: () => Promise<Agent>;
  telemetry: Telemetry;
  requestId: string;
  /** Time this turn may take. */
  deadlineMs: () => number;
  /** A second, but in tests. */
  beatIntervalMs?: number;
}

export interface TurnRun {
  /** False if the lease went to somebody else. */
  hasEnded: boolean;
  /** Set when the thread is so full that these turns should be summarised. */
  oldest?: OldestTurns | undefined;
}

/**
 * Produces one turn's answer under its lease. The last event is sent only after the end is committed.
 * @throws DatabaseUnavailable when the end could not be stored: the turn is taken over later
 */
export async function* runTurn(
  parts: RunTurnParts,
  { lease, thread }: ClaimedTurn,
): AsyncGenerator<StreamEvent, TurnRun> {
  const { turn } = lease;
  const { telemetry } = parts;
  const startedAt = performance.now();
  let progress: TurnProgress = noProgress;
  let oldest: OldestTurns | undefined;
  telemetry.info("turn.claimed", { ...idsOf(lease), attempt: turn.attempt });
  if (turn.attempt > 1) telemetry.measure("TurnsRecovered", 1);

  yield {
    event: "turn",
    data: {
      conversation_id: turn.conversationId,
      turn_id: turn.id,
      attempt: turn.attempt,
      replaces: turn.replaces,
    },
    id: turn.id,
  };
  yield { event: "snapshot", data: { text: "", tools: [] } };

  const heartbeat = startHeartbeat({
    lease,
    telemetry,
    progress: () => progress,
    deadlineMs: parts.deadlineMs(),
    intervalMs: parts.beatIntervalMs,
  });
  const agentTurn = {
    turnId: turn.id,
    conversationId: turn.conversationId,
    message: turn.message,
    replaced: turn.replaced,
    summary: turn.summary,
    checkpointer: thread.checkpointer,
  };
  try {
    const agent = await parts.loadAgent();
    let ending: Ending = { status: "done", error: null };
    try {
      for await (const event of agent.run({ ...agentTurn, signal: heartbeat.signal })) {
        if (event.type === "text" && progress.text === "") {
          telemetry.measure("TimeToFirstToken", performance.now() - startedAt);
        }
        progress = advance(progress, event);
        if (event.type === "thread_full") oldest = event.oldest;
        const told = toStreamEvent(event, progress);
        if (told) yield told;
      }
    } catch (error) {
      ending = explain(heartbeat.signal.aborted ? heartbeat.signal.reason : error, telemetry);
      for (const tool of interruptedTools(progress)) {
        progress = advance(progress, { type: "tool", tool });
        yield { event: "tool", data: tool };
      }
      thread.discard();
      // A turn that cannot be recorded ends all the same: repeated, it would cost three answers and fail as well.
      await agent
        .record({ ...agentTurn, text: progress.text })
        .catch((cause: unknown) => telemetry.error("turn.not_recorded", cause, idsOf(lease)));
    }
    if (thread.unreadable) telemetry.error("thread.unreadable", thread.unreadable, idsOf(lease));
    await heartbeat.stop();
    // What a person is told is what is stored, to the letter.
    const end: TurnEnd = { ...progress, ...ending, text: storableText(progress.text) };
    await lease.finish(end, thread.writes());
    const durationMs = performance.now() - startedAt;
    report(lease, end, durationMs, telemetry);
    yield endEvent(turn.id, end, durationMs, parts.requestId);
    return { hasEnded: true, oldest };
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    telemetry.warn("turn.lease_lost", idsOf(lease));
    telemetry.measure("LeaseLost", 1);
    return { hasEnded: false };
  } finally {
    await heartbeat.stop();
  }
}

type Ending = Pick<TurnEnd, "status" | "error">;

/** How an interrupted turn ends. A lost lease or database is no end: it is thrown on, the turn goes on elsewhere. */
function explain(cause: unknown, telemetry: Telemetry): Ending {
  if (cause instanceof LeaseLost || cause instanceof HttpProblem) throw cause;
  if (cause instanceof StopRequested) return { status: "stopped", error: null };
  if (cause instanceof DeadlineExceeded) {
    return failed("deadline_exceeded", 504, "This answer took too long and was ended.");
  }
  telemetry.error("turn.failed", cause);
  if (!(cause instanceof ModelFailure)) return { status: "failed", error: internalFailure };
  return failed(cause.type, statusOf[cause.type], detailOf[cause.kind]);
}

const statusOf = { model_busy: 503, model_failed: 502, model_unavailable: 503 } as const;

const sendAgain = "The model could not answer. Please send the message again.";
const detailOf: Record<ModelFailure["kind"], string> = {
  busy: "The model is busy. Please send the message again in a moment.",
  silent: sendAgain,
  broken: sendAgain,
  too_long: "The answer became too long for the model. Please ask for a smaller part of it.",
  refused:
    "The model refused the request. This is not about your wording; the people who run this service have been notified.",
  unavailable:
    "The model is not available right now. This is not about your message; the people who run this service have been notified.",
};

function failed(type: ProblemType, status: number, detail: string): Ending {
  return { status: "failed", error: { type, title: problemTitles[type], status, detail } };
}

function interruptedTools({ tools }: TurnProgress): ToolCall[] {
  return tools
    .filter(({ state }) => state === "running")
    .map((tool) => ({ ...tool, state: "failed" }));
}

function report(lease: TurnLease, end: TurnEnd, durationMs: number, telemetry: Telemetry): void {
  telemetry.info("turn.finished", {
    ...idsOf(lease),
    status: end.status,
    attempt: lease.turn.attempt,
    duration_ms: Math.round(durationMs),
    model_id: end.model,
    error_type: end.error?.type,
  });
  telemetry.measure(metricOfStatus[end.status], 1);
  const model = end.model ?? "none";
  telemetry.measure("TurnDuration", durationMs, { model });
  if (end.usage) measureUsage(telemetry, end.usage, model);
}

const metricOfStatus = {
  done: "TurnsDone",
  failed: "TurnsFailed",
  stopped: "TurnsStopped",
} as const;

const idsOf = ({ turn }: TurnLease) => ({
  conversation_id: turn.conversationId,
  turn_id: turn.id,
});
