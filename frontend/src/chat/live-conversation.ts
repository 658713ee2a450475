import { ApiProblem } from "../api/api-problem.ts";
import { chatUrl, getConversation, sendMessage, stopTurn } from "../api/client.ts";
import { readEventStream } from "../api/event-stream.ts";
import { hearOtherTabs, tellOtherTabs } from "../api/other-tabs.ts";
import type { Texts } from "../texts/english.ts";
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
import { drafts } from "./drafts.ts";
import { exportConversation } from "./export-conversation.ts";
import { keepOutbox, takeUpOutbox, takeUpOutboxesLeft } from "./outboxes.ts";
import { renamePlace } from "./place.ts";
import type { Outbox } from "./tab-storage.ts";

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
  /** Sends what is on its way, whether anybody looks or not. */
  deliver(): void;
  send(message: OutgoingMessage): void;
  stop(turnId: string): void;
  /** Loads the turns before the first one that is here. */
  loadEarlier(): void;
  /** Loads the transcript once more. */
  reload(): void;
  /** Puts the whole conversation into the browser's downloads. */
  exportAs(format: "markdown" | "json", texts: Texts): Promise<void>;
  /** Asks at once for what was interrupted: the network is back. */
  reconnect(): void;
}

/** One stay on the page. A new one begins with each `open`, so that what is left of an older one cannot meddle. */
interface Stay {
  signal: AbortSignal;
  following: boolean;
}

// Between asking for a turn that the service calls open, yet has nothing to stream for.
const patienceMs = 2_000;
// A shorter interruption is over before it has been read.
const worthTellingMs = 2_500;

interface LiveConversationOptions {
  onSessionEnded: () => void;
  /** A message was accepted after the person had gone elsewhere. */
  onDelivered: () => void;
}

/** Those that were left with messages on their way: they go on sending. */
const unfinished = new Set<LiveConversation>();

let sending = new AbortController();

/** Ends what is still being sent: its person has signed out. */
export function abandonSending(): void {
  sending.abort();
  sending = new AbortController();
}

// A page that goes ends its requests. They have not failed: the next page finds their messages in the outbox.
window.addEventListener("pagehide", abandonSending);

/** The conversation as it was left if it still has something to do, else a fresh one; null is a new one. */
export function takeUpConversation(
  conversationId: string | null,
  options: LiveConversationOptions,
): LiveConversation {
  for (const live of unfinished) {
    if (conversationId !== null && live.read().conversation.id === conversationId) return live;
  }
  return createLiveConversation(takeUpOutbox(conversationId), options);
}

/** Delivers what was on its way from conversations that had been left when the page was reloaded. */
export function deliverLeft(options: LiveConversationOptions): void {
  for (const outbox of takeUpOutboxesLeft()) {
    const live = createLiveConversation(outbox, options);
    unfinished.add(live);
    live.deliver();
  }
}

