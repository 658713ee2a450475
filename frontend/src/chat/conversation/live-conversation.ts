import { ApiProblem, unreachable } from "#frontend/api/api-problem.ts";
import { getConversation, sendMessage, stopTurn } from "#frontend/api/client.ts";
import { notifyOtherTabs, subscribeToOtherTabs } from "#frontend/api/other-tabs.ts";
import type { Texts } from "#frontend/texts/english.ts";
import { toNotice } from "#frontend/ui/notice.ts";
import { drafts } from "../composer/drafts.ts";
import { createFollower, type Mount } from "./answer-follower.ts";
import {
  type ConversationAction,
  emptyConversation,
  type OutgoingMessage,
  reduceConversation,
} from "./conversation.ts";
import { type ConversationView, createConversationStore } from "./conversation-store.ts";
import { restoreOtherOutboxes, restoreOutbox, saveOutbox } from "./outboxes.ts";
import { replaceRoute } from "./route.ts";
import type { Outbox } from "./tab-storage.ts";

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

interface LiveConversationOptions {
  onSessionEnded: () => void;
  /** A message was accepted after the person had gone elsewhere. */
  onDelivered: () => void;
}

/** How many turns are loaded at first, where the conversation has so many. */
const fewestTurns = 8;
/** Each costs one of the requests that an address has in a minute. */
const maxPagesToFill = 4;

/** Those that were left with messages on their way: they go on sending. */
const unfinished = new Set<LiveConversation>();

let sending = new AbortController();

/** Ends what is still being sent: its person has signed out. */
export function cancelSends(): void {
  sending.abort();
  sending = new AbortController();
}

// A page that goes ends its requests. They have not failed: the next page finds their messages in the outbox.
window.addEventListener("pagehide", cancelSends);

/** The conversation as it was left if it still has something to do, else a fresh one; null is a new one. */
export function openConversation(
  conversationId: string | null,
  options: LiveConversationOptions,
): LiveConversation {
  for (const live of unfinished) {
    if (conversationId !== null && live.read().conversation.id === conversationId) return live;
  }
  return createLiveConversation(restoreOutbox(conversationId), options);
}

