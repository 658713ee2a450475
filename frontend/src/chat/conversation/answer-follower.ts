import { anySignal } from "#frontend/api/any-signal.ts";
import { ApiProblem } from "#frontend/api/api-problem.ts";
import { chatUrl } from "#frontend/api/client.ts";
import { endsTurn, readEventStream } from "#frontend/api/event-stream.ts";
import { type ConversationAction, firstOpenTurn, isOpen } from "./conversation.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { detectSilence } from "./silence-detector.ts";

/** One stay on the page. A new one begins with each opening, so that what is left of an older one cannot meddle. */
export interface Mount {
  signal: AbortSignal;
  following: boolean;
}

interface FollowerParts {
  shown: ConversationStore;
  act(action: ConversationAction): void;
  /** Reads the transcript once more. */
  load(stay: Mount): Promise<void>;
  fail(error: unknown, stay: Mount): void;
}

// Between asking for a turn that the service calls open, yet has nothing to stream for.
const patienceMs = 2_000;
// A shorter interruption is over before it has been read.
const worthTellingMs = 2_500;

/** Reads the answers of one conversation as they are written, through cuts. */
export function createFollower({ shown, act, load, fail }: FollowerParts) {
  let connection = new AbortController();

  async function followTurn(conversationId: string, turnId: string, stay: Mount): Promise<void> {
    connection = new AbortController();
    const { signal } = connection;
    const signs = detectSilence((isReconnecting) => shown.show({ isReconnecting }));
    const events = readEventStream(chatUrl(conversationId, turnId), {
      signal: anySignal([stay.signal, signal]),
      onWait({ retryInMs, problem = lostConnection }) {
        signs.lose();
        if (retryInMs < worthTellingMs) return;
        shown.show({ interrupted: { problem, until: Date.now() + retryInMs } });
      },
    });
    try {
      for await (const event of events) {
        if (shown.read().interrupted !== null) shown.show({ interrupted: null });
        signs.see(event);
        act({ type: "event", event });
        // Begun in another tab: the stream does not tell the message, the transcript does.
        if (event.event === "turn" && messageIsUnknown(event.data.turn_id)) void load(stay);
        // The service may keep the stream open while it summarises older turns.
        if (endsTurn(event) && !isStillOpen(turnId)) return;
      }
    } finally {
      signs.end();
    }
    if (signal.aborted || !isStillOpen(turnId)) return;
    await load(stay);
    if (isStillOpen(turnId)) await pause(patienceMs);
  }

  const turnOf = (turnId: string) =>
    shown.read().conversation.turns.find(({ id }) => id === turnId);
  const isStillOpen = (turnId: string) => {
    const turn = turnOf(turnId);
    return turn !== undefined && isOpen(turn);
  };
  const messageIsUnknown = (turnId: string) => turnOf(turnId)?.message === null;

  return {
    /** Holds a stream for as long as there is a turn that has yet to end. */
    async follow(stay: Mount): Promise<void> {
      if (stay.following) return;
      stay.following = true;
      try {
        for (;;) {
          const { conversation } = shown.read();
          const turn = firstOpenTurn(conversation);
          if (conversation.id === null || turn === undefined || stay.signal.aborted) return;
          await followTurn(conversation.id, turn.id, stay);
        }
      } catch (error) {
        fail(error, stay);
      } finally {
        stay.following = false;
        if (!stay.signal.aborted) shown.show({ interrupted: null });
      }
    },
    /** Asks for an interrupted stream at once. */
    reconnect: () => connection.abort(),
  };
}

const lostConnection = new ApiProblem({
  type: "unreachable",
  status: 0,
  detail: "The connection was lost.",
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
