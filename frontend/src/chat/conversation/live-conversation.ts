import { ApiProblem, toApiProblem } from "#frontend/api/api-problem.ts";
import {
  type CallDecision,
  decideCall,
  stopTurn,
  updateConversation,
} from "#frontend/api/client.ts";
import { notifyOtherTabs, subscribeToOtherTabs } from "#frontend/api/other-tabs.ts";
import type { Texts } from "#frontend/texts/english.ts";
import { toNotice } from "#frontend/ui/notice.ts";
import { randomId } from "#frontend/ui/random-id.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import { createFollower } from "./answer-follower.ts";
import { leafOf, onShownBranch } from "./branch.ts";
import { firstOpenTurn, isParked } from "./conversation-selectors.ts";
import type { OutgoingMessage } from "./conversation-state.ts";
import {
  type ConversationStore,
  type ConversationView,
  createConversationStore,
} from "./conversation-store.ts";
import { createErrorHandler, type HandleError } from "./handle-error.ts";
import { createOutboxSender } from "./outbox-sender.ts";
import { restoreOtherOutboxes, restoreOutbox } from "./outboxes.ts";
import type { Outbox } from "./tab-storage.ts";
import { createTranscriptLoader } from "./transcript-loader.ts";

/** One conversation, kept in step with the service: sends in order, follows open turns, survives cuts and reloads. */
export interface LiveConversation {
  subscribe(listener: () => void): () => void;
  read(): ConversationView;
  /** Loads the transcript, sends the outbox and follows open turns. Returns the function to call on unmount. */
  mount(): () => void;
  /** Sends the outbox, whether the conversation is on the page or not. */
  sendOutbox(): void;
  send(message: OutgoingMessage): void;
  /** Resolves with whether the service accepted the request. */
  stop(turnId: string): Promise<boolean>;
  /** Sends a person's decision about a call. Resolves with the problem if the service did not accept the decision. */
  decide(decision: Omit<CallDecision, "conversationId">): Promise<ApiProblem | null>;
  /** Changes what the next turns run with. @throws ApiProblem */
  changeSettings(settings: ConversationSettings): Promise<void>;
  /** Shows the branch that the turn is on, from now on and in every tab. */
  showBranch(turnId: string): void;
  /** Changes the message of a turn in place. Resolves with the problem if the service did not accept the text. */
  rewrite(turnId: string, text: string): Promise<ApiProblem | null>;
  /** Loads what another device may have changed: a decision, the shown branch, a new turn. */
  refresh(): void;
  /** Loads the turns before the first loaded one. */
  loadEarlier(): void;
  /** Loads the newest page of the transcript again. */
  reload(): void;
  /** Downloads the whole conversation as a file. */
  exportAs(format: "markdown" | "json", texts: Texts): Promise<void>;
  /** Repeats interrupted requests at once, because the network is back. */
  reconnect(): void;
}

interface LiveConversationOptions {
  onSessionEnded: () => void;
  /** The service accepted a message of a conversation that is not on the page. */
  onDelivered: () => void;
}

/** A return to the page fires several events. */
const shortestRefreshMs = 2_000;

/** Conversations that left the page while they were sending. They go on sending. */
const unfinished = new Set<LiveConversation>();

/**
 * Returns the conversation that is still sending, if the person returns to one, else a fresh one with the outbox that the
 * tab has stored. A null id starts a new conversation.
 */
export function openConversation(
  conversationId: string | null,
  options: LiveConversationOptions,
): LiveConversation {
  for (const live of unfinished) {
    if (conversationId !== null && live.read().conversation.id === conversationId) return live;
  }
  return createLiveConversation(restoreOutbox(conversationId), options);
}

/** Sends the stored messages of all other conversations: a reload has interrupted them. */
export function resumeOtherSends(options: LiveConversationOptions): void {
  for (const outbox of restoreOtherOutboxes()) {
    const live = createLiveConversation(outbox, options);
    unfinished.add(live);
    live.sendOutbox();
  }
}