/** Delivers what was on its way from conversations that had been left when the page was reloaded. */
export function resumeOtherSends(options: LiveConversationOptions): void {
  for (const outbox of restoreOtherOutboxes()) {
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
  const shown = createConversationStore(conversationId, messages);
  const { read, show } = shown;
  const follower = createFollower({ shown, act, load, fail });
  let isSending = false;
  let stay: Mount = { signal: AbortSignal.abort(), following: false };

  function act(action: ConversationAction): void {
    const before = read().conversation;
    const conversation = reduceConversation(before, action);
    show({ conversation });
    if (conversation.outbox !== before.outbox) keep();
    if (conversation.id !== before.id && isHere()) rename(before.id, conversation.id);
  }

  /** The address and the draft go with the conversation; at once, as somebody may be typing. */
  function rename(from: string | null, to: string | null): void {
    drafts.move(from, to);
    replaceRoute(to);
    shown.tell();
  }

  function keep(): void {
    const { id, outbox } = read().conversation;
    saveOutbox({ key: outboxKey, conversationId: id, messages: outbox, isLeft: !isHere() });
  }

  function fail(error: unknown, { signal }: Mount, shownAs: "notice" | "refusal" = "notice"): void {
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
    const { id, outbox } = read().conversation;
    show({ conversation: { ...emptyConversation, outbox }, transcript: "ready" });
    rename(id, null);
  }

  async function load(current: Mount): Promise<void> {
    const { id } = read().conversation;
    if (id === null) return;
    try {
      const conversation = await getConversation(id, current);
      act({ type: "transcript", conversation });
      show({ transcript: "ready" });
      await fillFirstPage(current);
    } catch (error) {
      if (read().transcript === "loading" && !current.signal.aborted)
        show({ transcript: "failed" });
      fail(error, current);
    }
  }

  /** A page of large turns holds few of them. The page of a conversation shows several where there are several. */
  async function fillFirstPage(current: Mount): Promise<void> {
    for (let pages = 0; pages < maxPagesToFill; pages += 1) {
      const { turns, earlierCursor } = read().conversation;
      if (earlierCursor === null || turns.length >= fewestTurns) return;
      await loadEarlier(current);
      // Failed: the person can load it by hand.
      if (read().conversation.earlierCursor === earlierCursor) return;
    }
  }

  /** One after the other: the first message of a conversation gives the others its id. Goes on when the place is left. */
  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    const { signal } = sending;
    try {
      for (;;) {
        const { id, outbox } = read().conversation;
        const [message] = outbox;
        if (message === undefined) return;
        const { key, text, replaces } = message;
        const accepted = await sendMessage(
          { text, conversationId: id, idempotencyKey: key, replaces },
          signal,
        );
        act({ type: "accepted", message, accepted, at: new Date().toISOString() });
        notifyOtherTabs({ what: "turn", conversationId: accepted.conversation_id });
        if (!isHere()) options.onDelivered();
        show({ refusal: null, notice: null });
        if (accepted.replayed) await load(stay);
        void follower.follow(stay);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      const { id, outbox } = read().conversation;
      act({ type: "returned" });
      // Something newer stands behind the turn, or its conversation is gone: what is left is a message like any other.
      const isGone = error.type === "not_found";
      const isPlain = isGone || error.type === "not_replaceable";
      drafts.restore(
        isGone ? null : id,
        isPlain ? outbox.map(({ key, text }) => ({ key, text })) : outbox,
      );
      fail(error, stay, "refusal");
    } finally {
      isSending = false;
      unfinished.delete(live);
    }
  }

  function send(message: OutgoingMessage): void {
    act({ type: "sent", message });
    void sendAll();
  }

  function reload(): void {
    show({ transcript: "loading", notice: null });
    void load(stay).then(() => follower.follow(stay));
  }

  async function loadEarlier(current: Mount): Promise<void> {
    const { id, earlierCursor } = read().conversation;
    if (id === null || earlierCursor === null) return;
    try {
      const { signal } = current;
      const conversation = await getConversation(id, { before: earlierCursor, signal });
      // Pressed twice: the second answer is the first once more.
      if (read().conversation.earlierCursor === earlierCursor)
        act({ type: "earlier", conversation });
    } catch (error) {
      fail(error, current);
    }
  }

  async function stop(turnId: string, current: Mount): Promise<void> {
    const { id } = read().conversation;
    if (id === null) return;
    show({ stoppingTurnId: turnId });
    try {
      act({ type: "turn", turn: await stopTurn(id, turnId) });
      show({ notice: null });
      // Asked to stop, it may end in whatever way: somebody has to see it.
      void follower.follow(current);
    } catch (error) {
      show({ stoppingTurnId: null });
      fail(error, current);
    }
  }

  async function exportAs(format: "markdown" | "json", texts: Texts): Promise<void> {
    const { id } = read().conversation;
    if (id === null) return;
    const current = stay;
    try {
      // Few need it, and the first page has no room to spare.
      const { exportConversation } = await import("./export-conversation.ts").catch((error) => {
        throw unreachable(error);
      });
      await exportConversation(id, format, texts, current.signal);
    } catch (error) {
      fail(error, current);
    }
  }

  const isHere = () => !stay.signal.aborted;

  const live: LiveConversation = {
    subscribe: shown.subscribe,
    read,
    open() {
      const leaving = new AbortController();
      const current: Mount = { signal: leaving.signal, following: false };
      stay = current;
      keep();
      show({ refusal: null, notice: null, interrupted: null });
      void load(current).then(() => Promise.all([sendAll(), follower.follow(current)]));
      const unsubscribe = subscribeToOtherTabs((news) => {
        if (news.conversationId !== read().conversation.id || news.what === "title") return;
        void load(current).then(() => follower.follow(current));
      });
      return () => {
        unsubscribe();
        leaving.abort();
        if (read().conversation.outbox.length === 0) return;
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
      if (read().transcript === "failed") reload();
      else follower.reconnect();
    },
  };
  return live;
}
