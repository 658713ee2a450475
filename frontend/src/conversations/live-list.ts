import type { Conversation } from "#lib/contract/conversation.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { deleteConversation, listConversations, renameConversation } from "../api/client.ts";
import { type Notice, toNotice } from "../ui/notice.ts";

export interface ListView {
  is: "loading" | "ready" | "failed";
  conversations: Conversation[];
  nextCursor: string | null;
  /** What the list is searched for; "" shows all. */
  searched: string;
  /** Gone from the list; gone for good when the time to undo has passed. */
  deleted: Conversation | null;
  notice: Notice | null;
  /** The conversation that is open. */
  currentId: string | null;
}

const undoMs = 7_000;
const typingPauseMs = 250;

/** Keeps the list in step with the service. A new search or refresh ends the request of the one before. */
export function createLiveList({ onSessionEnded }: { onSessionEnded: () => void }) {
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
      const page = await listConversations({ cursor, q: view.searched.trim() }, signal);
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

  function finishDelete(): void {
    const { deleted } = view;
    clearTimeout(undoTimer);
    if (deleted === null) return;
    show({ deleted: null });
    deleteConversation(deleted.id).catch((error: unknown) => {
      // Deleted in another tab: it is gone, as was wanted.
      if (error instanceof ApiProblem && error.status === 404) return;
      void ask();
      fail(error);
    });
  }

  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => view,
    /** Where the person is: a new turn there puts that conversation to the top. The service is asked for what is not here. */
    follow(currentId: string | null, newestTurnId: string | undefined) {
      const hasNewTurn = currentId === view.currentId && newestTurnId !== followedTurnId;
      const current = view.conversations.find(({ id }) => id === currentId);
      followedTurnId = newestTurnId;
      show({ currentId });
      const isMissing = currentId !== null && current === undefined && view.searched === "";
      if (view.is === "loading" || isMissing) void ask();
      else if (hasNewTurn && current && view.searched === "") {
        show({ conversations: [current, ...view.conversations.filter((one) => one !== current)] });
      }
    },
    refresh() {
      show({ is: "loading", notice: null });
      void ask();
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
        view.conversations.map((known) => (known.id === id ? { ...known, title: to } : known));
      const before = view.conversations.find((known) => known.id === id)?.title ?? title;
      show({ conversations: retitle(title) });
      try {
        await renameConversation(id, title);
      } catch (error) {
        show({ conversations: retitle(before) });
        fail(error);
      }
    },
    delete(conversation: Conversation) {
      finishDelete();
      show({
        deleted: conversation,
        conversations: view.conversations.filter(({ id }) => id !== conversation.id),
      });
      undoTimer = setTimeout(finishDelete, undoMs);
    },
    undoDelete() {
      clearTimeout(undoTimer);
      show({ deleted: null });
      void ask();
    },
    finishDelete,
  };
}