/** Keeps one conversation in step with the service: sends in order, follows every open turn, survives cuts and reloads. */
function createLiveConversation(
  { key: outboxKey, conversationId, messages }: Outbox,
  options: LiveConversationOptions,
): LiveConversation {
  let view: ConversationView = {
    conversation: { ...emptyConversation, id: conversationId, outbox: messages },
    transcript: conversationId === null ? "ready" : "loading",
    refusal: null,
    notice: null,
    interrupted: null,
    stoppingTurnId: null,
  };
  const listeners = new Set<() => void>();
  let isFrameAsked = false;
  let isSending = false;
  let stay: Stay = { signal: AbortSignal.abort(), following: false };
  let connection = new AbortController();

  function show(changes: Partial<ConversationView>): void {
    view = { ...view, ...changes };
    // Tokens may come faster than a screen can show them.
    if (isFrameAsked) return;
    isFrameAsked = true;
    requestAnimationFrame(() => {
      isFrameAsked = false;
      tell();
    });
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function act(action: ConversationAction): void {
    const before = view.conversation;
    const conversation = foldConversation(before, action);
    show({ conversation });
    if (conversation.outbox !== before.outbox) keep();
    if (conversation.id !== before.id && isHere()) rename(before.id, conversation.id);
  }

  /** The address and the draft go with the conversation; at once, as somebody may be typing. */
  function rename(from: string | null, to: string | null): void {
    drafts.move(from, to);
    renamePlace(to);
    tell();
  }

  function keep(): void {
    const { id, outbox } = view.conversation;
    keepOutbox({ key: outboxKey, conversationId: id, messages: outbox, isLeft: !isHere() });
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
    const { id, outbox } = view.conversation;
    show({ conversation: { ...emptyConversation, outbox }, transcript: "ready" });
    rename(id, null);
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

  /** One after the other: the first message of a conversation gives the others its id. Goes on when the place is left. */
  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    const { signal } = sending;
    try {
      for (;;) {
        const { id, outbox } = view.conversation;
        const [message] = outbox;
        if (message === undefined) return;
        const { key, text, replaces } = message;
        const accepted = await sendMessage(
          { text, conversationId: id, idempotencyKey: key, replaces },
          signal,
        );
        act({ type: "accepted", message, accepted, at: new Date().toISOString() });
        tellOtherTabs({ what: "turn", conversationId: accepted.conversation_id });
        if (!isHere()) options.onDelivered();
        show({ refusal: null, notice: null });
        if (accepted.replayed) await load(stay);
        void follow(stay);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      const { id, outbox } = view.conversation;
      act({ type: "returned" });
      // Something newer stands behind the turn, or its conversation is gone: what is left is a message like any other.
      const isGone = error.type === "not_found";
      const isPlain = isGone || error.type === "not_replaceable";
      drafts.putBack(
        isGone ? null : id,
        isPlain ? outbox.map(({ key, text }) => ({ key, text })) : outbox,
      );
      fail(error, stay, "refusal");
    } finally {
      isSending = false;
      unfinished.delete(live);
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
    void sendAll();
  }

  function reload(): void {
    show({ transcript: "loading", notice: null });
    void load(stay).then(() => follow(stay));
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
      // Asked to stop, it may end in whatever way: somebody has to see it.
      void follow(current);
    } catch (error) {
      show({ stoppingTurnId: null });
      fail(error, current);
    }
  }

  async function exportAs(format: "markdown" | "json", texts: Texts): Promise<void> {
    const { id } = view.conversation;
    if (id === null) return;
    const current = stay;
    try {
      await exportConversation(id, format, texts, current.signal);
    } catch (error) {
      fail(error, current);
    }
  }

  const isStillOpen = (turnId: string) =>
    view.conversation.turns.some((turn) => turn.id === turnId && isOpen(turn));

  const messageIsUnknown = (turnId: string) =>
    view.conversation.turns.some((turn) => turn.id === turnId && turn.message === null);

  const isHere = () => !stay.signal.aborted;

  const live: LiveConversation = {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => view,
    open() {
      const leaving = new AbortController();
      const current: Stay = { signal: leaving.signal, following: false };
      stay = current;
      keep();
      show({ refusal: null, notice: null, interrupted: null });
      void load(current).then(() => Promise.all([sendAll(), follow(current)]));
      const hearNoMore = hearOtherTabs((news) => {
        if (news.conversationId !== view.conversation.id || news.what === "title") return;
        void load(current).then(() => follow(current));
      });
      return () => {
        hearNoMore();
        leaving.abort();
        if (view.conversation.outbox.length === 0) return;
        keep();
        unfinished.add(live);
      };
    },
    deliver: () => void sendAll(),
    send,
    stop: (turnId) => void stop(turnId, stay),
    exportAs,
    loadEarlier: () => void loadEarlier(stay),
    reload,
    reconnect() {
      if (view.transcript === "failed") reload();
      else connection.abort();
    },
  };
  return live;
}

const lostConnection = new ApiProblem({
  type: "unreachable",
  status: 0,
  detail: "The connection was lost.",
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
