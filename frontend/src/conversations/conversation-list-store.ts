import { isBlank } from "#lib/contract/blank-text.ts";
import type { ListedConversation } from "#lib/contract/conversation.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { deleteConversation, listConversations, updateConversation } from "../api/client.ts";
import { notifyOtherTabs, type TabMessage } from "../api/other-tabs.ts";
import { type Notice, toNotice } from "../ui/notice.ts";
import { createViewStore } from "../ui/view-store.ts";

export interface ListView {
  status: "loading" | "ready" | "failed";
  conversations: ListedConversation[];
  nextCursor: string | null;
  /** The search text; "" shows all conversations. */
  searched: string;
  /** The conversation that left the list. The request to delete it is sent when the time to undo is over. */
  deleted: ListedConversation | null;
  notice: Notice | null;
  /** The id of the open conversation. */
  currentId: string | null;
}

/** The open conversation. */
export interface CurrentConversation {
  /** Null for a new conversation. */
  id: string | null;
  turnIds: string[];
  /** Whether the first answer has begun. */
  hasBegun: boolean;
}

const undoMs = 7_000;
const typingPauseMs = 250;

/** Holds the list of conversations. Each request for the list cancels the request before it. */
export function createConversationListStore({ onSessionEnded }: { onSessionEnded: () => void }) {
  const { read, subscribe, update } = createViewStore<ListView>({
    status: "loading",
    conversations: [],
    nextCursor: null,
    searched: "",
    deleted: null,
    notice: null,
    currentId: null,
  });
  let request = new AbortController();

  function handleError(error: unknown): void {
    if (!(error instanceof ApiProblem)) throw error;
    const { status } = read();
    if (error.status === 401) onSessionEnded();
    else update({ notice: toNotice(error), status: status === "loading" ? "failed" : status });
  }

  /** Fetches the first page, or the page at `cursor`. */
  async function fetchPage(cursor?: string): Promise<void> {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    try {
      const { searched } = read();
      const q = isBlank(searched) ? "" : searched.trim();
      const page = await listConversations({ cursor, q }, signal);
      const { conversations, deleted } = read();
      const before = cursor === undefined ? [] : conversations;
      const known = new Set(before.map(({ id }) => id));
      const found = page.conversations.filter(({ id }) => !known.has(id) && id !== deleted?.id);
      update({
        status: "ready",
        conversations: [...before, ...found],
        nextCursor: page.next_cursor,
        notice: null,
      });
    } catch (error) {
      if (!signal.aborted) handleError(error);
    }
  }

  function refresh(): void {
    update({ status: "loading", notice: null });
    void fetchPage();
  }

  /** Sends a request only if the conversation is not in the list. */
  function moveToTop(id: string): void {
    const { conversations, searched } = read();
    if (searched !== "") return;
    const known = conversations.find((one) => one.id === id);
    if (known === undefined) void fetchPage();
    else update({ conversations: [known, ...conversations.filter((one) => one !== known)] });
  }

  const parts: ListParts = { read, update, fetchPage, handleError };
  const deletion = createDeletion(parts);
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let newestTurnId: string | undefined;

  return {
    subscribe,
    read,
    /**
     * Sets the open conversation. A new turn moves the conversation to the top. Its first turn gives it a title, which only
     * the service knows: the list requests it once the first answer has begun, so that it delays no token.
     */
    setCurrent({ id, turnIds, hasBegun }: CurrentConversation) {
      const { currentId, conversations, deleted, status } = read();
      const lastTurnId = turnIds.at(-1);
      const isNew = turnIds.length === 1;
      const hasNewTurn = id === currentId && lastTurnId !== newestTurnId;
      const isWaiting = isNew && !hasBegun && status !== "loading";
      if (!isWaiting) newestTurnId = lastTurnId;
      // Opening a conversation in the time to undo cancels its deletion.
      if (id !== currentId && id === deleted?.id) deletion.undoDelete();
      const isMissing = id !== null && conversations.every((one) => one.id !== id);
      update({ currentId: id });
      if (isWaiting) return;
      if (status === "loading" || (hasNewTurn && isNew)) void fetchPage();
      else if (id !== null && (hasNewTurn || isMissing)) moveToTop(id);
    },
    handleTabMessage({ what, conversationId }: TabMessage) {
      if (conversationId === undefined || what === "branch") return;
      if (what === "turn") moveToTop(conversationId);
      else void fetchPage();
    },
    refresh,
    /** The network is back. */
    reconnect() {
      if (read().status === "failed") refresh();
    },
    /** Fetches the first page again, without a loading state. */
    refetch: () => void fetchPage(),
    loadMore: () => void fetchPage(read().nextCursor ?? undefined),
    search(text: string) {
      update({ searched: text });
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => void fetchPage(), typingPauseMs);
    },
    rename: (id: string, title: string) => rename(parts, id, title),
    ...deletion,
  };
}

interface ListParts {
  read(): ListView;
  update(changes: Partial<ListView>): void;
  fetchPage(): Promise<void>;
  handleError(error: unknown): void;
}

/** Deletes conversations, with a time to undo. */
function createDeletion({ read, update, fetchPage, handleError }: ListParts) {
  let undoTimer: ReturnType<typeof setTimeout> | undefined;

  /** Sends the pending deletion now. */
  async function finishDelete(): Promise<void> {
    const { deleted } = read();
    clearTimeout(undoTimer);
    if (deleted === null) return;
    update({ deleted: null });
    try {
      await deleteConversation(deleted.id);
      notifyOtherTabs({ what: "gone", conversationId: deleted.id });
    } catch (error) {
      // Another tab has deleted the conversation already.
      if (error instanceof ApiProblem && error.status === 404) return;
      // Must come first: a fetch removes the notice.
      await fetchPage();
      handleError(error);
    }
  }

  return {
    finishDelete,
    delete(conversation: ListedConversation) {
      void finishDelete();
      update({
        deleted: conversation,
        conversations: read().conversations.filter(({ id }) => id !== conversation.id),
      });
      undoTimer = setTimeout(() => void finishDelete(), undoMs);
    },
    undoDelete() {
      clearTimeout(undoTimer);
      update({ deleted: null });
      void fetchPage();
    },
  };
}

/** Shows the new title at once, and the old title again if the request fails. */
async function rename(
  { read, update, handleError }: ListParts,
  id: string,
  title: string,
): Promise<void> {
  const retitle = (to: string) =>
    read().conversations.map((known) => (known.id === id ? withTitle(known, to) : known));
  const before = read().conversations.find((known) => known.id === id)?.title ?? title;
  update({ conversations: retitle(title) });
  try {
    await updateConversation(id, { title });
    // A list that was fetched meanwhile may hold the old title.
    update({ conversations: retitle(title) });
    notifyOtherTabs({ what: "title", conversationId: id });
  } catch (error) {
    update({ conversations: retitle(before) });
    handleError(error);
  }
}

/** Drops the marks of the search, which belong to the old title. */
function withTitle(
  { title_marks: _, ...known }: ListedConversation,
  title: string,
): ListedConversation {
  return { ...known, title };
}