function createLiveConversation(
  outbox: Outbox,
  { onSessionEnded, onDelivered }: LiveConversationOptions,
): LiveConversation {
  const store = createConversationStore(outbox);
  const { mountSignal } = store;
  const handleError = createErrorHandler(store, onSessionEnded);
  const { load, loadEarlier } = createTranscriptLoader(store, handleError);
  const follower = createFollower({ store, load, handleError });
  const sendOutbox = createOutboxSender({
    store,
    async onAccepted({ replayed, turn_id }, stream) {
      if (mountSignal().aborted) onDelivered();
      store.update({ refusal: null, notice: null });
      if (replayed) stream?.close();
      // A replayed turn may have ended long ago, with other turns after it. Another tab may have left the branch of a new turn.
      if (replayed || leafOf(store.read().conversation) !== turn_id) await load(mountSignal());
      void follower.follow(mountSignal(), replayed ? undefined : stream);
    },
    onRefused: (problem) => handleError(problem, mountSignal(), "refusal"),
    onIdle: () => unfinished.delete(live),
  });

  const loadAndFollow = async (signal: AbortSignal) => {
    await load(signal);
    await follower.follow(signal);
  };

  function mount(): () => void {
    const unmounting = new AbortController();
    const { signal } = unmounting;
    store.setMountSignal(signal);
    store.save();
    store.update({ refusal: null, notice: null, interrupted: null });
    void load(signal).then(() => Promise.all([sendOutbox(), follower.follow(signal)]));
    const unsubscribe = subscribeToOtherTabs(({ what, conversationId }) => {
      if (conversationId !== store.read().conversation.id || what === "title") return;
      void loadAndFollow(signal);
    });
    return () => {
      unsubscribe();
      unmounting.abort();
      if (store.read().conversation.outbox.length === 0) return;
      store.save();
      unfinished.add(live);
    };
  }

  async function stop(turnId: string, signal: AbortSignal): Promise<boolean> {
    const wasParked = hasParkedTurn();
    const isAccepted = await requestStop(store, turnId, signal, handleError);
    if (!isAccepted) return false;
    // Nothing streams to a tab that shows a parked turn.
    if (wasParked) notify("turn");
    // The turn may still end in any way. Following shows how.
    void follower.follow(signal);
    return true;
  }

  const hasParkedTurn = () => {
    const open = firstOpenTurn(store.read().conversation);
    return open !== undefined && isParked(open);
  };

  function notify(what: "turn" | "branch"): void {
    const { id } = store.read().conversation;
    if (id !== null) notifyOtherTabs({ what, conversationId: id });
  }

  async function decide(
    decision: Omit<CallDecision, "conversationId">,
    signal: AbortSignal,
  ): Promise<ApiProblem | null> {
    const { id: conversationId } = store.read().conversation;
    if (conversationId === null) return null;
    try {
      const turn = await decideCall({ ...decision, conversationId });
      store.dispatch({ type: "turn", turn });
      store.update({ notice: null });
      notify("turn");
      void follower.follow(signal);
      return null;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      // The notice stays when the card goes.
      if (error.status === 409) store.update({ notice: toNotice(error) });
      // The call is no longer what this page shows.
      if (error.status === 404 || error.status === 409) void loadAndFollow(signal);
      return error;
    }
  }

  async function showBranch(turnId: string, signal: AbortSignal): Promise<void> {
    const { conversation, isSwitching } = store.read();
    if (conversation.id === null || isSwitching) return;
    // The words of the problem alone would not say what it has prevented.
    const onError: HandleError = (error, signal) =>
      handleError(Object.assign(toApiProblem(error), { type: "branch_not_shown" }), signal);
    store.update({ isSwitching: true, notice: null });
    try {
      await updateConversation(conversation.id, { head: turnId });
      notify("branch");
      await load(signal, onError);
    } catch (error) {
      onError(error, signal);
    }
    store.update({ isSwitching: false });
    void follower.follow(signal);
  }

  async function rewrite(turnId: string, text: string): Promise<ApiProblem | null> {
    const { id } = store.read().conversation;
    if (id === null) return null;
    try {
      await updateConversation(id, { message: { turn_id: turnId, text } });
      store.dispatch({ type: "rewritten", turnId, text });
      notify("branch");
      return null;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      return error;
    }
  }

  let refreshedAt = 0;

  async function refresh(signal: AbortSignal): Promise<void> {
    if (Date.now() - refreshedAt < shortestRefreshMs) return;
    refreshedAt = Date.now();
    // Nobody has asked for this request, and the next one reports a lasting problem.
    await load(signal, () => {});
    await follower.follow(signal);
  }

  function reload(): void {
    store.update({ transcript: "loading", notice: null });
    void loadAndFollow(mountSignal());
  }

  const live: LiveConversation = {
    subscribe: store.subscribe,
    read: store.read,
    mount,
    sendOutbox: () => void sendOutbox(),
    send(message) {
      const meant = onShownBranch(message, store.read().conversation, randomId);
      store.dispatch({ type: "sent", message: meant });
      void sendOutbox();
    },
    stop: (turnId) => stop(turnId, mountSignal()),
    decide: (decision) => decide(decision, mountSignal()),
    async changeSettings(settings) {
      const { id } = store.read().conversation;
      try {
        if (id !== null) await updateConversation(id, { settings });
      } catch (error) {
        // The form that shows the problem may have been closed.
        handleError(error, mountSignal());
        throw error;
      }
      store.dispatch({ type: "settings", settings });
    },
    showBranch: (turnId) => void showBranch(turnId, mountSignal()),
    rewrite,
    refresh: () => void refresh(mountSignal()),
    exportAs: (format, texts) =>
      downloadConversation(store, format, texts, mountSignal(), handleError),
    loadEarlier: () => void loadEarlier(mountSignal()),
    reload,
    reconnect() {
      if (store.read().transcript === "failed") reload();
      else follower.reconnect();
    },
  };
  return live;
}

/** Returns whether the service accepted the request to stop. */
async function requestStop(
  store: ConversationStore,
  turnId: string,
  signal: AbortSignal,
  handleError: HandleError,
): Promise<boolean> {
  const { id } = store.read().conversation;
  if (id === null) return false;
  store.update({ stoppingTurnId: turnId });
  try {
    store.dispatch({ type: "turn", turn: await stopTurn(id, turnId) });
    store.update({ notice: null });
    return true;
  } catch (error) {
    store.update({ stoppingTurnId: null });
    handleError(error, signal);
    return false;
  }
}

async function downloadConversation(
  store: ConversationStore,
  format: "markdown" | "json",
  texts: Texts,
  signal: AbortSignal,
  handleError: HandleError,
): Promise<void> {
  const { id } = store.read().conversation;
  if (id === null) return;
  try {
    // Few people need it, and the byte budget of the first load has no room to spare.
    const { exportConversation } = await import("./export-conversation.ts").catch((error) => {
      throw toApiProblem(error);
    });
    await exportConversation(id, format, texts, signal);
  } catch (error) {
    handleError(error, signal);
  }
}
