import { isBlank } from "#lib/contract/blank-text.ts";
import type { ListedConversation } from "#lib/contract/conversation.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { deleteConversation, listConversations, renameConversation } from "../api/client.ts";
import { notifyOtherTabs, type TabMessage } from "../api/other-tabs.ts";
import { type Notice, toNotice } from "../ui/notice.ts";

export interface ListView {
  is: "loading" | "ready" | "failed";
  conversations: ListedConversation[];
  nextCursor: string | null;
  /** What the list is searched for; "" shows all. */
  searched: string;
  /** Gone from the list; gone for good when the time to undo has passed. */
  deleted: ListedConversation | null;
  notice: Notice | null;
  /** The conversation that is open. */
  currentId: string | null;
}

const undoMs = 7_000;
const typingPauseMs = 250;

/** Keeps the list in step with the service. A new search or refresh ends the request of the one before. */
export function createConversationListStore({ onSessionEnded }: { onSessionEnded: () => void }) {
  let view: ListView = {
    is: "loading",
    conversations: [],
    nextCursor: null,
    searched: "",
    deleted: null,
    notice: null,
    currentId: null,
  };
  const listeners = new Set<() => void>();
  let followedTurnId: string | undefined;
  let asking = new AbortController();
  let undoTimer: ReturnType<typeof setTimeout> | undefined;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;

  function show(changes: Partial<ListView>): void {
    view = { ...view, ...changes };
    for (const listener of listeners) listener();
  }

  function fail(error: unknown): void {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) onSessionEnded();
    else show({ notice: toNotice(error), is: view.is === "loading" ? "failed" : view.is });
  }

  async function ask(cursor?: string): Promise<void> {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const page = await listConversations(
        { cursor, q: isBlank(view.searched) ? "" : view.searched.trim() },
        signal,
      );
      const before = cursor === undefined ? [] : view.conversations;
      const known = new Set(before.map(({ id }) => id));
      const found = page.conversations.filter(
        ({ id }) => !known.has(id) && id !== view.deleted?.id,
      );
      show({
        is: "ready",
        conversations: [...before, ...found],
        nextCursor: page.next_cursor,
        notice: null,
      });
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
  }

  async function finishDelete(): Promise<void> {
    const { deleted } = view;
    clearTimeout(undoTimer);
    if (deleted === null) return;
    show({ deleted: null });
    try {
      await deleteConversation(deleted.id);
      notifyOtherTabs({ what: "gone", conversationId: deleted.id });
    } catch (error) {
      // Deleted in another tab: it is gone, as was wanted.
      if (error instanceof ApiProblem && error.status === 404) return;
      // First, or the list would take the words away again.
      await ask();
      fail(error);
    }
  }

  function refresh(): void {
    show({ is: "loading", notice: null });
    void ask();
  }

  function undoDelete(): void {
    clearTimeout(undoTimer);
    show({ deleted: null });
    void ask();
  }

  /** Asks only where the list does not have it. */
  function moveToTop(id: string): void {
    const known = view.conversations.find((one) => one.id === id);
    if (view.searched !== "") return;
    if (known === undefined) void ask();
    else show({ conversations: [known, ...view.conversations.filter((one) => one !== known)] });
  }

  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => view,
    /** Where the person is: a new turn there puts that conversation to the top; one that is the only one gives it its title. */
    follow({ id, turns }: { id: string | null; turns: { id: string }[] }) {
      const newestTurnId = turns.at(-1)?.id;
      const isNew = id === view.currentId && newestTurnId !== followedTurnId;
      const isMissing = id !== null && view.conversations.every((one) => one.id !== id);
      followedTurnId = newestTurnId;
      // Who goes back to it has thought better of it.
      if (id !== view.currentId && id === view.deleted?.id) undoDelete();
      show({ currentId: id });
      if (view.is === "loading" || (isNew && turns.length === 1)) void ask();
      else if (id !== null && (isNew || isMissing)) moveToTop(id);
    },
    /** What has been done in another tab of this browser. */
    hear({ what, conversationId }: TabMessage) {
      if (conversationId === undefined) return;
      if (what === "turn") moveToTop(conversationId);
      else void ask();
    },
    refresh,
    /** The network is back. */
    reconnect() {
      if (view.is === "failed") refresh();
    },
    /** A conversation that is not open has got a message. */
    reread: () => void ask(),
    more: () => void ask(view.nextCursor ?? undefined),
    search(text: string) {
      show({ searched: text });
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => void ask(), typingPauseMs);
    },
    /** The list says the new title at once. */
    async rename(id: string, title: string): Promise<void> {
      const retitle = (to: string) =>
        view.conversations.map((known) => (known.id === id ? renamed(known, to) : known));
      const before = view.conversations.find((known) => known.id === id)?.title ?? title;
      show({ conversations: retitle(title) });
      try {
        await renameConversation(id, title);
        // A list that was read meanwhile may still have had the old one.
        show({ conversations: retitle(title) });
        notifyOtherTabs({ what: "title", conversationId: id });
      } catch (error) {
        show({ conversations: retitle(before) });
        fail(error);
      }
    },
    delete(conversation: ListedConversation) {
      void finishDelete();
      show({
        deleted: conversation,
        conversations: view.conversations.filter(({ id }) => id !== conversation.id),
      });
      undoTimer = setTimeout(() => void finishDelete(), undoMs);
    },
    undoDelete,
    finishDelete,
  };
}

/** The marks of the old title go with the old title. */
function renamed(
  { title_marks: _, ...known }: ListedConversation,
  title: string,
): ListedConversation {
  return { ...known, title };
}
