import { anySignal } from "#frontend/api/any-signal.ts";
import { ApiProblem } from "#frontend/api/api-problem.ts";
import { chatUrl } from "#frontend/api/client.ts";
import type { EventConnection } from "#frontend/api/event-connection.ts";
import { endsTurn, readEventStream } from "#frontend/api/event-stream.ts";
import { expectTitle } from "#frontend/conversations/titles.ts";
import { findTurn } from "./branch.ts";
import { firstOpenTurn, isStreamed } from "./conversation-selectors.ts";
import type { AnswerLength, ShownTurn } from "./conversation-state.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { HandleError } from "./handle-error.ts";
import { detectSilence } from "./silence-detector.ts";

interface FollowerParts {
  store: ConversationStore;
  /** Loads the newest page of the transcript. */
  load(signal: AbortSignal): Promise<void>;
  handleError: HandleError;
}

// The pause between two requests for a turn that the service calls open although it has nothing to stream.
const emptyStreamPauseMs = 2_000;
// A shorter interruption is over before a person has read the notice.
const shortestNoticeMs = 2_500;

/** Streams the queued and running turns of a conversation into its store, one after another, and reconnects after a cut. */
export function createFollower({ store, load, handleError }: FollowerParts) {
  const followedMounts = new WeakSet<AbortSignal>();
  let connection = new AbortController();

  async function followTurn(
    conversationId: string,
    turnId: string,
    mountSignal: AbortSignal,
    opened?: EventConnection,
  ): Promise<void> {
    connection = new AbortController();
    const { signal } = connection;
    const silence = detectSilence(
      (isReconnecting) => store.update({ isReconnecting }),
      baseOf(find(turnId)),
    );
    // The model gives a title only after the first answer.
    const title = store.read().conversation.turns.length === 1 ? expectTitle() : undefined;
    const events = readEventStream(chatUrl(conversationId, turnId), {
      signal: anySignal([mountSignal, signal]),
      opened,
      onTitle: title?.publish,
      onWait({ retryInMs, problem = lostConnection }) {
        silence.onCut();
        if (retryInMs < shortestNoticeMs) return;
        store.update({ interrupted: { problem, until: Date.now() + retryInMs } });
      },
    });
    try {
      for await (const event of events) {
        if (store.read().interrupted !== null) store.update({ interrupted: null });
        silence.onEvent(event);
        const isNews = event.event === "turn" && find(event.data.turn_id) === undefined;
        store.dispatch({ type: "event", event });
        // The stream sends neither the message of a turn that was started elsewhere, nor whether its branch is shown now.
        if (isNews) void load(mountSignal);
        if (event.event === "done") title?.answerEnded(conversationId);
        // The service may keep the stream open while it summarises older turns.
        if (endsTurn(event) && !isStillStreamed(turnId)) return;
      }
    } catch (error) {
      // A used-up budget has ended the turn. The transcript says when it renews.
      if (!(error instanceof ApiProblem && error.refusedTurn)) throw error;
    } finally {
      silence.stop();
    }
    if (signal.aborted || !isStillStreamed(turnId)) return;
    await load(mountSignal);
    if (isStillStreamed(turnId)) await pause(emptyStreamPauseMs);
  }

  const find = (turnId: string) => findTurn(store.read().conversation, turnId);
  const isStillStreamed = (turnId: string) => {
    const turn = find(turnId);
    return turn !== undefined && isStreamed(turn);
  };

  return {
    /**
     * Follows until no turn is open, the first open turn waits for a decision, or the conversation leaves the page. A second
     * call for the same mount does nothing: the first one follows every open turn. `opened` is the stream of the first open
     * turn, if it is open already.
     */
    async follow(mountSignal: AbortSignal, opened?: EventConnection): Promise<void> {
      if (followedMounts.has(mountSignal) || mountSignal.aborted) {
        opened?.close();
        return;
      }
      followedMounts.add(mountSignal);
      try {
        for (let stream = opened; ; stream = undefined) {
          const { conversation } = store.read();
          const turn = firstOpenTurn(conversation);
          // A waiting turn bars the queue behind it.
          const hasStream = turn !== undefined && isStreamed(turn);
          if (conversation.id === null || !hasStream || mountSignal.aborted) {
            stream?.close();
            return;
          }
          await followTurn(conversation.id, turn.id, mountSignal, stream);
        }
      } catch (error) {
        handleError(error, mountSignal);
      } finally {
        followedMounts.delete(mountSignal);
        if (!mountSignal.aborted) store.update({ interrupted: null });
      }
    },
    /** Ends the pause before the next request. */
    reconnect: () => connection.abort(),
  };
}

/** Returns what the answer held when it was parked, if it goes on now. */
function baseOf(turn: ShownTurn | undefined): AnswerLength {
  const goesOn = turn !== undefined && turn.parkings > 0 && turn.status !== "running";
  return goesOn ? turn : { text: "", tools: [] };
}

const lostConnection = new ApiProblem({
  type: "unreachable",
  status: 0,
  detail: "The connection was lost.",
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
