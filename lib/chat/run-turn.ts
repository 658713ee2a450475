import type { Acts } from "#lib/agent/acts.ts";
import type { Agent, AgentTurn, OldestTurns } from "#lib/agent/agent.ts";
import { createPurse, type Purse } from "#lib/budget/purse.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { storableText } from "#lib/conversations/storable-text.ts";
import { LeaseLost, type TurnEnd, type TurnLease } from "#lib/conversations/turn-lease.ts";
import type { AttemptCost } from "#lib/conversations/turn-money.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { ClaimedTurn } from "./claim-with-thread.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { InvocationTime } from "./invocation-time.ts";
import { agentEventToStream, endEvent, joinEvents } from "./turn-events.ts";
import { outcomeAfter, type TurnOutcome } from "./turn-failure.ts";
import { advance, noProgress, type TurnProgress } from "./turn-progress.ts";
import { measureUsage } from "./turn-usage.ts";

export interface RunTurnDependencies {
  loadAgent: () => Promise<Agent>;
  telemetry: Telemetry;
  requestId: string;
  time: InvocationTime;
  /** 1,000 by default. Tests use less. */
  beatIntervalMs?: number;
}

/** What a run of a turn returns. */
export interface TurnRun {
  /** False if another runner took the lease. */
  hasEnded: boolean;
  /** The turns to summarise, if the thread is full, and the money for it. */
  toSummarise?: { oldest: OldestTurns; reserved: number } | undefined;
}

/** The answer so far. The agent's events fill it, each heartbeat stores it, the commit stores its final form. */
interface Answer {
  readonly startedAtMs: number;
  readonly purse: Purse;
  progress: TurnProgress;
  oldest?: OldestTurns;
}

/**
 * Runs one turn under its lease and streams its events. The last event is sent only after the end is committed.
 * @throws DatabaseUnavailable if the end could not be stored. The lease then runs out, and another runner takes the turn
 *   over.
 */
export async function* runTurn(
  dependencies: RunTurnDependencies,
  claimed: ClaimedTurn,
): AsyncGenerator<StreamEvent, TurnRun> {
  const { telemetry, requestId } = dependencies;
  const { lease, thread } = claimed;
  const answer: Answer = {
    startedAtMs: performance.now(),
    progress: noProgress,
    purse: createPurse({
      reserved: lease.turn.reserved,
      callWorst: lease.callWorst,
      store: (cost) => lease.beat(answer.progress, cost),
    }),
  };
  observeStart(lease, telemetry);
  yield* openingEvents(lease);

  const heartbeat = startHeartbeat({
    lease,
    telemetry,
    progress: () => answer.progress,
    purse: answer.purse,
    deadlineMs: dependencies.time.turnMs(),
    intervalMs: dependencies.beatIntervalMs,
  });
  try {
    const outcome = yield* produceAnswer(dependencies, claimed, answer, heartbeat.signal);
    if (thread.unreadable) telemetry.error("thread.unreadable", thread.unreadable, idsOf(lease));
    await heartbeat.stop();
    // The last event must carry exactly the text that is stored.
    const text = storableText(answer.progress.text);
    const end: TurnEnd = { ...answer.progress, ...outcome, text };
    const needsSummary = answer.oldest !== undefined;
    const reserved = await lease.finish(end, { ...costOf(answer), needsSummary }, thread.writes());
    thread.markStored();
    const durationMs = performance.now() - answer.startedAtMs;
    observeEnd(lease, end, durationMs, telemetry);
    yield endEvent(lease.turn.id, end, durationMs, requestId);
    const { oldest } = answer;
    return { hasEnded: true, toSummarise: oldest && { oldest, reserved } };
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    telemetry.warn("turn.lease_lost", idsOf(lease));
    telemetry.measure("LeaseLost", 1);
    await settleLate(lease, answer, telemetry);
    return { hasEnded: false };
  } finally {
    await heartbeat.stop();
  }
}

const costOf = ({ purse, progress }: Answer): AttemptCost => ({
  spent: purse.state.spent + purse.state.inFlight,
  isEstimated: purse.isEstimated || purse.state.inFlight > 0,
  usage: progress.usage,
});

