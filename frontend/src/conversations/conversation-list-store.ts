import { isBlank } from "#lib/contract/blank-text.ts";
import type { ListedConversation } from "#lib/contract/conversation.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { deleteConversation, listConversations } from "../api/client.ts";
import { notifyOtherTabs, type TabMessage } from "../api/other-tabs.ts";
import { type Notice, toNotice } from "../ui/notice.ts";
import { createViewStore } from "../ui/view-store.ts";

export interface ListView {
  status: "loading" | "ready" | "failed";
  /** Empty in a search and in the archive. */
  pinned: ListedConversation[];
  /** The others, newest first. */
  conversations: ListedConversation[];
  nextCursor: string | null;
  /** The list shows the archived conversations instead of the others. */
  isArchive: boolean;
  /** What the person has typed into the search. */
  searched: string;
  /** The search whose results the list shows; "" shows all conversations. It follows `searched` when the results have come. */
  found: string;
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

export type ConversationListStore = ReturnType<typeof createConversationListStore>;

const undoMs = 7_000;
/** The pages after the first are as large as the service allows. */
const laterPageSize = "100";
const typingPauseMs = 250;

/** Holds the list of conversations. Each request for the list cancels the request before it. */
export function createConversationListStore({ onSessionEnded }: { onSessionEnded: () => void }) {
  const { read, subscribe, update } = createViewStore<ListView>({
    status: "loading",
    pinned: [],
    conversations: [],
    nextCursor: null,
    isArchive: false,
    searched: "",
    found: "",
    deleted: null,
    notice: null,
    currentId: null,
  });
  let request = new AbortController();
  /** What the page has changed since the newest request began. Its response may not know of it. */
  let changes: Change[] = [];

  function change(next: Change): void {
    changes.push(next);
    update(next(read()));
  }

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
    changes = [];
    const { signal } = request;
    try {
      const { searched, isArchive } = read();
      const q = isBlank(searched) ? "" : searched.trim();
      const page = await listConversations(
        {
          ...{ cursor, q, archived: isArchive ? "true" : undefined },
          limit: cursor === undefined ? undefined : laterPageSize,
        },
        signal,
      );
      const { pinned, conversations, deleted } = read();
      const before = cursor === undefined ? [] : conversations;
      const known = new Set(before.map(({ id }) => id));
      const found = page.conversations.filter(({ id }) => !known.has(id));
      const shown = {
        pinned: cursor === undefined ? page.pinned : pinned,
        conversations: [...before, ...found],
      };
      const unknown = deleted === null ? changes : [without(deleted.id), ...changes];
      update({
        status: "ready",
        found: q,
        ...unknown.reduce((list, next) => next(list), shown),
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

  const find = (id: string | undefined) => shownConversations(read()).find((one) => one.id === id);

  /** A conversation has a new turn. Sends a request only if the conversation is not in the list. A pinned one stays where it is. */
  function moveToTop(id: string): void {
    const { searched, found } = read();
    if (searched !== "" || found !== "") return;
    if (find(id) === undefined) void fetchPage();
    else change(atTop(id, new Date().toISOString()));
  }

  /** Shows another part of the list: the archive, or the others. */
  function showPart(isArchive: boolean): void {
    update({ isArchive, searched: "", found: "", pinned: [], conversations: [], nextCursor: null });
    refresh();
  }

  const parts: ListParts = { read, update, change, fetchPage, handleError };
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
      const { currentId, deleted, status } = read();
      const lastTurnId = turnIds.at(-1);
      const isNew = turnIds.length === 1;
      const hasNewTurn = id === currentId && lastTurnId !== newestTurnId;
      const isWaiting = isNew && !hasBegun && status !== "loading";
      if (!isWaiting) newestTurnId = lastTurnId;
      // Opening a conversation in the time to undo cancels its deletion.
      if (id !== currentId && id === deleted?.id) deletion.undoDelete();
      const isMissing = id !== null && find(id) === undefined;
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
    refetch: () => fetchPage(),
    loadMore: () => void fetchPage(read().nextCursor ?? undefined),
    search(text: string) {
      update({ searched: text });
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => void fetchPage(), typingPauseMs);
    },
    /** Shows the archived conversations, or the others again. */
    showPart,
    /** Shows another title, without a request. */
    setTitle: (id: string, title: string) => change(withTitle(id, title)),
    /** Shows why a request for a conversation of the list has failed. */
    handleError,
    onSessionEnded,
    ...deletion,
  };
}

interface ListParts {
  read(): ListView;
  update(changes: Partial<ListView>): void;
  change(next: Change): void;
  fetchPage(): Promise<void>;
  handleError(error: unknown): void;
}

/** Deletes conversations, with a time to undo. */
function createDeletion({ read, update, change, fetchPage, handleError }: ListParts) {
  let undoTimer: ReturnType<typeof setTimeout> | undefined;

  /** Sends the pending deletion now. */
  async function finishDelete(): Promise<void> {
    const { deleted } = read();
    clearTimeout(undoTimer);
    if (deleted === null) return;
    update({ deleted: null });
    change(without(deleted.id));
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
      update({ deleted: conversation });
      change(without(conversation.id));
      undoTimer = setTimeout(() => void finishDelete(), undoMs);
    },
    undoDelete() {
      clearTimeout(undoTimer);
      update({ deleted: null });
      void fetchPage();
    },
  };
}

type Shown = Pick<ListView, "pinned" | "conversations">;
type Change = (shown: Shown) => Shown;

/** Returns the conversations in the order in which the list shows them. */
export const shownConversations = ({ pinned, conversations }: Shown): ListedConversation[] => [
  ...pinned,
  ...conversations,
];

const without =
  (id: string): Change =>
  ({ pinned, conversations }) => ({
    pinned: pinned.filter((known) => known.id !== id),
    conversations: conversations.filter((known) => known.id !== id),
  });

/** A pinned conversation stays where it is. */
const atTop =
  (id: string, updated_at: string): Change =>
  ({ pinned, conversations }) => {
    const known = conversations.find((one) => one.id === id);
    if (known === undefined) return { pinned, conversations };
    const others = conversations.filter((one) => one !== known);
    return { pinned, conversations: [{ ...known, updated_at }, ...others] };
  };

function withTitle(id: string, title: string): Change {
  // The marks of a search belong to the old title.
  const retitled = ({ title_marks: _, ...known }: ListedConversation) => ({ ...known, title });
  const change = (list: ListedConversation[]) =>
    list.map((known) => (known.id === id ? retitled(known) : known));
  return ({ pinned, conversations }) => ({
    pinned: change(pinned),
    conversations: change(conversations),
  });
}
