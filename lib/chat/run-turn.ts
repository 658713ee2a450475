import type {
  Agent,
  AgentEvent,
  AgentTurn,
  FirstExchange,
  OldestTurns,
  TurnSettings,
} from "#lib/agent/agent.ts";
import { createPurse, type Purse } from "#lib/budget/purse.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { Citation } from "#lib/contract/citation.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { LeaseLost, type TurnEnd, type TurnLease } from "#lib/conversations/turn-lease.ts";
import type { AttemptCost } from "#lib/conversations/turn-money.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";
import type { CheckAnswer, CheckedAnswer } from "./check-answer.ts";
import type { ClaimedTurn } from "./claim-with-thread.ts";
import { type Heartbeat, startHeartbeat } from "./heartbeat.ts";
import type { InvocationTime } from "./invocation-time.ts";
import { type LinkApprovals, linkApprovals } from "./link-approvals.ts";
import type { TraceExport } from "./trace-export.ts";
import { createTurnActs } from "./turn-acts.ts";
import {
  agentEventToStream,
  endEvent,
  joinEvents,
  turnEvent,
  waitingEvent,
} from "./turn-events.ts";
import { outcomeAfter, type TurnOutcome } from "./turn-failure.ts";
import { advance, noProgress, type TurnProgress } from "./turn-progress.ts";
import { startTurnTrace, type TurnTrace } from "./turn-trace.ts";
import { measureUsage, sumUsage } from "./turn-usage.ts";

export interface RunTurnDependencies extends LinkApprovals {
  loadAgent: () => Promise<Agent>;
  checkAnswer: CheckAnswer;
  telemetry: Telemetry;
  requestId: string;
  time: InvocationTime;
  /** Whether the model names a conversation after its first answer. */
  hasTitles: boolean;
  /** Undefined without a collector. */
  traceExport?: TraceExport | undefined;
  /** 1,000 by default. Tests use less. */
  beatIntervalMs?: number;
}

/** What a run of a turn returns. `lost`: another runner took the lease. */
export interface TurnRun {
  status: "ended" | "waiting" | "lost";
  /** The turns to summarise, if the thread is full, and the money for it. */
  toSummarise?: { oldest: OldestTurns; reserved: number } | undefined;
  /** What the model needs to name the conversation, if the conversation has no name yet, and the money for it. */
  toName?: { first: FirstExchange; reserved: number } | undefined;
}

/** The answer so far. The agent's events fill it, each heartbeat stores it, the commit stores its final form. */
interface Answer {
  readonly startedAtMs: number;
  readonly purse: Purse;
  readonly trace: TurnTrace;
  progress: TurnProgress;
  oldest?: OldestTurns;
}

/**
 * Runs one turn under its lease and streams its events. The last event is sent only after the end, or the parking, is
 * committed.
 * @throws DatabaseUnavailable if that could not be stored. The lease then runs out, and another runner takes the turn over.
 */
export async function* runTurn(
  dependencies: RunTurnDependencies,
  owner: string,
  claimed: ClaimedTurn,
): AsyncGenerator<StreamEvent, TurnRun> {
  const { telemetry, requestId, hasTitles, traceExport } = dependencies;
  const { lease, thread } = claimed;
  const stored = { owner, turnId: lease.turn.id, attempt: lease.turn.attempt };
  const answer: Answer = {
    startedAtMs: performance.now(),
    trace: startTurnTrace(lease),
    progress: { ...noProgress, ...lease.turn.base, usage: null },
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
    const outcome = yield* produceAnswer(dependencies, owner, claimed, answer, heartbeat);
    if (thread.unreadable) telemetry.error("thread.unreadable", thread.unreadable, idsOf(lease));
    if (outcome.status === "waiting") {
      observeParking(lease, outcome.turn, answer, telemetry);
      yield waitingEvent(await linkApprovals(outcome.turn, dependencies));
      traceExport?.start(stored);
      return { status: "waiting" };
    }
    await heartbeat.stop();
    // The last event must carry exactly the text that is stored.
    const text = storableText(answer.progress.text);
    const usage = usageOfTurn(lease, answer);
    const checked =
      outcome.status === "done" ? await check(dependencies, claimed, answer, text) : {};
    const trace = answer.trace.end(outcome.status);
    const end: TurnEnd = { ...answer.progress, ...outcome, ...checked, text, usage, trace };
    if (end.status !== "done") delete end.suggestions;
    const { oldest } = answer;
    const isFirst = end.status === "done" && end.historyFrom === lease.turn.id;
    const followUp = oldest ? "summary" : isFirst && hasTitles ? "title" : undefined;
    const cost = { ...costOf(answer), followUp } as const;
    const { reserved, citations } = await lease.finish(end, cost, thread.writes());
    thread.markStored();
    const durationMs = performance.now() - answer.startedAtMs;
    observeEnd(lease, end, durationMs, telemetry);
    observeUsage(answer, telemetry);
    observeCitations(citations ?? [], telemetry);
    yield endEvent(lease.turn.id, { ...end, citations }, durationMs, requestId);
    traceExport?.start({ ...stored, errorType: end.error?.type });
    return {
      status: "ended",
      toSummarise: oldest && { oldest, reserved: reserved ?? 0 },
      toName:
        followUp === "title" && reserved !== null
          ? { first: { message: lease.turn.message, answer: text }, reserved }
          : undefined,
    };
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    telemetry.warn("turn.lease_lost", idsOf(lease));
    telemetry.measure("LeaseLost", 1);
    await settleLate(lease, answer, telemetry);
    return { status: "lost" };
  } finally {
    await heartbeat.stop();
  }
}

