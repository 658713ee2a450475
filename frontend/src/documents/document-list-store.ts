import { isBlank } from "#lib/contract/blank-text.ts";
import type { Document, DocumentLimits } from "#lib/contract/document.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { type Notice, toNotice } from "../ui/notice.ts";
import { createViewStore } from "../ui/view-store.ts";
import { deleteDocument, listDocuments, updateDocument } from "./document-requests.ts";
import type { Upload } from "./upload.ts";
import { uploads } from "./uploads.ts";

export interface DocumentListView {
  status: "loading" | "ready" | "failed";
  documents: Document[];
  nextCursor: string | null;
  /** The search text; "" shows all documents. */
  searched: string;
  /** The document that left the list. The request to delete it is sent when the time to undo is over. */
  deleted: Document | null;
  notice: Notice | null;
  limits: DocumentLimits | null;
}

const undoMs = 7_000;
const typingPauseMs = 250;
const firstPollMs = 2_000;
const longestPollMs = 10_000;
/** After this time the service, not the file, is what the document waits for. */
const longestWaitMs = 30 * 60_000;

/** Documents whose deletion is on its way. They stay out of every list, also of one that opens meanwhile. */
const leaving = new Set<string>();

/** Holds the list of documents while it is on the page. Each request for the list cancels the request before it. */
export function createDocumentListStore({ onSessionEnded }: { onSessionEnded: () => void }) {
  const { subscribe, read, update } = createViewStore<DocumentListView>({
    status: "loading",
    documents: [],
    nextCursor: null,
    searched: "",
    deleted: null,
    notice: null,
    limits: null,
  });
  let request = new AbortController();
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let changesBefore: Promise<unknown> = Promise.resolve();
  let undoTimer: ReturnType<typeof setTimeout> | undefined;
  let pollTimer: ReturnType<typeof setTimeout> | undefined;
  let pollMs = firstPollMs;
  let isOpen = false;

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
      const q = isBlank(read().searched) ? "" : read().searched.trim();
      const page = await listDocuments({ cursor, q }, signal);
      const before = cursor === undefined ? [] : read().documents;
      const known = new Set(before.map(({ id }) => id));
      const isShown = (id: string) =>
        !known.has(id) && id !== read().deleted?.id && !leaving.has(id);
      const found = page.documents.filter(({ id }) => isShown(id));
      uploads.setLimits(page.limits);
      update({
        status: "ready",
        documents: [...before, ...found],
        nextCursor: page.next_cursor,
        notice: null,
        limits: page.limits,
      });
      schedulePoll();
    } catch (error) {
      if (!signal.aborted) handleError(error);
    }
  }

  function schedulePoll(): void {
    clearTimeout(pollTimer);
    if (!isOpen || document.hidden || !read().documents.some(isPending)) return;
    pollTimer = setTimeout(() => void poll(), pollMs);
    pollMs = Math.min(pollMs * 1.5, longestPollMs);
  }

  /** Brings the states of the newest documents up to date, without a change of the list's order. */
  async function poll(): Promise<void> {
    try {
      const { documents, limits } = await listDocuments({ limit: "100" });
      const newest = new Map(documents.map((each) => [each.id, each]));
      update({ documents: read().documents.map((each) => newest.get(each.id) ?? each), limits });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) return onSessionEnded();
    }
    schedulePoll();
  }

  function pollSoon(): void {
    pollMs = firstPollMs;
    schedulePoll();
  }

  /** A file that has arrived is a document of the list from now on. */
  function takeArrived(): void {
    const arrived = uploads.read().filter(hasArrived);
    if (arrived.length === 0) return;
    pollMs = firstPollMs;
    uploads.dismiss(arrived.map(({ key }) => key));
    void fetchPage();
  }

  function replace(next: Document): void {
    update({ documents: read().documents.map((each) => (each.id === next.id ? next : each)) });
  }

  /**
   * Shows a change at once, and the document as it was if the request fails. Sends it after the changes before it, because
   * requests that are under way together may arrive in another order: sharing and taking back would leave the document shared.
   */
  async function change(
    before: Document,
    shown: Partial<Document>,
    changes: Parameters<typeof updateDocument>[1],
  ): Promise<void> {
    replace({ ...before, ...shown });
    update({ notice: null });
    const sent = changesBefore.then(() => updateDocument(before.id, changes));
    changesBefore = sent.catch(() => {});
    try {
      replace(await sent);
      pollSoon();
    } catch (error) {
      replace(before);
      handleError(error);
    }
  }

  /** Sends the pending deletion now. */
  async function finishDelete(): Promise<void> {
    const { deleted } = read();
    clearTimeout(undoTimer);
    if (deleted === null) return;
    update({ deleted: null });
    leaving.add(deleted.id);
    try {
      await deleteDocument(deleted.id);
      // The quotas have changed.
      if (isOpen) void fetchPage();
    } catch (error) {
      leaving.delete(deleted.id);
      // Somebody has deleted the document already.
      if (error instanceof ApiProblem && error.status === 404) return;
      // Must come first: a fetch removes the notice.
      await fetchPage();
      handleError(error);
    }
  }

  return {
    subscribe,
    read,
    /** Loads the list and keeps it up to date. Returns the function to call when the list leaves the page. */
    open(): () => void {
      isOpen = true;
      const finish = () => void finishDelete();
      const unsubscribe = uploads.subscribe(takeArrived);
      document.addEventListener("visibilitychange", pollSoon);
      // A hidden page may never come back, so that a pending deletion must be sent now.
      window.addEventListener("pagehide", finish);
      takeArrived();
      void fetchPage();
      return () => {
        isOpen = false;
        clearTimeout(pollTimer);
        clearTimeout(typingTimer);
        unsubscribe();
        document.removeEventListener("visibilitychange", pollSoon);
        window.removeEventListener("pagehide", finish);
        request.abort();
        finish();
      };
    },
    refresh(): void {
      update({ status: "loading", notice: null });
      void fetchPage();
    },
    loadMore: () => void fetchPage(read().nextCursor ?? undefined),
    search(text: string): void {
      update({ searched: text });
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => void fetchPage(), typingPauseMs);
    },
    rename: (document: Document, name: string) => void change(document, { name }, { name }),
    retry: (document: Document) =>
      void change(document, { state: "reading", problem: null }, { retry: true }),
    moveTo: (document: Document, scope: Document["scope"]) =>
      void change(
        document,
        { scope, conversation_id: null },
        { scope, ...(document.conversation_id !== null && { conversation_id: null }) },
      ),
    delete(document: Document): void {
      void finishDelete();
      update({
        deleted: document,
        documents: read().documents.filter(({ id }) => id !== document.id),
      });
      undoTimer = setTimeout(() => void finishDelete(), undoMs);
    },
    undoDelete(): void {
      clearTimeout(undoTimer);
      update({ deleted: null });
      void fetchPage();
    },
  };
}

/** Returns whether a document's state will change soon by itself. */
export function isPending({ state, version, created_at }: Document): boolean {
  const isMoving = state === "reading" || state === "uploading";
  // Nobody knows the age of a later version. The service removes one that never arrives.
  return isMoving && (version > 1 || Date.now() - Date.parse(created_at) < longestWaitMs);
}

/** Returns whether the service has the file. After a reload nobody knows before the service has sent the document's state. */
const hasArrived = ({ state, document, target }: Upload) =>
  !target.isAttached && (state === "ready" || (state === "reading" && document !== null));
