import type { Document, DocumentLimits } from "#lib/contract/document.ts";
import { ApiProblem } from "../api/api-problem.ts";
import { createListeners } from "../ui/listeners.ts";
import { randomId } from "../ui/random-id.ts";
import { createDocument, deleteDocument, getDocument, listDocuments } from "./document-requests.ts";
import { onForgetUploads } from "./forget-uploads.ts";
import { sendFile, sha256Of, type UploadForm } from "./send-file.ts";
import { restoreUploads, storeUploads } from "./stored-uploads.ts";
import type { Upload, UploadTarget } from "./upload.ts";
import { refusalOf, uploadProblem } from "./upload-problems.ts";

interface Work {
  cancellation: AbortController;
  /** The form of the document, until it expires. */
  form: UploadForm | null;
  /** The service made a document for this very upload, so that cancelling may delete it. */
  isOwnDocument: boolean;
}

/** So many files are sent at the same time. */
const mostAtOnce = 3;
// The form must outlast the sending of a large file.
const shortestFormMs = 60_000;
const firstPollMs = 1_000;
const longestPollMs = 10_000;

/** Every upload of this tab. They go on while the person is in another conversation. */
export const uploads = createUploads();

function createUploads() {
  let all: readonly Upload[] = restoreUploads();
  let limits: DocumentLimits | null = null;
  const work = new Map<string, Work>();
  const [subscribe, notify] = createListeners();
  let onSessionEnded = () => {};
  let pollTimer: ReturnType<typeof setTimeout> | undefined;
  let pollMs = firstPollMs;

  function show(next: readonly Upload[]): void {
    all = next;
    notify();
  }

  function set(next: readonly Upload[]): void {
    storeUploads(next);
    show(next);
  }

  const withChanges = (key: string, changes: Partial<Upload>) =>
    all.map((upload) => (upload.key === key ? { ...upload, ...changes } : upload));

  const change = (key: string, changes: Partial<Upload>) => set(withChanges(key, changes));

  const find = (key: string) => all.find((upload) => upload.key === key);

  function fail(key: string, problem: ApiProblem | null): void {
    change(key, { state: "failed", problem });
    if (problem?.status === 401) onSessionEnded();
  }

  function startWaiting(): void {
    const sending = all.filter(({ state }) => state === "checking" || state === "sending").length;
    const next = all.filter(({ state }) => state === "waiting").slice(0, mostAtOnce - sending);
    for (const { key } of next) void run(key);
  }

  /** Takes one file to the service. */
  async function run(key: string): Promise<void> {
    const cancellation = new AbortController();
    const { signal } = cancellation;
    const known = work.get(key);
    const own = known ?? { cancellation, form: null, isOwnDocument: false };
    own.cancellation = cancellation;
    work.set(key, own);
    change(key, { state: "checking", sentBytes: 0, problem: null });
    try {
      await deliver(key, own, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      fail(key, error);
    } finally {
      startWaiting();
    }
  }

  async function deliver(key: string, own: Work, signal: AbortSignal): Promise<void> {
    const upload = find(key);
    if (upload?.file == null) return;
    const { file, target } = upload;
    if (!isUsable(own.form)) {
      limits ??= (await listDocuments({ limit: "1" }, signal)).limits;
      const refusal = refusalOf(file, target.scope, limits);
      if (refusal !== null) throw refusal;
      const before = own.isOwnDocument ? upload.documentId : null;
      const sha256 = await sha256Of(file);
      signal.throwIfAborted();
      const body = {
        name: file.name,
        bytes: file.size,
        sha256,
        ...(isMediaType(file.type) && { media_type: file.type }),
        scope: target.scope,
        conversation_id: target.conversationId,
        replaces: target.replaces?.id ?? null,
      };
      const created = await createDocument(body, signal);
      own.form = created.upload;
      own.isOwnDocument = created.upload !== null && target.replaces === null;
      const { document } = created;
      change(key, { document, documentId: document.id, isNew: own.isOwnDocument });
      // The form of an earlier attempt has expired, and with it the document that waited for the file.
      if (before !== null && before !== created.document.id) void removeQuietly(before);
    }
    const { form } = own;
    if (form !== null) {
      change(key, { state: "sending" });
      await sendFile(form, file, {
        signal,
        // Comes many times a second, and is not stored.
        onProgress: (sentBytes) => show(withChanges(key, { sentBytes })),
      });
      own.form = null;
    }
    const { document } = find(key) ?? {};
    const isReady = form === null && document?.state === "ready";
    change(key, { state: isReady ? "ready" : "reading", sentBytes: file.size });
    pollSoon();
  }

  /** Asks the service again soon: the state of a file has just changed. */
  function pollSoon(): void {
    pollMs = firstPollMs;
    clearTimeout(pollTimer);
    schedulePoll();
  }

  const isPolling = () => all.some(({ state }) => state === "reading");

  function schedulePoll(): void {
    clearTimeout(pollTimer);
    if (!isPolling() || document.hidden) return;
    pollTimer = setTimeout(() => void poll(), pollMs);
    pollMs = Math.min(pollMs * 1.5, longestPollMs);
  }

  async function poll(): Promise<void> {
    try {
      const reading = all.filter(({ state }) => state === "reading");
      const { documents, limits: newest } = await listDocuments({ limit: "100" });
      limits = newest;
      for (const { key, documentId } of reading) {
        if (documentId === null) continue;
        const found = documents.find(({ id }) => id === documentId);
        settle(key, found ?? (await fetchOne(documentId)));
      }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) return onSessionEnded();
      // The next poll may succeed: nothing is lost meanwhile.
    }
    schedulePoll();
  }

  function settle(key: string, document: Document | null): void {
    const upload = find(key);
    if (upload === undefined) return;
    if (document === null) {
      fail(key, uploadProblem("upload_interrupted"));
      return;
    }
    const { state } = document;
    if (state === "ready" || state === "reading") change(key, { document, state });
    else if (state === "failed") change(key, { document, state, problem: null });
    // After a reload nothing sends the file any more.
    else if (upload.file === null) fail(key, uploadProblem("upload_interrupted"));
    else change(key, { document });
  }

  /** Returns a document that is older than the newest ones, with the state of its newest version. */
  async function fetchOne(id: string): Promise<Document | null> {
    const found = await getDocument(id, {}).catch(nullIfGone);
    if (found === null) return null;
    return { ...found.document, state: found.versions[0]?.state ?? found.document.state };
  }

  document.addEventListener("visibilitychange", pollSoon);
  window.addEventListener("online", pollSoon);
  if (isPolling()) pollSoon();
  onForgetUploads(() => {
    for (const { cancellation } of work.values()) cancellation.abort();
    work.clear();
    clearTimeout(pollTimer);
    set([]);
  });

  return {
    subscribe,
    read: () => all,
    setOnSessionEnded(callback: () => void): void {
      onSessionEnded = callback;
    },
    /** What the service has said last about files and quotas. */
    setLimits(newest: DocumentLimits): void {
      limits = newest;
    },
    /** Starts to upload files. */
    add(files: readonly File[], target: UploadTarget): void {
      const added = files.map((file) => ({
        key: randomId(),
        name: file.name,
        bytes: file.size,
        target,
        state: "waiting" as const,
        sentBytes: 0,
        documentId: null,
        document: null,
        isNew: false,
        problem: null,
        file,
      }));
      set([...all, ...added]);
      startWaiting();
    },
    /** Repeats what has failed: the sending, or the reading of a file that has arrived. */
    async retry(key: string, readAgain: (id: string) => Promise<Document>): Promise<void> {
      const upload = find(key);
      if (upload === undefined) return;
      if (upload.problem !== null || upload.document === null) {
        change(key, { state: "waiting", problem: null });
        startWaiting();
        return;
      }
      change(key, { state: "reading" });
      try {
        change(key, { document: await readAgain(upload.document.id) });
        pollSoon();
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        fail(key, error);
      }
    },
    /** Sends a file that the person has chosen again after a reload. */
    resend(key: string, file: File): void {
      const upload = find(key);
      if (upload === undefined) return;
      if (upload.documentId !== null) void removeQuietly(upload.documentId);
      const { name, size: bytes } = file;
      const nothing = { documentId: null, document: null, problem: null };
      change(key, { file, name, bytes, state: "waiting", ...nothing });
      startWaiting();
    },
    /** Ends an upload and takes it off the page. Deletes its document, unless the person had the document before. */
    cancel(key: string): void {
      const upload = find(key);
      const own = work.get(key);
      own?.cancellation.abort(new DOMException("Cancelled", "AbortError"));
      work.delete(key);
      set(all.filter((each) => each.key !== key));
      const isUnfinished = upload?.file === null && upload.problem !== null;
      if (upload?.documentId && (own?.isOwnDocument || isUnfinished)) {
        void removeQuietly(upload.documentId);
      }
      startWaiting();
    },
    /** Takes uploads off the page. Their documents stay. */
    dismiss(keys: readonly string[]): void {
      for (const key of keys) work.delete(key);
      if (keys.length > 0) set(all.filter(({ key }) => !keys.includes(key)));
    },
    /** Gives the attached files of a new conversation its id. */
    moveTo(conversationId: string): void {
      const isMoved = ({ target }: Upload) => target.isAttached && target.conversationId === null;
      if (!all.some(isMoved)) return;
      set(
        all.map((upload) =>
          isMoved(upload) ? { ...upload, target: { ...upload.target, conversationId } } : upload,
        ),
      );
    },
  };
}

const isUsable = (form: UploadForm | null) =>
  form !== null && Date.parse(form.expires_at) - Date.now() > shortestFormMs;

const isMediaType = (type: string) => /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type);

function nullIfGone(error: unknown): null {
  if (error instanceof ApiProblem && error.status === 404) return null;
  throw error;
}

/** The service removes such a document by itself in time. */
async function removeQuietly(id: string): Promise<void> {
  try {
    await deleteDocument(id);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
  }
}