const costOf = ({ purse, progress }: Answer): AttemptCost => ({
  spent: purse.state.spent + purse.state.inFlight,
  isEstimated: purse.isEstimated || purse.state.inFlight > 0,
  usage: progress.usage,
});

/** A fault of the check must not cost the person the answer. Its quotations then stay unchecked. */
async function check(
  { checkAnswer, telemetry }: RunTurnDependencies,
  { lease }: ClaimedTurn,
  { progress, trace }: Answer,
  text: string,
): Promise<CheckedAnswer> {
  const answer = { ...progress, text, message: lease.turn.message };
  try {
    return await trace.span("check", () => checkAnswer(answer));
  } catch (error) {
    telemetry.error("turn.not_checked", error, idsOf(lease));
    return {};
  }
}

/** What the turn shows: also what its parts before a parking used. Each part's attempt is booked for itself. */
const usageOfTurn = ({ turn }: TurnLease, { progress }: Answer) =>
  sumUsage(turn.base.usage, progress.usage);

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
  const shown = {
    conversation_id: turn.conversationId,
    turn_id: turn.id,
    attempt: turn.attempt,
    parent: turn.parent,
    replaces: turn.replaces,
    // A new attempt goes on from the turn's last checkpoint, or starts again without what the attempt before has shown.
    partial: turn.base.text,
    restarts: 0,
    result: null,
    tools: turn.base.tools,
    sources: turn.base.sources,
  };
  // Nobody has run this turn before, so no client shows anything that a snapshot could replace.
  return turn.attempt === 1 ? [turnEvent(shown)] : joinEvents(shown);
}

/** A turn that waits for a person, as it is stored. */
interface Parked {
  status: "waiting";
  turn: TurnState;
}

/**
 * Streams the agent's events and adds them to the answer. The graph pauses before an effect, and goes on at once with the
 * checkpoint that the effect's claim stores. It also pauses when a person must decide: then the turn is parked.
 * @returns how the turn ends: done, stopped or failed; or that it is parked
 * @throws LeaseLost or DatabaseUnavailable if the turn goes on elsewhere; or the error of an agent that cannot be loaded
 */
async function* produceAnswer(
  { loadAgent, telemetry }: RunTurnDependencies,
  owner: string,
  claimed: ClaimedTurn,
  answer: Answer,
  heartbeat: Heartbeat,
): AsyncGenerator<StreamEvent, TurnOutcome | Parked> {
  const { trace } = answer;
  const agent = await trace.span("agent", loadAgent);
  const { lease, thread } = claimed;
  const { signal } = heartbeat;
  const show = (event: AgentEvent) => {
    add(answer, event);
    return answer.progress;
  };
  const acts = createTurnActs({ lease, thread, telemetry, show });
  const turn = agentTurnOf(claimed);
  const settings = settingsOf(lease);
  try {
    for (let { resumes } = lease.turn; ; resumes = true) {
      const { tools, sources } = answer.progress;
      const { notesEnabled, clientTools } = lease.turn;
      const ofAnswer = { tools, sources, purse: answer.purse, observe: trace.model };
      const parts = { owner, notesEnabled, clientTools, settings, signal, acts, ...ofAnswer };
      const segment = agent.run({ ...turn, ...parts, resumes });
      const paused = yield* streamSegment(segment, lease, answer, telemetry);
      if (paused === undefined) return { status: "done", error: null };
      if (paused.reason === "approval") {
        await heartbeat.stop();
        signal.throwIfAborted();
        answer.progress = paused.calls.map(waitingCall).reduce(advance, answer.progress);
        const usage = usageOfTurn(lease, answer);
        const shown = { ...answer.progress, usage, trace: trace.end("waiting") };
        const parked = await lease.park(paused.calls, shown, costOf(answer), thread.writes());
        return { status: "waiting", turn: parked };
      }
      acts.storeThreadWithNextClaim();
    }
  } catch (error) {
    const outcome = outcomeAfter(signal.aborted ? signal.reason : error, telemetry);
    yield* endOpenTools(answer, acts.unsettledCalls);
    thread.discard();
    const { text, tools } = answer.progress;
    await recordInterruption(agent, { ...turn, text, tools }, telemetry);
    return outcome;
  }
}

