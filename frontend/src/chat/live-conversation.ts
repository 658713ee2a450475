import { ApiProblem } from "../api/api-problem.ts";
import { chatUrl, getConversation, sendMessage, stopTurn } from "../api/client.ts";
import { readEventStream } from "../api/event-stream.ts";
import { type Notice, toNotice } from "../ui/notice.ts";
import {
  type Conversation,
  type ConversationAction,
  emptyConversation,
  firstOpenTurn,
  foldConversation,
  isOpen,
  type OutgoingMessage,
} from "./conversation.ts";
import { download, readWholeConversation, toMarkdown } from "./export-conversation.ts";
import { renamePlace } from "./place.ts";
import { tabStorage } from "./tab-storage.ts";

interface ConversationView {
  conversation: Conversation;
  /** Of the transcript, after a reload. */
  transcript: "loading" | "ready" | "failed";
  /** Why the last message came back; until it passes, others would too. */
  refusal: Notice | null;
  /** Anything else that went wrong. */
  notice: Notice | null;
  /** Set while the stream of an answer is interrupted: when it will be asked for again. */
  interrupted: Notice | null;
  stoppingTurnId: string | null;
}

export interface LiveConversation {
  subscribe(listener: () => void): () => void;
  read(): ConversationView;
  /** Loads what this tab had, and goes on with it. Returns how to leave; the answers go on without us. */
  open(): () => void;
  send(message: OutgoingMessage): void;
  stop(turnId: string): void;
  /** Loads the turns before the first one that is here. */
  loadEarlier(): void;
  /** Loads the transcript once more. */
  reload(): void;
  /** Puts the whole conversation into the browser's downloads. */
  exportAs(format: "markdown" | "json"): Promise<void>;
  /** Asks for an interrupted stream at once: the network is back. */
  reconnect(): void;
}

/** One stay on the page. A new one begins with each `open`, so that what is left of an older one cannot meddle. */
interface Stay {
  signal: AbortSignal;
  sending: boolean;
  following: boolean;
}

// Between asking for a turn that the service calls open, yet has nothing to stream for.
const patienceMs = 2_000;
// A shorter interruption is over before it has been read.
const worthTellingMs = 2_500;

