import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { toProblem } from "#lib/platform/http/respond-with-problem.ts";
import type { ClaimWithThread, ThreadClaim } from "./claim-with-thread.ts";
import { type FollowTurnDependencies, followTurn } from "./follow-turn.ts";
import { linkApprovals } from "./link-approvals.ts";
import {
  type NameConversationDependencies,
  nameConversation,
  type UnnamedConversation,
} from "./name-conversation.ts";
import { type RunTurnDependencies, runTurn } from "./run-turn.ts";
import {
  type FullThread,
  type SummariseThreadDependencies,
  summariseThread,
} from "./summarise-thread.ts";
import { joinEvents, storedEndEvent, waitingEvent } from "./turn-events.ts";

export type StreamTurnsDependencies = RunTurnDependencies &
  FollowTurnDependencies &
  NameConversationDependencies &
  SummariseThreadDependencies & { claim: ClaimWithThread };

/** What a client wants to watch. */
export interface StreamTarget {
  owner: string;
  conversationId: string;
  /** The stream ends with this turn. Without it the stream ends when the conversation has no open turn. */
  turnId?: string | undefined;
}

/**
 * Streams the turns of a conversation in their order: runs each queued turn, or follows the invocation that runs it. Ends at a
 * turn that waits for a person, because such a turn bars the queue.
 * Never throws: the response has begun, so a failure becomes the stream's last event.
 *
 * The model names a conversation, and summarises a full thread, after the last turn's end and before the stream ends: the
 * invocation ends with its response, and Lambda freezes a function after its invocation. The client has the end of the turn
 * by then, and the lease is free for the next message. The client may leave: `title` is only for a page that still listens.
 * Traces are sent meanwhile.
 * @param firstClaim the caller claims before the first byte, while the response can still become a 404 or a 204
 */
export async function* streamTurns(
  dependencies: StreamTurnsDependencies,
  target: StreamTarget,
  firstClaim: ThreadClaim,
): AsyncGenerator<StreamEvent> {
  const { requestId, telemetry } = dependencies;
  try {
    const { unnamed, fullThread } = yield* streamToTarget(dependencies, target, firstClaim);
    const title = unnamed && (await nameConversation(dependencies, unnamed));
    if (title !== undefined) {
      yield { event: "title", data: { conversation_id: target.conversationId, title } };
    }
    if (fullThread) await summariseThread(dependencies, fullThread);
  } catch (error) {
    const problem = toProblem(error, requestId, telemetry);
    // The turn itself has not ended: the client's next request takes the turn over or follows it.
    yield { event: "error", data: { ...problem, retryable: true } };
  } finally {
    await dependencies.traceExport?.finish();
  }
}

/** Where a stream has ended. */
interface StreamEnd {
  /** The thread after the newest turn that ran here, if that thread is full. */
  fullThread?: FullThread | undefined;
  /** The conversation, if a turn that ran here gave the first answer. */
  unnamed?: UnnamedConversation | undefined;
  /** Whether the invocation has too little time for what is left to run. */
  isUnfinished: boolean;
}

/** A turn that another invocation both starts and ends between two of our claims is not streamed. The transcript has it. */
export async function* streamToTarget(
  dependencies: StreamTurnsDependencies,
  target: StreamTarget,
  firstClaim: ThreadClaim,
): AsyncGenerator<StreamEvent, StreamEnd> {
  const { owner, conversationId } = target;
  let fullThread: FullThread | undefined;
  let unnamed: UnnamedConversation | undefined;
  /** The newest turn whose end this stream has sent. */
  let endedTurnId: string | undefined;

  for (let claim = firstClaim; ; claim = await dependencies.claim(target)) {
    switch (claim.outcome) {
      case "claimed": {
        const turnId = claim.lease.turn.id;
        const { status, toSummarise, toName } = yield* runTurn(dependencies, owner, claim);
        if (status === "waiting") return { unnamed, fullThread, isUnfinished: false };
        if (status === "ended") {
          endedTurnId = turnId;
          fullThread = toSummarise && { owner, conversationId, turnId, ...toSummarise };
          unnamed ??= toName && { owner, conversationId, turnId, ...toName };
        }
        break;
      }
      case "busy": {
        const followed = yield* followTurn(dependencies, owner, claim.turn);
        // A waiting turn bars the queue. Nothing more can be streamed until a person decides.
        if (followed === "waiting") return { unnamed, fullThread, isUnfinished: false };
        if (followed === "ended") endedTurnId = claim.turn.turn_id;
        break;
      }
      case "waiting":
        yield* joinEvents(claim.turn);
        yield waitingEvent(await linkApprovals(claim.turn, dependencies));
        return { unnamed, fullThread, isUnfinished: false };
      case "refused":
      case "idle":
        if (claim.turn.turn_id !== endedTurnId) {
          yield* joinEvents(claim.turn);
          yield storedEndEvent(claim.turn, dependencies.requestId);
        }
        return { unnamed, fullThread, isUnfinished: false };
      case "unknown":
      case "empty":
        // The conversation was deleted during the stream.
        return { isUnfinished: false };
    }
    if (endedTurnId !== undefined && endedTurnId === target.turnId) {
      return { unnamed, fullThread, isUnfinished: false };
    }
    // A fresh invocation runs the next turn: the client reconnects, or `turn-run` sends its event again.
    if (!dependencies.time.hasTimeForTurn()) return { unnamed, fullThread, isUnfinished: true };
  }
}