function add(answer: Answer, event: AgentEvent): void {
  answer.progress = advance(answer.progress, event);
  if (event.type === "tool") answer.trace.tool(event.tool);
}

type Paused = Extract<AgentEvent, { type: "paused" }>;

/**
 * Streams one segment of the graph to its end: the graph puts its checkpoint last. Returns why the graph has paused, or
 * undefined if the answer is final.
 */
async function* streamSegment(
  segment: AsyncIterable<AgentEvent>,
  lease: TurnLease,
  answer: Answer,
  telemetry: Telemetry,
): AsyncGenerator<StreamEvent, Paused | undefined> {
  let paused: Paused | undefined;
  for await (const event of segment) {
    if (event.type === "text" && answer.progress.text === "" && !lease.turn.resumes) {
      telemetry.measure("TimeToFirstToken", performance.now() - answer.startedAtMs);
    }
    add(answer, event);
    if (event.type === "thread_full") answer.oldest = event.oldest;
    if (event.type === "paused") paused = event;
    const streamed = agentEventToStream(event, answer.progress);
    if (streamed) yield streamed;
  }
  return paused;
}

const waitingCall = ({ id, name, effect, input, client }: PlannedCall): AgentEvent => ({
  type: "tool",
  tool: { id, name, effect, input, state: "waiting", ...(client && { client }) },
});

const settingsOf = ({ turn }: TurnLease): TurnSettings => ({
  modelId: turn.settings.model ?? undefined,
  effort: turn.settings.effort ?? undefined,
  instructions: {
    forAllConversations: turn.ownerInstructions,
    forThisConversation: turn.settings.instructions ?? "",
  },
});

const agentTurnOf = ({ lease: { turn }, thread }: ClaimedTurn): AgentTurn => ({
  turnId: turn.id,
  conversationId: turn.conversationId,
  message: turn.message,
  branch: turn.branch,
  summary: turn.summary,
  checkpointer: thread.checkpointer,
});

/** No tool may look as if it still ran or waited after its turn has ended. */
function* endOpenTools(answer: Answer, unsettled: ReadonlySet<string>): Generator<StreamEvent> {
  const open = answer.progress.tools.filter(
    ({ state }) => state === "running" || state === "waiting",
  );
  for (const tool of open) {
    const state = unsettled.has(tool.id) ? "unknown" : "failed";
    const ended = { ...tool, state } as const;
    add(answer, { type: "tool", tool: ended });
    yield { event: "tool", data: ended };
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
  const { attempt, parkings } = lease.turn;
  telemetry.info("turn.claimed", { ...idsOf(lease), attempt });
  // A parked turn is continued by another attempt, without any runner having died.
  if (attempt - parkings > 1) telemetry.measure("TurnsRecovered", 1);
}

function observeParking(
  lease: TurnLease,
  { parkings }: TurnState,
  answer: Answer,
  telemetry: Telemetry,
): void {
  telemetry.info("turn.waiting", { ...idsOf(lease), attempt: lease.turn.attempt, parkings });
  telemetry.measure("TurnsWaiting", 1);
  observeUsage(answer, telemetry);
}

function observeUsage({ progress: { usage, model } }: Answer, telemetry: Telemetry): void {
  if (usage) measureUsage(telemetry, usage, model ?? "none");
}

function observeCitations(citations: readonly Citation[], telemetry: Telemetry): void {
  for (const [state, found] of Map.groupBy(citations, (citation) => citation.state)) {
    telemetry.measure("Citations", found.length, { state });
  }
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
