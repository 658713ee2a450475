import { tabStorage } from "../chat/conversation/tab-storage.ts";
import type { Upload } from "./upload.ts";

/** Returns the uploads that a reload has interrupted. The next poll shows whether the service got their files. */
export function restoreUploads(): Upload[] {
  return tabStorage.uploads.read().map(({ documentId, name, bytes, ...target }) => ({
    key: documentId,
    name,
    bytes,
    target: { ...target, replaces: null },
    state: "reading",
    sentBytes: 0,
    documentId,
    document: null,
    isNew: true,
    problem: null,
    file: null,
  }));
}

/** Stores what the next page of this tab needs. A ready document is in the list, and a newer version leaves the old one there. */
export function storeUploads(all: readonly Upload[]): void {
  const stored = all.flatMap(({ name, bytes, state, documentId, target }) => {
    const { scope, conversationId, isAttached, replaces } = target;
    const isNeeded = replaces === null && (isAttached || state !== "ready");
    if (documentId === null || !isNeeded) return [];
    return [{ documentId, name, bytes, scope, conversationId, isAttached }];
  });
  tabStorage.uploads.write(stored.length === 0 ? null : stored);
}