/** Keeps one conversation in step with the service: sends in order, follows every open turn, survives cuts and reloads. */
export function createLiveConversation(options: {
  /** Null for a new one. */
  conversationId: string | null;
  /** Messages that were not accepted: the service never saw them, or does not want them now. */
  onReturned: (messages: OutgoingMessage[]) => void;
  onSessionEnded: () => void;
}): LiveConversation {
  let view: ConversationView = {
    conversation: {
      ...emptyConversation,
      id: options.conversationId,
      outbox: tabStorage.outbox.read(),
    },
    transcript: options.conversationId === null ? "ready" : "loading",
    refusal: null,
    notice: null,
    interrupted: null,
    stoppingTurnId: null,
  };
  const listeners = new Set<() => void>();
  let isFrameAsked = false;
  let stay: Stay = { signal: AbortSignal.abort(), sending: false, following: false };
  let connection = new AbortController();

  function show(changes: Partial<ConversationView>): void {
    view = { ...view, ...changes };
    // Tokens may come faster than a screen can show them.
    if (isFrameAsked) return;
    isFrameAsked = true;
    requestAnimationFrame(() => {
      isFrameAsked = false;
      for (const listener of listeners) listener();
    });
  }

  function act(action: ConversationAction): void {
    const conversation = foldConversation(view.conversation, action);
    if (conversation.id !== view.conversation.id) renamePlace(conversation.id);
    if (conversation.outbox !== view.conversation.outbox) {
      tabStorage.outbox.write(conversation.outbox);
    }
    show({ conversation });
  }

  function fail(error: unknown, { signal }: Stay, shownAs: "notice" | "refusal" = "notice"): void {
    if (signal.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) {
      options.onSessionEnded();
      return;
    }
    if (error.status === 404) forgetConversation();
    show({ [shownAs]: toNotice(error) });
  }

  /** Deleted, or of somebody who has signed out since: it is not coming back. */
  function forgetConversation(): void {
    const { outbox } = view.conversation;
    renamePlace(null);
    show({ conversation: { ...emptyConversation, outbox }, transcript: "ready" });
  }

  async function load(current: Stay): Promise<void> {
    const { id } = view.conversation;
    if (id === null) return;
    try {
      const conversation = await getConversation(id, current);
      act({ type: "transcript", conversation });
      show({ transcript: "ready" });
    } catch (error) {
      if (view.transcript === "loading" && !current.signal.aborted) show({ transcript: "failed" });
      fail(error, current);
    }
  }

  /** One after the other: the first message of a conversation gives the others its id. */
  async function sendAll(current: Stay): Promise<void> {
    if (current.sending) return;
    current.sending = true;
    try {
      for (;;) {
        const { id, outbox } = view.conversation;
        const [message] = outbox;
        if (message === undefined) return;
        const { key, text, replaces } = message;
        const accepted = await sendMessage(
          { text, conversationId: id, idempotencyKey: key, replaces },
          current.signal,
        );
        if (current.signal.aborted) return;
        act({ type: "accepted", message, accepted });
        show({ refusal: null, notice: null });
        if (accepted.replayed) await load(current);
        void follow(current);
      }
    } catch (error) {
      if (current.signal.aborted) return;
      const { outbox } = view.conversation;
      act({ type: "returned" });
      // Something newer stands behind the turn, or its conversation is gone: what is left is a message like any other.
      const isPlain =
        error instanceof ApiProblem && ["not_found", "not_replaceable"].includes(error.type);
      options.onReturned(isPlain ? outbox.map(({ key, text }) => ({ key, text })) : outbox);
      fail(error, current, "refusal");
    } finally {
      current.sending = false;
    }
  }

  /** Holds a stream for as long as there is a turn that has yet to end. */
  async function follow(current: Stay): Promise<void> {
    if (current.following) return;
    current.following = true;
    try {
      for (;;) {
        const { id } = view.conversation;
        const turn = firstOpenTurn(view.conversation);
        if (id === null || turn === undefined || current.signal.aborted) return;
        await followTurn(id, turn.id, current);
      }
    } catch (error) {
      fail(error, current);
    } finally {
      current.following = false;
      if (!current.signal.aborted) show({ interrupted: null });
    }
  }

  async function followTurn(conversationId: string, turnId: string, current: Stay): Promise<void> {
    connection = new AbortController();
    const { signal } = connection;
    const events = readEventStream(chatUrl(conversationId, turnId), {
      signal: AbortSignal.any([current.signal, signal]),
      onWait({ retryInMs, problem = lostConnection }) {
        if (retryInMs < worthTellingMs) return;
        show({ interrupted: { problem, until: Date.now() + retryInMs } });
      },
    });
    for await (const event of events) {
      if (view.interrupted !== null) show({ interrupted: null });
      act({ type: "event", event });
      // Begun in another tab: the stream does not tell the message, the transcript does.
      if (event.event === "turn" && messageIsUnknown(event.data.turn_id)) void load(current);
    }
    if (signal.aborted || !isStillOpen(turnId)) return;
    await load(current);
    if (isStillOpen(turnId)) await pause(patienceMs);
  }

  function send(message: OutgoingMessage): void {
    act({ type: "sent", message });
    void sendAll(stay);
  }

  async function loadEarlier(current: Stay): Promise<void> {
    const { id, earlierCursor } = view.conversation;
    if (id === null || earlierCursor === null) return;
    try {
      const { signal } = current;
      const conversation = await getConversation(id, { before: earlierCursor, signal });
      // Pressed twice: the second answer is the first once more.
      if (view.conversation.earlierCursor === earlierCursor) act({ type: "earlier", conversation });
    } catch (error) {
      fail(error, current);
    }
  }

  async function stop(turnId: string, current: Stay): Promise<void> {
    const { id } = view.conversation;
    if (id === null) return;
    show({ stoppingTurnId: turnId });
    try {
      act({ type: "turn", turn: await stopTurn(id, turnId) });
      show({ notice: null });
    } catch (error) {
      show({ stoppingTurnId: null });
      fail(error, current);
    }
  }

  async function exportAs(format: "markdown" | "json"): Promise<void> {
    const { id } = view.conversation;
    if (id === null) return;
    const current = stay;
    try {
      const conversation = await readWholeConversation(id, current.signal);
      if (format === "json") {
        download("conversation.json", "application/json", JSON.stringify(conversation, null, 2));
      } else {
        download("conversation.md", "text/markdown", toMarkdown(conversation));
      }
    } catch (error) {
      fail(error, current);
    }
  }

  const isStillOpen = (turnId: string) =>
    view.conversation.turns.some((turn) => turn.id === turnId && isOpen(turn));

  const messageIsUnknown = (turnId: string) =>
    view.conversation.turns.some((turn) => turn.id === turnId && turn.message === null);

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => view,
    open() {
      const leaving = new AbortController();
      const current: Stay = { signal: leaving.signal, sending: false, following: false };
      stay = current;
      void load(current).then(() => Promise.all([sendAll(current), follow(current)]));
      return () => leaving.abort();
    },
    send,
    stop: (turnId) => void stop(turnId, stay),
    exportAs,
    loadEarlier: () => void loadEarlier(stay),
    reload() {
      show({ transcript: "loading", notice: null });
      void load(stay).then(() => follow(stay));
    },
    reconnect: () => connection.abort(),
  };
}

const lostConnection = new ApiProblem({
  type: "unreachable",
  status: 0,
  detail: "The connection was lost.",
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