/** The runner that took over has booked an estimate. If the database is down, the estimate stays. */
async function settleLate(lease: TurnLease, answer: Answer, telemetry: Telemetry): Promise<void> {
  try {
    await lease.settleLate(costOf(answer));
  } catch (error) {
    telemetry.warn("turn.cost_not_stored", {
      ...idsOf(lease),
      error_type: error instanceof Error ? error.name : "?",
    });
  }
}

function openingEvents({ turn }: TurnLease): StreamEvent[] {
  return joinEvents({
    conversation_id: turn.conversationId,
    turn_id: turn.id,
    attempt: turn.attempt,
    replaces: turn.replaces,
    // A new attempt starts again without the text of the attempt before.
    partial: null,
    result: null,
    tools: [],
  });
}

/**
 * Streams the agent's events and adds them to the answer.
 * @returns how the turn ends: done, stopped or failed
 * @throws LeaseLost or DatabaseUnavailable if the turn goes on elsewhere; or the error of an agent that cannot be loaded
 */
async function* produceAnswer(
  { loadAgent, telemetry }: RunTurnDependencies,
  claimed: ClaimedTurn,
  answer: Answer,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent, TurnOutcome> {
  const agent = await loadAgent();
  const turn = agentTurnOf(claimed);
  try {
    const { purse, progress } = answer;
    const parts = { signal, purse, owner: "", acts: noActs, resumes: false, tools: progress.tools };
    for await (const event of agent.run({ ...turn, ...parts })) {
      if (event.type === "text" && answer.progress.text === "") {
        telemetry.measure("TimeToFirstToken", performance.now() - answer.startedAtMs);
      }
      answer.progress = advance(answer.progress, event);
      if (event.type === "thread_full") answer.oldest = event.oldest;
      if (event.type === "paused") throw new Error("A turn cannot wait for a person yet.");
      const streamed = agentEventToStream(event, answer.progress);
      if (streamed) yield streamed;
    }
    return { status: "done", error: null };
  } catch (error) {
    const outcome = outcomeAfter(signal.aborted ? signal.reason : error, telemetry);
    yield* failRunningTools(answer);
    claimed.thread.discard();
    const { text, tools } = answer.progress;
    await recordInterruption(agent, { ...turn, text, tools }, telemetry);
    return outcome;
  }
}

/** The tools of this version have no effect, so a turn never acts. */
const noActs: Acts = {
  claim: () => Promise.reject(new Error("A turn cannot act yet.")),
  settle: () => Promise.resolve(),
};

const agentTurnOf = ({ lease: { turn }, thread }: ClaimedTurn): AgentTurn => ({
  turnId: turn.id,
  conversationId: turn.conversationId,
  message: turn.message,
  replaced: turn.replaced,
  summary: turn.summary,
  checkpointer: thread.checkpointer,
});

/** No tool may look as if it still ran after its turn has ended. */
function* failRunningTools(answer: Answer): Generator<StreamEvent> {
  const running = answer.progress.tools.filter(({ state }) => state === "running");
  for (const tool of running) {
    const failed = { ...tool, state: "failed" as const };
    answer.progress = advance(answer.progress, { type: "tool", tool: failed });
    yield { event: "tool", data: failed };
  }
}

/**
 * Writes the interrupted turn into the thread, so that the model knows of it in the next turn. A failure here must not
 * keep the turn open: two more attempts would cost money and fail in the same way.
 */
async function recordInterruption(
  agent: Agent,
  turn: Parameters<Agent["record"]>[0],
  telemetry: Telemetry,
): Promise<void> {
  try {
    await agent.record(turn);
  } catch (error) {
    const ids = { conversation_id: turn.conversationId, turn_id: turn.turnId };
    telemetry.error("turn.not_recorded", error, ids);
  }
}

function observeStart(lease: TurnLease, telemetry: Telemetry): void {
  const { attempt } = lease.turn;
  telemetry.info("turn.claimed", { ...idsOf(lease), attempt });
  if (attempt > 1) telemetry.measure("TurnsRecovered", 1);
}

function observeEnd(
  lease: TurnLease,
  end: TurnEnd,
  durationMs: number,
  telemetry: Telemetry,
): void {
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
